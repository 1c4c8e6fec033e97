"""Days counted on from a day, as agreements count them."""

import calendar
from datetime import date, timedelta
from typing import Final

import holidays

_SATURDAY: Final = 5
_HOLIDAYS: Final = holidays.country_holidays("BE")


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def working_days_later(day: date, days: int) -> date:
    """So many working days on: a Saturday, a Sunday or a public holiday of Belgium is none."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY and day not in _HOLIDAYS
    return day
