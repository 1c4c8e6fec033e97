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

    def fault(self, day: date, today: date, terms: Mapping[str, Any]) -> str | None:
        """What is wrong with a day, in words; None when it lies between the bounds."""
        last = today + timedelta(days=0 if self.latest is None else terms[self.latest])
        if day > last:
            return f"Must be less than or equal to {last.isoformat()}."
        if self.soonest is not None:
            first = today + timedelta(days=self.soonest)
            if day < first:
                return f"Must be greater than or equal to {first.isoformat()}."
        return None
