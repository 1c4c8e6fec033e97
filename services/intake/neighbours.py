"""What risk and plans closed: asked before a step that rests on it (architecture.md)."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError

from chassis.bus.client import RpcClient
from chassis.errors import RemoteError, TimedOut, Unreachable
from contracts.errors import Retry
from contracts.rpc import METHODS
from services.intake.domain.command import Command
from services.intake.domain.transitions import rests_on

_SECONDS: Final = 1.5


class Neighbours:
    """Asks the owner of an outcome what it says; an outcome never changes once it is closed."""

    def __init__(self, client: RpcClient | None) -> None:
        self._client = client

    def settled(self, command: Command, case: str | None) -> Mapping[str, Any] | None:
        """The closed document that a change of stage names; None when there is no such thing.

        Raises Retry("service_unavailable") when its owner does not answer: nothing happened.
        """
        outcome = command.body.get("outcome")
        owned_by = rests_on(command.body["command"]) if command.name == "change_stage" else None
        if outcome is None or owned_by is None:
            return None
        service, method = owned_by.split(".")
        return self._ask(service, method, {"case": case, "outcome": outcome})

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
