"""Prints the doors of every service as JSON; a process of its own, for it imports eventlet."""

import importlib
import inspect
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint

from chassis.bus.events import EventHandler
from chassis.bus.rpc import Rpc
from chassis.serve import find_service
from contracts.vocabulary import SERVICES


def doors(name: str) -> dict[str, Any]:
    """The methods of a service with the callers each answers, and the keys that it hears."""
    service = find_service(importlib.import_module(f"services.{name}.service"))
    methods = {}
    for method_name, method in entrypoints(service, Rpc):
        method.container = SimpleNamespace(service_cls=service)
        methods[method_name] = sorted(method.allowed())
    heard = sorted(key for _, hears in entrypoints(service, EventHandler) for key in hears.keys)
    return {"methods": methods, "hears": heard}


def entrypoints(service: Any, kind: type[Entrypoint]) -> Iterator[tuple[str, Any]]:
    """The entrypoints of a kind, as they stand on the class."""
    for name, member in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(member, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, kind):
                yield name, entrypoint


if __name__ == "__main__":
    print(json.dumps({name: doors(name) for name in SERVICES}))
