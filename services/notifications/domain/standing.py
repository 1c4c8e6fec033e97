"""How a deadline stands, and the facts of its case, whatever order the news of them came in.

The news of a case are events, each with the moment it tells of (`told_at`, text that sorts as time
does). They arrive in any order and more than once; what stands in the end depends on neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from services.notifications.domain.deadlines import CASE_FACTS, Clear, Phase, Resume, Set

MORNING: Final = time(7, tzinfo=UTC)
"""When the day of a deadline has come: the beginning of a working day in Belgium, eight o'clock in
winter and nine in summer. A moment of UTC needs no table of time zones on the machine."""


@dataclass(frozen=True)
class Deadline:
    """What is due, as far as it is known; one that nothing named a day for is only a mark.

    The newest news of a day (`set_at`) stands, and apart from it the newest of whether it is open
    (`told_at`). `reminded_of` is the day whose reminder was told in the morning `reminded_on`,
    `escalated_of` the day that was escalated.
    """

    due: date | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    set_at: str = ""
    open: bool = False
    told_at: str = ""
    reminded_of: date | None = None
    reminded_on: date | None = None
    escalated_of: date | None = None

    @property
    def phase(self) -> Phase:
        """What it comes to next."""
        return "due" if self.reminded_of != self.due else "overdue"


def heard(deadline: Deadline, change: Set | Clear | Resume, told_at: str) -> Deadline:
    """The deadline once this is known of it, which may be older than what was known."""
    opens = not isinstance(change, Clear)
    if (told_at, opens) > (deadline.told_at, deadline.open):
        deadline = replace(deadline, open=opens, told_at=told_at)
    if isinstance(change, Set) and told_at > deadline.set_at:
        deadline = replace(deadline, due=change.due, members=change.members, set_at=told_at)
    return deadline


def next_at(deadline: Deadline, ended_at: str, escalation_days: int) -> datetime | None:
    """When it reminds or escalates next; None when there is nothing to wait for.

    What was set before all of its kind ended (`ended_at`) is void. The days until it escalates are
    counted from the reminder, so that nobody is reminded and passed over in one morning.
    """
    if deadline.due is None or not deadline.open or deadline.set_at < ended_at:
        return None
    if deadline.phase == "due":
        return morning_of(deadline.due)
    if deadline.escalated_of == deadline.due or deadline.reminded_on is None:
        return None
    return morning_of(deadline.reminded_on + timedelta(days=escalation_days))


def told(deadline: Deadline, now: datetime) -> Deadline:
    """The deadline after it told whom it had to, of what it came to."""
    if deadline.phase == "due":
        return replace(deadline, reminded_of=deadline.due, reminded_on=last_morning(now))
    return replace(deadline, escalated_of=deadline.due)


def learned(known: Mapping[str, Any], data: Mapping[str, Any], *, newer: bool) -> dict[str, Any]:
    """The facts of a case that policy is asked with, once this event is known.

    Whoever was walled off once stays so, whatever a command said that was decided before: walls
    only grow.
    """
    facts = {name: data[name] for name in CASE_FACTS if name in data}
    facts = {**known, **facts} if newer else {**facts, **known}
    walled = {*known.get("walled", ()), *data["walled"]}
    return facts | {"walled": sorted(walled)}


def morning_of(day: date) -> datetime:
    """When a day has come."""
    return datetime.combine(day, MORNING)


def last_morning(now: datetime) -> date:
    """The day that has come last."""
    return now.date() if now >= morning_of(now.date()) else now.date() - timedelta(days=1)


def next_morning(now: datetime) -> datetime:
    """When the next day comes."""
    return morning_of(last_morning(now) + timedelta(days=1))
