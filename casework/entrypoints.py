"""The RPC methods of a service's commands, made from the table of their bodies."""

from collections.abc import Callable
from typing import Any, TypeVar

from casework.envelope import Envelope
from chassis.bus.entrypoints import rpc
from contracts.bodies import BODIES

C = TypeVar("C", bound=type)


def command_methods(service: C) -> C:
    """Gives a nameko service class one RPC method for each of its commands in `contracts.bodies`.

    Every one hands the decided command (contracts/rpc/command.py) to `self.app.perform(name,
    envelope)` and answers its outcome.
    """
    for name, body in BODIES[service.name].items():  # type: ignore[attr-defined]
        setattr(service, name, rpc(_method(name, body.__doc__)))
    return service


def _method(name: str, description: str | None) -> Callable[[Any, Envelope], Any]:
    def perform(self: Any, envelope: Envelope) -> Any:
        return self.app.perform(name, envelope)

    perform.__name__ = name
    perform.__doc__ = description
    return perform
