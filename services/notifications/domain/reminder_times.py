"""At which moment of a day reminders are sent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

MORNING: Final = time(7, tzinfo=UTC)
"""When the day of a deadline begins: in Belgium at eight o'clock in winter and nine in summer. A
time in UTC needs no time zone database on the machine."""


def morning_of(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, MORNING)


def last_morning(now: datetime) -> date:
    """The day whose morning was last."""
    return now.date() if now >= morning_of(now.date()) else now.date() - timedelta(days=1)


def next_morning(now: datetime) -> datetime:
    """The moment at which the next day begins."""
    return morning_of(last_morning(now) + timedelta(days=1))
