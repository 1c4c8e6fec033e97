"""One source of time, that never goes back."""

import multiprocessing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from chassis.clock import (
    Clock,
    FixedClock,
    OffsetClock,
    SystemClock,
    advance,
    offset_of,
    set_offset,
)

SECOND = timedelta(seconds=1)
EIGHT_MONTHS = timedelta(days=240)


def test_the_system_clock_gives_true_time_in_utc() -> None:
    """A deadline would otherwise be an hour off in summer."""
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < SECOND


def test_a_shared_offset_moves_every_clock_on_it(tmp_path: Path) -> None:
    """Two processes of one demonstration would otherwise live in different months."""
    file = tmp_path / "clock"
    set_offset(file, -EIGHT_MONTHS.total_seconds())
    first, second = OffsetClock(file), OffsetClock(file)
    assert abs(first.now() - (datetime.now(UTC) - EIGHT_MONTHS)) < SECOND
    advance(file, timedelta(days=40))
    for clock in (first, second, OffsetClock(file)):
        assert abs(clock.now() - (datetime.now(UTC) - timedelta(days=200))) < SECOND
    set_offset(file, 0.0)
    assert abs(second.now() - datetime.now(UTC)) < SECOND
    assert offset_of(file) == 0.0


def _advance_a_day(path: str) -> None:
    advance(Path(path), timedelta(days=1))


def test_an_offset_set_by_another_process_is_seen_at_once(tmp_path: Path) -> None:
    """The demonstration's narrator would otherwise move nobody's time but its own."""
    file = tmp_path / "clock"
    set_offset(file, 0.0)
    clock = OffsetClock(file)
    other = multiprocessing.get_context("spawn").Process(target=_advance_a_day, args=(str(file),))
    other.start()
    other.join(30)
    assert other.exitcode == 0
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


def test_an_offset_only_goes_forward(tmp_path: Path) -> None:
    """A reminder could otherwise be due, and then not yet."""
    file = tmp_path / "clock"
    set_offset(file, -100.0)
    with pytest.raises(ValueError, match="time does not go back"):
        set_offset(file, -100.5)
    with pytest.raises(ValueError, match="time does not go back"):
        advance(file, timedelta(seconds=-1))
    assert offset_of(file) == -100.0


def test_a_clock_holds_still_when_its_file_is_forced_back(tmp_path: Path) -> None:
    """Events of one process could otherwise be out of order in the record."""
    file = tmp_path / "clock"
    set_offset(file, 1000.0)
    clock = OffsetClock(file)
    reply = clock.now()
    file.unlink()
    set_offset(file, 0.0)
    assert clock.now() >= reply
    in_place = tmp_path / "other"
    set_offset(in_place, 1000.0)
    clock = OffsetClock(in_place)
    reply = clock.now()
    with in_place.open("r+b") as opened:
        opened.write(bytes(8))
    assert clock.now() == reply


def test_a_fixed_clock_moves_when_told_and_only_forward() -> None:
    """A test of a deadline would otherwise depend on the day it is run."""
    clock = FixedClock(datetime(2025, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=1))))
    as_any_clock: Clock = clock
    assert as_any_clock.now() == datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    with pytest.raises(ValueError, match="time does not go back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="needs a time zone"):
        FixedClock(datetime(2025, 3, 1))  # noqa: DTZ001 (the mistake under test)
