"""Outcomes that risk and plans closed: fetched before a step of a case that rests on one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError

from casework.command import Command
from chassis.bus.client import RpcClient
from chassis.errors import RemoteError, Retry, TimedOut, Unreachable
from contracts.rpc import METHODS
from services.intake.domain.transitions import rests_on

OutcomeLookup = Callable[[], Mapping[str, Any] | None]
"""Gives another service's closed document, None when there is no such thing.

Raises Retry("service_unavailable") when its owner did not answer: nothing happened.
"""

_SECONDS: Final = 1.5


def fetch_outcome(client: RpcClient | None, command: Command, case: str | None) -> OutcomeLookup:
    """The closed document that a change of stage names, asked for now; it never changes.

    When its owner does not answer, only the rule that looks at the document fails: a command that
    was done before still gets its outcome.
    """
    outcome = command.body.get("outcome")
    owned_by = rests_on(command.body["command"]) if command.name == "change_stage" else None
    if outcome is None or owned_by is None:
        return lambda: None
    service, method = owned_by.split(".")
    try:
        found = _ask(client, service, method, {"case": case, "outcome": outcome})
    except Retry as away:
        return _raising(away)
    return lambda: found


def _ask(
    client: RpcClient | None, service: str, method: str, request: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    if client is None:
        raise Retry("service_unavailable", "no way to ask another service")
    try:
        reply = client.call(service, method, request, timeout=_SECONDS)
        outcome: Mapping[str, Any] = METHODS[service][method][1]().load(reply)
    except RemoteError as error:
        if error.code == "not_found":
            return None
        raise Retry("service_unavailable", f"{service} could not say") from error
    except (Unreachable, TimedOut, ValidationError) as error:
        raise Retry("service_unavailable", f"{service} does not answer") from error
    if outcome["id"] != request["outcome"] or outcome["case"] != request["case"]:
        raise Retry("service_unavailable", f"{service} answered about something else")
    return outcome


def _raising(away: Retry) -> OutcomeLookup:
    def outcome() -> Mapping[str, Any] | None:
        raise away

    return outcome
