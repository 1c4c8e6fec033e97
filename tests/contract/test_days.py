"""Which day it is, for everybody at once."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest

from contracts.days import TIME_ZONE, DayBounds, day_of
from tests.rego import RULES

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-14T22:59:59+00:00", "2026-01-14"),  # winter: an hour before midnight in UTC
        ("2026-01-14T23:00:00+00:00", "2026-01-15"),
        ("2026-07-14T21:59:59+00:00", "2026-07-14"),  # summer: two
        ("2026-07-14T22:00:00+00:00", "2026-07-15"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),  # the day that has 23 hours
        ("2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),  # the day that has 25
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
        ("2026-12-31T23:30:00+00:00", "2027-01-01"),
    ],
)
def test_the_day_changes_at_midnight_in_brussels(moment: str, day: str) -> None:
    """What is due tomorrow is not late tonight, and what is late is not due."""
    at = datetime.fromisoformat(moment)

    assert day_of(at).isoformat() == day
    assert day_of(at.astimezone(timezone(timedelta(hours=-7)))) == day_of(at)


def test_a_moment_without_a_zone_is_of_no_day() -> None:
    """It could be one of two days."""
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 3, 1, 10, tzinfo=UTC).replace(tzinfo=None))


def test_a_machine_without_time_zones_knows_this_one() -> None:
    """A small image would not start, or tell the day in UTC."""
    from importlib.resources import files

    shipped = files("tzdata.zoneinfo").joinpath("Europe", "Brussels").read_bytes()

    assert shipped.startswith(b"TZif")
    assert TIME_ZONE.key in available_timezones()


def test_rules_and_services_live_in_one_time_zone() -> None:
    """Policy and a service would disagree for an hour or two each night."""
    rule = (RULES / "question" / "question.rego").read_text(encoding="utf-8")

    assert f'time.format([now, "{TIME_ZONE.key}", "2006-01-02"])' in rule
    assert ZoneInfo("Europe/Brussels") == TIME_ZONE


@pytest.mark.parametrize(
    ("bounds", "taken", "refused"),
    [
        (DayBounds(), [-40_000, -1, 0], [1]),
        (DayBounds(0, "days"), [0, 1, 10], [-1, 11]),
        (DayBounds(1, "days"), [1, 10], [0, 11]),
    ],
)
def test_a_day_lies_between_its_bounds(
    bounds: DayBounds, taken: list[int], refused: list[int]
) -> None:
    """A day typed wrong reminds nobody, or hides what is due."""
    first, last = bounds.between(TODAY, {"days": 10})
    fits = {ahead: first <= TODAY + timedelta(days=ahead) <= last for ahead in (*taken, *refused)}

    assert [ahead for ahead in fits if fits[ahead]] == taken
