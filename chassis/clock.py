"""The one source of time. Domain rules never read the system clock: they are given ``now``."""

import mmap
import os
import struct
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from chassis.config import ProcessConfig

_FORMAT = struct.Struct("<d")


class Clock(Protocol):
    """What gives the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC; it never goes back within a process."""
        ...


class SystemClock:
    """The system's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OffsetClock:
    """True time plus an offset that several processes share through a small mapped file.

    The file holds one little-endian float64: seconds to add. A change is seen by the next `now`,
    without a system call.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._offset = mmap.mmap(file.fileno(), _FORMAT.size, access=mmap.ACCESS_READ)
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        (offset,) = _FORMAT.unpack_from(self._offset)
        at = datetime.now(UTC) + timedelta(seconds=offset)
        with self._lock:
            self._latest = max(self._latest, at)
            return self._latest


class FixedClock:
    """A moment that changes only by `advance`; for tests and for replays."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._at += by


def clock_from(config: ProcessConfig) -> Clock:
    """The clock of this process: the system's unless an offset file is configured."""
    return OffsetClock(config.clock_file) if config.clock_file else SystemClock()


def offset_of(path: Path) -> float:
    """The offset in the file, in seconds to true time."""
    (offset,) = _FORMAT.unpack(path.read_bytes())
    return float(offset)


def set_offset(path: Path, seconds: float) -> None:
    """Make every clock on this file ``seconds`` away from true time.

    Creates the file when it is not there. Raises ValueError when clocks would go back.
    """
    if path.exists() and seconds < offset_of(path):
        raise ValueError("time does not go back")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        # Into the same inode: clocks that mapped the file see the change.
        os.pwrite(descriptor, _FORMAT.pack(seconds), 0)
    finally:
        os.close(descriptor)


def advance(path: Path, by: timedelta) -> None:
    """Move every clock on this file forward by ``by``. Raises ValueError when negative."""
    set_offset(path, offset_of(path) + by.total_seconds())
