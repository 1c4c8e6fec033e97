"""Locks by key: commands on one thing wait for each other instead of conflicting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from chassis.mongo import Conflict

_WAIT_SECONDS = 1.5


class _Lock:
    """A lock that goes when nobody holds or awaits it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class KeyedLocks:
    """One holder for each key at a time in this process.

    Several people may press a button in the same second; without locks the database would refuse
    all but one of them. Between processes it still does, and that is retried.
    """

    def __init__(self, wait_seconds: float = _WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()
        self._table = threading.Lock()

    @contextmanager
    def holding(self, key: str | None) -> Iterator[None]:
        """Holds the lock of `key`, if there is a key; raises Conflict after waiting in vain."""
        if key is None:
            yield
            return
        with self._table:
            entry = self._locks.setdefault(key, _Lock())
        if not entry.lock.acquire(timeout=self._wait_seconds):
            raise Conflict
        try:
            yield
        finally:
            entry.lock.release()
