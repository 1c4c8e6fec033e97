"""Taking turns: commands on one thing wait for each other instead of conflicting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from chassis.mongo import Conflict

_PATIENCE = 1.5


class _Turn:
    """A lock that goes when nobody holds or awaits it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Turns:
    """One command on a thing at a time in this process.

    Several people may press a button in the same second; without turns the database would refuse
    all but one of them. Between processes it still does, and that is retried.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._table = threading.Lock()

    @contextmanager
    def of(self, thing: str | None) -> Iterator[None]:
        """Holds the turn of the thing, if any, by its id; raises Conflict after waiting in vain."""
        if thing is None:
            yield
            return
        with self._table:
            turn = self._turns.setdefault(thing, _Turn())
        if not turn.lock.acquire(timeout=self._patience):
            raise Conflict
        try:
            yield
        finally:
            turn.lock.release()
