"""Group commit: whatever waits becomes one batch, and each caller is answered once it is kept.

There is no thread of its own. The caller that finds nobody at work leads: it commits all that
waits, wakes the others, and hands over to one who came meanwhile. So a lone caller waits for
nobody, and under load a batch grows with the time that the one before it takes.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from chassis.errors import Retry

Work = TypeVar("Work")

WAIT_SECONDS = 1.5
"""How long a caller waits for its turn; the gateway waits no longer either."""

MOST_WAITING = 4_000
"""Units of work that may wait; beyond it callers are refused at once."""

MOST_TOGETHER = 500
"""Units of work in one batch, unless a single caller brings more."""


class Ticket(Generic[Work]):
    """One caller's work, and what came of it: a result or an error."""

    __slots__ = ("_woken", "error", "leads", "result", "settled", "taken", "work")

    def __init__(self, work: Sequence[Work]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.leads = self.taken = self.settled = False
        self._woken = threading.Event()

    def wait(self, seconds: float) -> None:
        """Wait until woken, or for so long."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """End the wait: the work is settled, or it is this caller's turn to lead."""
        self._woken.set()


Commit = Callable[[Sequence[Ticket[Work]]], None]
"""Gives each ticket a result or an error. What it raises is the error of all that have neither."""


class Batches(Generic[Work]):
    """Callers' work, committed together."""

    def __init__(
        self,
        commit: Commit[Work],
        *,
        wait_seconds: float = WAIT_SECONDS,
        most_waiting: int = MOST_WAITING,
        most_together: int = MOST_TOGETHER,
    ) -> None:
        self._commit = commit
        self._wait_seconds = wait_seconds
        self._most_waiting = most_waiting
        self._most_together = most_together
        self._lock = threading.Lock()
        self._waiting: deque[Ticket[Work]] = deque()
        self._units = 0
        self._led = False

    @property
    def waiting(self) -> int:
        """Units of work that nobody has taken up yet."""
        with self._lock:
            return self._units

    def submit(self, work: Sequence[Work]) -> Any:
        """The result of the work, once it is kept.

        Raises the error of its commit, or Retry("audit_unavailable") when too much waits or it
        takes too long: the work may then have been kept or not.
        """
        ticket = Ticket(work)
        self._join(ticket)
        try:
            if not ticket.leads:
                ticket.wait(self._wait_seconds)
            if self._is_to_lead(ticket):
                self._lead()
        finally:
            self._leave(ticket)
        if ticket.error is not None:
            raise ticket.error
        if not ticket.settled:
            raise Retry("audit_unavailable", "the record was not kept in time")
        return ticket.result

    def _join(self, ticket: Ticket[Work]) -> None:
        with self._lock:
            if self._waiting and self._units + len(ticket.work) > self._most_waiting:
                raise Retry("audit_unavailable", "too much waits to be recorded")
            self._waiting.append(ticket)
            self._units += len(ticket.work)
            if not self._led:
                self._led = ticket.leads = True

    def _is_to_lead(self, ticket: Ticket[Work]) -> bool:
        with self._lock:
            return ticket.leads and not ticket.taken

    def _lead(self) -> None:
        with self._lock:
            batch = self._take()
        try:
            self._commit(batch)
        except Exception as error:
            _settle(batch, error)
        except BaseException:
            _settle(batch, Retry("audit_unavailable", "stopped while recording"))
            raise
        finally:
            with self._lock:
                self._hand_over()
            _settle(batch, None)

    def _take(self) -> list[Ticket[Work]]:
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

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].wake()
        else:
            self._led = False

    def _leave(self, ticket: Ticket[Work]) -> None:
        """Forget work that nobody has taken up: its caller waits no longer."""
        with self._lock:
            if ticket.taken:
                return
            ticket.taken = True
            self._waiting.remove(ticket)
            self._units -= len(ticket.work)
            if ticket.leads:
                self._hand_over()


def _settle(batch: Sequence[Ticket[Work]], error: BaseException | None) -> None:
    for ticket in batch:
        if ticket.settled:
            continue
        if ticket.result is None and ticket.error is None:
            ticket.error = error or Retry("audit_unavailable", "not recorded")
        ticket.settled = True
        ticket.wake()
