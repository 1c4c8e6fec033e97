"""What a test of a rule is given: a case, a command, fragments, with sensible facts."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.case import CaseSnapshot
from casework.change import Change
from casework.command import Command
from casework.fragment import Fragment
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
VICTIM, PERPETRATOR, CHILD = (str(uuid.UUID(int=number)) for number in (1, 2, 3))
PLAN, EARLIER, ACTION = (str(uuid.UUID(int=number)) for number in (20, 21, 30))


def counted_ids() -> Callable[[], str]:
    """Ids one after the other: the same in every run."""
    numbers = itertools.count(100)
    return lambda: str(uuid.UUID(int=next(numbers)))


def command(name: str, body: dict[str, Any] | None = None, **changes: Any) -> Command:
    """A command on behalf of CAW; the body is loaded by its schema."""
    given = Command(
        name=name,
        person="p-caw",
        partner="caw",
        terms={},
        body=COMMAND_BODIES[name]().load(body or {}),
        now=NOW,
        new_id=counted_ids(),
    )
    return replace(given, **changes)


def case(**changes: Any) -> CaseSnapshot:
    """A case of a victim and a perpetrator, in which three partners take part."""
    given = CaseSnapshot(
        id=str(uuid.UUID(int=10)),
        agreement="sample-brugge",
        stage="active",
        submitted_by="caw",
        participants=("caw", "parket", "ggz"),
        persons=(VICTIM, PERPETRATOR),
        walled=("p-kin",),
    )
    return replace(given, **changes)


def plan(state: str = "proposed", id: str = PLAN, number: int = 1, **changes: Any) -> Fragment:
    """A version of the plan."""
    codes: dict[str, Any] = {"number": number, "state": state, "positions_due": "2026-03-16"}
    if state == "adopted":
        codes["adopted_at"] = NOW.isoformat()
    given = Fragment(id, "plan", (VICTIM, PERPETRATOR), NOW, None, codes)
    return replace(given, **changes)


def position(partner: str, position: str, of: str = PLAN) -> Fragment:
    """The position of a partner on a version."""
    codes = {"plan": of, "partner": partner, "position": position}
    return Fragment(f"of-{partner}", "plan_position", (VICTIM,), NOW, None, codes=codes)


def action(state: str = "open", **changes: Any) -> Fragment:
    """An action that CAW follows, with its content."""
    codes = {"plan": PLAN, "follower": "caw", "due": "2026-03-09", "state": state}
    given = Fragment(ACTION, "action", (VICTIM,), NOW, {"text": "bezoek"}, codes)
    return replace(given, **changes)


def decision(about: Fragment | None) -> Fragment:
    """A decision of the team, about an action in its present version."""
    codes = {"action": about.id, "action_version": about.version} if about else {}
    return Fragment("decision", "decision", (VICTIM,), NOW, None, codes)


def refusal(rule: Callable[[], Change]) -> tuple[str, Any]:
    """The code of the refusal, and the reason where it has one."""
    with pytest.raises(Refuse) as refused:
        rule()
    return refused.value.code, refused.value.members.get("reason")


def unmet(reason: str) -> tuple[str, str]:
    """The refusal for a precondition that does not hold."""
    return "precondition_unmet", reason


def events_of(change: Change) -> list[tuple[str, dict[str, Any]]]:
    """The events of a change, with their data."""
    return [(event.name.removeprefix("plans."), dict(event.data)) for event in change.events]
