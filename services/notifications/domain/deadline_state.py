"""The state of a deadline, and the facts of its case, independent of the order of events.

Each event has the moment at which it occurred (`occurred_at`, text that sorts as time does).
Events arrive in any order and more than once; the resulting state depends on neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.notifications.domain.deadlines import (
    CASE_FACTS,
    Begin,
    Change,
    End,
    Phase,
    Suspend,
)
from services.notifications.domain.reminder_times import last_morning, morning_of


@dataclass(frozen=True)
class Deadline:
    """The state of a deadline; without `due` it is a tombstone only.

    The last writer wins, separately for the day (set at `set_at`) and for whether it is open
    (changed at `changed_at`). `reminded_of` is the day of which a reminder was delivered on the
    morning `reminded_on`, `escalated_of` the day that was escalated, which is escalated again on
    `repeat_on`, if at all.
    """

    due: date | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    set_at: str = ""
    open: bool = False
    changed_at: str = ""
    reminded_of: date | None = None
    reminded_on: date | None = None
    escalated_of: date | None = None
    repeat_on: date | None = None

    @property
    def phase(self) -> Phase:
        """What is due next: the reminder (`due`) or the escalation (`overdue`)."""
        return "due" if self.reminded_of != self.due else "overdue"

    @property
    def repeats(self) -> bool:
        """Whether its day was escalated already."""
        return self.phase == "overdue" and self.escalated_of == self.due


@dataclass(frozen=True)
class KindState:
    """What became of all deadlines of one kind in a case.

    Those set before `ended_at` ended for good. Those set until `suspended_at` stand still while
    `suspended`; of suspending and resuming (at `changed_at`) the last writer wins.
    """

    ended_at: str = ""
    suspended_at: str = ""
    suspended: bool = False
    changed_at: str = ""


def apply_change(deadline: Deadline, change: Change, occurred_at: str) -> Deadline:
    """The deadline after a change, which may be older than changes applied before."""
    opens = not isinstance(change, End)
    if (occurred_at, opens) > (deadline.changed_at, deadline.open):
        deadline = replace(deadline, open=opens, changed_at=occurred_at)
    if isinstance(change, Begin) and occurred_at > deadline.set_at:
        deadline = replace(deadline, due=change.due, members=change.members, set_at=occurred_at)
    return deadline


def apply_to_kind(kind: KindState, change: Change, occurred_at: str) -> KindState:
    """What became of the kind after a change to all of it, which may be older than the last."""
    if isinstance(change, End):
        return replace(kind, ended_at=max(occurred_at, kind.ended_at))
    suspends = isinstance(change, Suspend)
    if suspends:
        kind = replace(kind, suspended_at=max(occurred_at, kind.suspended_at))
    if (occurred_at, suspends) > (kind.changed_at, kind.suspended):
        kind = replace(kind, suspended=suspends, changed_at=occurred_at)
    return kind


def stands(deadline: Deadline, kind: KindState) -> bool:
    """Whether somebody still has to act."""
    if deadline.due is None or not deadline.open or deadline.set_at < kind.ended_at:
        return False
    return not (kind.suspended and deadline.set_at <= kind.suspended_at)


def next_at(deadline: Deadline, kind: KindState, escalation_days: int) -> datetime | None:
    """When it reminds or escalates next; None when it does neither any more.

    The days until it escalates are counted from the reminder, so that both never come on the same
    morning.
    """
    if deadline.due is None or not stands(deadline, kind):
        return None
    if deadline.phase == "due":
        return morning_of(deadline.due)
    if deadline.repeats:
        return None if deadline.repeat_on is None else morning_of(deadline.repeat_on)
    if deadline.reminded_on is None:
        return None
    return morning_of(deadline.reminded_on + timedelta(days=escalation_days))


def mark_delivered(deadline: Deadline, now: datetime, repeat_on: date | None = None) -> Deadline:
    """The deadline after its reminder, or else its escalation, was delivered.

    `repeat_on` is the day on which it escalates again, if it still stands.
    """
    if deadline.phase == "due":
        return replace(deadline, reminded_of=deadline.due, reminded_on=last_morning(now))
    return replace(deadline, escalated_of=deadline.due, repeat_on=repeat_on)


def merge_facts(
    stored: Mapping[str, Any], name: str, data: Mapping[str, Any], occurred_at: str, *, newer: bool
) -> dict[str, Any]:
    """The facts of a case that are input to policy, merged with those of an event.

    `newer`: the event is the newest of the case. Of each person who must not learn of the case it
    is kept when intake named the wall last (`raised`), and when the last one was lifted: somebody
    walled off stays so, whatever an event says that was decided before.
    """
    facts = {fact: data[fact] for fact in CASE_FACTS if fact in data}
    facts = {**stored, **facts} if newer else {**facts, **stored}
    walls: dict[str, dict[str, str]] = {
        person: {"raised": "", "lifted": ""} for person in stored.get("walled", ())
    }
    walls |= {person: dict(wall) for person, wall in stored.get("walls", {}).items()}
    for person in data["walled"]:
        wall = walls.setdefault(person, {"raised": "", "lifted": ""})
        if name.startswith("intake."):
            wall["raised"] = max(wall["raised"], occurred_at)
    if name == "intake.wall_answered" and data["person"] not in data["walled"]:
        wall = walls.setdefault(data["person"], {"raised": "", "lifted": ""})
        wall["lifted"] = max(wall["lifted"], occurred_at)
    walled = sorted(person for person, wall in walls.items() if wall["raised"] >= wall["lifted"])
    return facts | {"walled": walled, "walls": walls}
