"""What a test of a rule is given: a case, a command, fragments, with sensible facts."""

import uuid
from dataclasses import replace
from typing import Any

from casework.case import CaseSnapshot
from casework.change import Change
from casework.fragment import Fragment
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM

PLAN, EARLIER, ACTION = (str(uuid.UUID(int=number)) for number in (20, 21, 30))


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
    content = {"text": "bezoek", "carried_out_by": {"kind": "partner", "partner": "caw"}}
    given = Fragment(ACTION, "action", (VICTIM,), NOW, content, codes)
    return replace(given, **changes)


def decision(about: Fragment | None) -> Fragment:
    """A decision of the team, about an action in its present version."""
    codes = {"action": about.id, "action_version": about.version} if about else {}
    return Fragment("decision", "decision", (VICTIM,), NOW, None, codes)


def unmet(reason: str) -> tuple[str, str]:
    """The refusal for a precondition that does not hold."""
    return "precondition_unmet", reason


def events_of(change: Change) -> list[tuple[str, dict[str, Any]]]:
    """The events of a change, with their data."""
    return [(event.name.removeprefix("plans."), dict(event.data)) for event in change.events]
