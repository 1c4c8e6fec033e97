"""Deadlines: what policy decides that an event changes of them.

A deadline reminds once on its day, and escalates when nobody has acted by then: once, or again and
again until somebody has. Which event
begins and which ends one is a table of policy (`tables/notifications.json`; domain.md, section 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from chassis.errors import Retry
from contracts.rpc.notifications import DEADLINES

Phase = Literal["due", "overdue"]

CASE_FACTS: Final = (
    "case",
    "agreement",
    "stage",
    "submitted_by",
    "participants",
    "director",
    "walled",
)
"""The members of the newest event of a case that are input to policy."""


@dataclass(frozen=True)
class Begin:
    """Begin a deadline; it replaces the one of the same kind and anchor.

    `anchor` is the id of what is due, `members` are input to policy about it. Among them is `event`
    (its id, source and type) when whoever comes to be among those to tell, while the deadline
    stands, is told of the event that began it.
    """

    kind: str
    anchor: str
    due: date
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """End a deadline for good; without an anchor all deadlines of that kind in the case."""

    kind: str
    anchor: str | None = None


@dataclass(frozen=True)
class Suspend:
    """All deadlines of that kind in the case stand still, until they are resumed."""

    kind: str


@dataclass(frozen=True)
class Resume:
    """What had ended is due again on the day that it had.

    Without an anchor: what was suspended with the case, of that kind.
    """

    kind: str
    anchor: str | None = None


Change = Begin | End | Suspend | Resume


def changes(decision: Mapping[str, Any], event: Mapping[str, Any]) -> list[Change]:
    """The changes that policy decided upon for an event.

    Raises Retry("policy_unavailable") when the decision is not well-formed.
    """
    listed = decision.get("deadlines")
    if not isinstance(listed, list):
        raise Retry("policy_unavailable", "the answer is not a decision")
    return [_change(each, event) for each in listed]


def repeat_on(decision: Mapping[str, Any]) -> date | None:
    """The day on which policy has an escalation repeated; None when it comes once.

    Raises Retry("policy_unavailable") when the decision is not well-formed.
    """
    match decision:
        case {"repeat_on": str(day)}:
            return _day(day)
        case {"repeat_on": None}:
            return None
    raise Retry("policy_unavailable", "the answer is not a decision")


def _change(entry: Any, event: Mapping[str, Any]) -> Change:
    match entry:
        case {"kind": kind} if kind not in DEADLINES:
            pass
        case {
            "change": "begins",
            "kind": str(kind),
            "anchor": str(anchor),
            "due": str(due),
            "members": dict(members),
            "again": bool(again),
        }:
            told = {name: event[name] for name in ("id", "source", "type")}
            return Begin(kind, anchor, _day(due), {**members, **({"event": told} if again else {})})
        case {"change": "ends", "kind": str(kind), "anchor": str() | None as anchor}:
            return End(kind, anchor)
        case {"change": "suspends", "kind": str(kind), "anchor": None}:
            return Suspend(kind)
        case {"change": "resumes", "kind": str(kind), "anchor": str() | None as anchor}:
            return Resume(kind, anchor)
    raise Retry("policy_unavailable", "the answer is not a decision")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Retry("policy_unavailable", "the answer is not a decision") from None
