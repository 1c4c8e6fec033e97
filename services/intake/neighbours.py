"""What risk and plans closed: asked before a step that rests on it (architecture.md)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError

from chassis.bus.client import RpcClient
from chassis.errors import RemoteError, Retry, TimedOut, Unreachable
from contracts.rpc import METHODS
from services.intake.domain.command import Command
from services.intake.domain.transitions import rests_on

Settled = Callable[[], Mapping[str, Any] | None]
"""Tells a neighbour's closed document, None when there is no such thing.

Raises Retry("service_unavailable") when its owner did not answer: nothing happened.
"""

_SECONDS: Final = 1.5


class Neighbours:
    """Asks the owner of an outcome what it says; an outcome never changes once it is closed."""

    def __init__(self, client: RpcClient | None) -> None:
        self._client = client

    def settled(self, command: Command, case: str | None) -> Settled:
        """The closed document that a change of stage names, asked for now.

        That its owner is away shows only to the rule that looks at it: a command that was done
        before is told all the same.
        """
        outcome = command.body.get("outcome")
        owned_by = rests_on(command.body["command"]) if command.name == "change_stage" else None
        if outcome is None or owned_by is None:
            return lambda: None
        service, method = owned_by.split(".")
        try:
            said = self._ask(service, method, {"case": case, "outcome": outcome})
        except Retry as away:
            return _raising(away)
        return lambda: said

    def _ask(
        self, service: str, method: str, request: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        if self._client is None:
            raise Retry("service_unavailable", "no way to ask a neighbour")
        try:
            reply = self._client.call(service, method, request, timeout=_SECONDS)
            said: Mapping[str, Any] = METHODS[service][method][1]().load(reply)
        except RemoteError as error:
            if error.code == "not_found":
                return None
            raise Retry("service_unavailable", "a neighbour could not say") from error
        except (Unreachable, TimedOut, ValidationError) as error:
            raise Retry("service_unavailable", "a neighbour does not answer") from error
        if said["id"] != request["outcome"] or said["case"] != request["case"]:
            raise Retry("service_unavailable", "a neighbour told of something else")
        return said


def _raising(away: Retry) -> Settled:
    def settled() -> Mapping[str, Any] | None:
        raise away

    return settled
