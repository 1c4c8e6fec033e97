"""The sequencer: assigns entries their indexes in the log, also beside another sequencer."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from chassis.clock import Clock
from chassis.errors import Refuse, Retry
from chassis.logs import logger
from services.audit.domain.entry import format_time
from services.audit.domain.leaf import CommittedEntry, Leaf, append_entry, is_same_entry
from services.audit.domain.tree import Frontier, TreeHead
from services.audit.group_commit import Ticket
from services.audit.store import EntryExists, IndexTaken, Log

COMMIT_SECONDS = 1.4
_LONGEST_PAUSE = 0.02

_log = logger(__name__)


class Receipt(TypedDict):
    """What the caller of `record` gets for an entry; the hash is hexadecimal."""

    entry_id: str
    index: int
    leaf_hash: str


class Sequencer:
    """Appends entries at the end of the log, which it keeps in memory.

    When another process appends to the same log, one of the two finds its index taken, reads the
    end of the log again and retries. `verify_consistency` is called with the tree head that is
    read first, and raises when it is not consistent with what was signed; then nothing is
    appended.
    """

    def __init__(
        self, log: Log, clock: Clock, verify_consistency: Callable[[TreeHead], None]
    ) -> None:
        self._log = log
        self._clock = clock
        self._verify_consistency = verify_consistency
        self._end: Frontier | None = None
        self._seen: int | None = None

    def commit(self, tickets: Sequence[Ticket[CommittedEntry]]) -> None:
        """Append all entries of all tickets, durably, and set each ticket's receipts or error.

        An entry that is in the log gets the same receipt again; a ticket with an entry whose id
        was used for another gets an error. Raises Retry("audit_unavailable") when it is unknown
        whether the rest was appended; each ticket was appended as a whole or not at all.
        """
        try:
            leaves = self._append_all(tickets, time.monotonic() + COMMIT_SECONDS)
        except Exception as error:
            self._end = None
            _log.error("not_recorded", exc_info=error)
            raise Retry("audit_unavailable") from error
        for ticket in tickets:
            if ticket.error is None:
                ticket.result = [_receipt(leaves[each.entry.id]) for each in ticket.work]

    def forget_end(self) -> None:
        """Read the end of the log again before the next entry, and verify its consistency."""
        self._end = self._seen = None

    def _append_all(
        self, tickets: Sequence[Ticket[CommittedEntry]], limit: float
    ) -> Mapping[str, Leaf]:
        """The leaves of all entries by entry id, once all are in the log."""
        existing: Mapping[str, Leaf] = {}
        while True:
            new, found = _partition(tickets, existing)
            atomic = len(new) > 1 and any(len(ticket.work) > 1 for ticket in tickets)
            try:
                return {**found, **self._append(new, limit, atomic=atomic)}
            except EntryExists:
                self._end = None
                ids = [each.entry.id for ticket in tickets for each in ticket.work]
                existing = self._log.find_entries(ids, _remaining(limit))
            except IndexTaken:
                self._end = None
                # Two that retry at the same pace would keep colliding.
                time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 (no secret)

    def _append(
        self, new: Sequence[CommittedEntry], limit: float, *, atomic: bool
    ) -> dict[str, Leaf]:
        if not new:
            return {}
        frontier = self._find_end(limit).copy()
        recorded = format_time(self._clock.now())
        leaves = [append_entry(each, frontier, recorded) for each in new]
        self._log.append(leaves, _remaining(limit), atomic=atomic)
        self._end, self._seen = frontier, frontier.size
        return {leaf["leaf"]["entry_id"]: leaf for leaf in leaves}

    def _find_end(self, limit: float) -> Frontier:
        """The end of the log. Raises LogTruncated when it is before one that was seen."""
        if self._end is not None:
            return self._end
        end = self._log.end(_remaining(limit))
        if self._seen is None:
            self._verify_consistency(end.head)
        elif end.size < self._seen:
            raise LogTruncated(f"{end.size} entries, {self._seen} were there")
        self._end, self._seen = end, end.size
        return end


class LogTruncated(Exception):
    """Entries that were in the log are not there any more."""


def _partition(
    tickets: Sequence[Ticket[CommittedEntry]], existing: Mapping[str, Leaf]
) -> tuple[list[CommittedEntry], dict[str, Leaf]]:
    """The entries still to be appended, each id once, and the leaves of those that exist.

    Tickets that reuse an id for another entry get their error here and take no part.
    """
    new: dict[str, CommittedEntry] = {}
    found: dict[str, Leaf] = {}
    for ticket in tickets:
        own = {each.entry.id: each for each in ticket.work}
        if ticket.error is None and _reuses_id(ticket.work, {**own, **new}, existing):
            ticket.error = Refuse("idempotency_key_reused")
        if ticket.error is not None:
            continue
        for each in ticket.work:
            if each.entry.id in existing:
                found[each.entry.id] = existing[each.entry.id]
            else:
                new.setdefault(each.entry.id, each)
    return list(new.values()), found


def _reuses_id(
    work: Iterable[CommittedEntry],
    new: Mapping[str, CommittedEntry],
    existing: Mapping[str, Leaf],
) -> bool:
    for each in work:
        if each.entry.id in existing:
            if not is_same_entry(each.entry, existing[each.entry.id]):
                return True
        elif new[each.entry.id].entry != each.entry:
            return True
    return False


def _receipt(leaf: Leaf) -> Receipt:
    return {
        "entry_id": leaf["leaf"]["entry_id"],
        "index": leaf["_id"],
        "leaf_hash": bytes(leaf["nodes"][0]).hex(),
    }


def _remaining(limit: float) -> float:
    """The seconds until `limit`. Raises TimeoutError when there are none."""
    seconds = limit - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for this batch is over")
    return seconds
