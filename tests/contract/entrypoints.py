"""Prints the entrypoints of every service as JSON; run as a process, for it imports eventlet."""

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


def entrypoints(name: str) -> dict[str, Any]:
    """The RPC methods of a service with the callers of each, and the events that it handles."""
    service = find_service(importlib.import_module(f"services.{name}.service"))
    methods = {}
    for method_name, method in declared(service, Rpc):
        method.container = SimpleNamespace(service_cls=service)
        methods[method_name] = sorted(method.allowed())
    handled = sorted(key for _, handler in declared(service, EventHandler) for key in handler.keys)
    return {"methods": methods, "events": handled}


def declared(service: Any, kind: type[Entrypoint]) -> Iterator[tuple[str, Any]]:
    """The entrypoints of a kind, as they stand on the class."""
    for name, member in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(member, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, kind):
                yield name, entrypoint


if __name__ == "__main__":
    print(json.dumps({name: entrypoints(name) for name in SERVICES}))
