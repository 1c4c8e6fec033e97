"""What risk and plans know, fetched before a command that rests on it.

Outcomes that they closed, before a step of a case; who waits for an involved service, before it is
withdrawn.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError

from casework.command import Command
from casework.envelope import Envelope
from chassis.bus.client import RpcClient
from chassis.errors import RemoteError, Retry, TimedOut, Unreachable
from contracts.rpc import METHODS
from services.intake.domain.transitions import rests_on

OutcomeLookup = Callable[[], Mapping[str, Any] | None]
"""Gives another service's closed document, None when there is no such thing.

Raises Retry("service_unavailable") when its owner did not answer: nothing happened.
"""

FollowersLookup = Callable[[], Sequence[str]]
"""Gives the partners that follow an action of an involved service; raises as an OutcomeLookup."""

_PLANNED: Final = ("accepted", "active", "concluded", "closed")
"""The stages at which a case can have a plan."""

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
    return _asked(client, service, method, {"case": case, "outcome": outcome}, named="id")


def fetch_followers(
    client: RpcClient | None, command: Command, envelope: Envelope
) -> FollowersLookup:
    """Who follows an action that the part which is withdrawn carries out, if it is a service."""
    seen = envelope["decided_on"]
    if command.name != "withdraw_referral_part" or not seen or seen["stage"] not in _PLANNED:
        return lambda: ()
    request = {"case": envelope["case"], "service": command.target}
    lookup = _asked(client, "plans", "service_followers", request, named="service")
    return lambda: (lookup() or {"followers": ()})["followers"]


def _asked(
    client: RpcClient | None, service: str, method: str, request: Mapping[str, Any], named: str
) -> OutcomeLookup:
    """What the service answered now, or why it did not, once somebody looks at it.

    `named` is the member of the answer that says what it is about, beside its case.
    """
    try:
        found = _ask(client, service, method, request)
        about = None if found is None else {found["case"], found[named]}
        if about not in (None, set(request.values())):
            raise Retry("service_unavailable", f"{service} answered about something else")
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
    return outcome


def _raising(away: Retry) -> OutcomeLookup:
    def outcome() -> Mapping[str, Any] | None:
        raise away

    return outcome
