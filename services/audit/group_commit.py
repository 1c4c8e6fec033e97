"""Group commit: all work that waits is committed as one batch, in the thread of one caller.

A caller that finds no leader becomes it: it commits all that waits, wakes the other callers, and
makes one that came meanwhile the next leader. So a single caller waits for nobody, and under load
a batch grows with the duration of the one before it.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from chassis.errors import Retry

Work = TypeVar("Work")

WAIT_SECONDS = 1.5
"""How long a caller waits; the gateway waits no longer either."""

MAX_WAITING = 4_000
"""Units of work that may wait; beyond that callers are refused at once."""

MAX_BATCH = 500
"""Units of work in one batch, unless a single caller brings more."""


class Ticket(Generic[Work]):
    """One caller's work, and its result or error once it is `done`; `taken`: in a batch or gone."""

    __slots__ = ("_woken", "done", "error", "is_leader", "result", "taken", "work")

    def __init__(self, work: Sequence[Work]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_leader = self.taken = self.done = False
        self._woken = threading.Event()

    def wait(self, seconds: float) -> None:
        """Wait until woken, for `seconds` at most."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """End the wait: the work is done, or this caller is the leader now."""
        self._woken.set()


Commit = Callable[[Sequence[Ticket[Work]]], None]
"""Sets each ticket's result or error. What it raises is the error of all that have neither."""


class GroupCommit(Generic[Work]):
    """Commits the work of concurrent callers in batches."""

    def __init__(
        self,
        commit: Commit[Work],
        *,
        wait_seconds: float = WAIT_SECONDS,
        max_waiting: int = MAX_WAITING,
        max_batch: int = MAX_BATCH,
    ) -> None:
        self._commit = commit
        self._wait_seconds = wait_seconds
        self._most_waiting = max_waiting
        self._most_together = max_batch
        self._lock = threading.Lock()
        self._waiting: deque[Ticket[Work]] = deque()
        self._units = 0
        self._has_leader = False

    @property
    def waiting(self) -> int:
        """Units of work that are in no batch yet."""
        with self._lock:
            return self._units

    def submit(self, work: Sequence[Work]) -> Any:
        """Commit the work and return its result.

        Raises the error of its commit, or Retry("audit_unavailable") when too much waits or it
        takes too long: the work may then have been committed or not.
        """
        ticket = Ticket(work)
        self._enqueue(ticket)
        try:
            if not ticket.is_leader:
                ticket.wait(self._wait_seconds)
            if self._must_lead(ticket):
                self._lead()
        finally:
            self._withdraw(ticket)
        if ticket.error is not None:
            raise ticket.error
        if not ticket.done:
            raise Retry("audit_unavailable", "the record was not kept in time")
        return ticket.result

    def _enqueue(self, ticket: Ticket[Work]) -> None:
        with self._lock:
            if self._waiting and self._units + len(ticket.work) > self._most_waiting:
                raise Retry("audit_unavailable", "too much waits to be recorded")
            self._waiting.append(ticket)
            self._units += len(ticket.work)
            if not self._has_leader:
                self._has_leader = ticket.is_leader = True

    def _must_lead(self, ticket: Ticket[Work]) -> bool:
        with self._lock:
            return ticket.is_leader and not ticket.taken

    def _lead(self) -> None:
        with self._lock:
            batch = self._next_batch()
        try:
            self._commit(batch)
        except Exception as error:
            _finish(batch, error)
        except BaseException:
            _finish(batch, Retry("audit_unavailable", "stopped while recording"))
            raise
        finally:
            with self._lock:
                self._choose_leader()
            _finish(batch, None)

    def _next_batch(self) -> list[Ticket[Work]]:
        """The tickets of the next batch, in order; the leader's own is the first."""
        batch: list[Ticket[Work]] = []
        units = 0
        while self._waiting and (
            not batch or units + len(self._waiting[0].work) <= self._most_together
        ):
            ticket = self._waiting.popleft()
            ticket.taken = True
            units += len(ticket.work)
            batch.append(ticket)
        self._units -= units
        return batch

    def _choose_leader(self) -> None:
        if self._waiting:
            self._waiting[0].is_leader = True
            self._waiting[0].wake()
        else:
            self._has_leader = False

    def _withdraw(self, ticket: Ticket[Work]) -> None:
        """Remove work that is in no batch yet: its caller waits no longer."""
        with self._lock:
            if ticket.taken:
                return
            ticket.taken = True
            self._waiting.remove(ticket)
            self._units -= len(ticket.work)
            if ticket.is_leader:
                self._choose_leader()


def _finish(batch: Sequence[Ticket[Work]], error: BaseException | None) -> None:
    for ticket in batch:
        if ticket.done:
            continue
        if ticket.result is None and ticket.error is None:
            ticket.error = error or Retry("audit_unavailable", "not recorded")
        ticket.done = True
        ticket.wake()
