"""Calendar days where the tables meet: which day it is at a moment, and how days are bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

TIME_ZONE: Final = ZoneInfo("Europe/Brussels")
"""The time zone of every day. One law and one clock hold for all agreements, so it is none of the
data of an agreement; `services/policy/rules/question` names the same one."""


def day_of(moment: datetime) -> date:
    """The day in Brussels at a moment, which has a time zone; raises ValueError without one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(TIME_ZONE).date()


@dataclass(frozen=True)
class DayBounds:
    """Between which days a day lies, both included, counted from today.

    `soonest`: so many days from today; None: whatever was long ago. `latest`: the term of the
    agreement that says how many days ahead; None: nothing that is yet to come.
    """

    soonest: int | None = None
    latest: str | None = None

    def between(self, today: date, terms: Mapping[str, Any]) -> tuple[date, date]:
        """The first and the last day."""
        first = date.min if self.soonest is None else today + timedelta(days=self.soonest)
        return first, today + timedelta(days=0 if self.latest is None else terms[self.latest])
