"""Days as agreements count them."""

from datetime import date

import pytest

from services.intake.domain.days import months_later, working_days_later


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 2), 6, date(2026, 9, 2)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, later: date
) -> None:
    """A follow-up has a day in every month."""
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),
        (date(2026, 3, 6), date(2026, 3, 13)),
        (date(2026, 3, 7), date(2026, 3, 13)),
    ],
)
def test_five_working_days_leave_the_weekend_out(day: date, later: date) -> None:
    """A review is not due on a day on which nobody works."""
    assert working_days_later(day, 5) == later


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 4, 2), date(2026, 4, 7)),
        (date(2026, 7, 20), date(2026, 7, 23)),
        (date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_two_working_days_leave_a_public_holiday_out(day: date, later: date) -> None:
    """Nobody is late with an answer because of Easter Monday."""
    assert working_days_later(day, 2) == later
