"""At which moment of a day reminders are sent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from contracts.days import TIME_ZONE, day_of

MORNING: Final = time(8, tzinfo=TIME_ZONE)
"""When the day of a deadline begins, in winter and in summer: clocks change earlier at night."""


def morning_of(day: date) -> datetime:
    """The moment at which a day begins, in UTC."""
    return datetime.combine(day, MORNING).astimezone(UTC)


def last_morning(now: datetime) -> date:
    """The day whose morning was last."""
    today = day_of(now)
    return today if now >= morning_of(today) else today - timedelta(days=1)


def next_morning(now: datetime) -> datetime:
    """The moment at which the next day begins."""
    return morning_of(last_morning(now) + timedelta(days=1))
