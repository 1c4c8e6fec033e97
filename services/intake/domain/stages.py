"""Changing the stage of a case: what must be true for each command of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from contracts import vocabulary as words
from services.intake.domain.case import Case, Change, Event, Session, outcome
from services.intake.domain.command import Command, invalid, unmet
from services.intake.domain.transitions import Transition, transition

MEMBERS: Final = ("session", "ground", "outcome")
"""The members of a transition's body beside its command."""


@dataclass(frozen=True)
class StageFacts:
    """What lies outside the case itself: the session that was named, and open requests."""

    session: Session | None
    requests_open: bool


def change_stage(case: Case, command: Command, facts: StageFacts) -> Change:
    """Moves the case along one row of the table, or raises Refuse and changes nothing."""
    row = transition(case.stage, command.body["command"])
    command.check_version(case.version)
    _check_members(row, command.body)
    data = _CHECKS[row.command](case, command.body, facts)
    moved = replace(case, stage=row.targets[0], version=case.version + 1)
    return Change(outcome(moved), moved, events=(Event(row.event, data, moved),))


def _check_members(row: Transition, body: Mapping[str, Any]) -> None:
    for member in MEMBERS:
        if member in row.takes and member not in body:
            raise invalid(f"/{member}", f"`{row.command}` needs it")
        if member in body and member not in row.takes:
            raise invalid(f"/{member}", f"does not belong to `{row.command}`")


def _on_the_agenda(case: Case, body: Mapping[str, Any], facts: StageFacts) -> dict[str, Any]:
    agenda = facts.session.agenda if facts.session else ()
    if not any(entry.case == case.id for entry in agenda):
        raise unmet("not_on_agenda", "the case is not on the agenda of that session")
    return {"session": body["session"]}


def _known_ground(case: Case, body: Mapping[str, Any], facts: StageFacts) -> dict[str, Any]:
    if body["ground"] not in words.WITHDRAW_GROUNDS:
        raise invalid("/ground", "one of: " + ", ".join(words.WITHDRAW_GROUNDS))
    return {"ground": body["ground"]}


def _everybody_answered(case: Case, body: Mapping[str, Any], facts: StageFacts) -> dict[str, Any]:
    waiting = [one.partner for one in case.participants if one.answered is None]
    if waiting:
        raise unmet("answers_missing", "not every partner has answered", partners=waiting)
    if facts.requests_open:
        raise unmet("requests_open", "a request for information is still open")
    return {}


def _nothing_more(case: Case, body: Mapping[str, Any], facts: StageFacts) -> dict[str, Any]:
    return {}


_CHECKS: Final[dict[str, Callable[[Case, Mapping[str, Any], StageFacts], dict[str, Any]]]] = {
    "take_on_agenda": _on_the_agenda,
    "withdraw": _known_ground,
    "complete_forming": _everybody_answered,
    "reopen_forming": _nothing_more,
}
