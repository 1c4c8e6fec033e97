"""Gives entries their places in the log, one after the other, also beside another sequencer."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chassis.clock import Clock
from chassis.errors import Refuse, Retry
from chassis.logs import logger
from services.audit.batches import Ticket
from services.audit.domain.entry import written
from services.audit.domain.leaf import Document, Sealed, place, tells_the_same
from services.audit.domain.tree import Frontier, Head
from services.audit.store import EntryKnown, IndexTaken, Log

COMMIT_SECONDS = 1.4
_LONGEST_PAUSE = 0.02

Receipt = dict[str, Any]

_log = logger(__name__)


class Sequencer:
    """The end of the log as this process knows it.

    Another process may append to the same log: then one of the two finds its index taken, looks
    where the log ends now, and tries again. `approve` is asked about the first end that is found,
    and raises when the log is not the one that it was; then nothing is appended.
    """

    def __init__(self, log: Log, clock: Clock, approve: Callable[[Head], None]) -> None:
        self._log = log
        self._clock = clock
        self._approve = approve
        self._end: Frontier | None = None
        self._seen: int | None = None

    def commit(self, tickets: Sequence[Ticket[Sealed]]) -> None:
        """Append all entries of all tickets, durably, and give each its receipts.

        An entry that the log has already gets the receipt it got then; a ticket with an entry
        that the log has with another meaning gets an error. Raises Retry("audit_unavailable")
        when nothing can be said of the rest: kept or not, never by half a ticket.
        """
        try:
            kept = self._keep(tickets, time.monotonic() + COMMIT_SECONDS)
        except Exception as error:
            self._end = None
            _log.error("not_recorded", exc_info=error)
            raise Retry("audit_unavailable") from error
        for ticket in tickets:
            if ticket.error is None:
                ticket.result = [_receipt(kept[sealed.entry.id]) for sealed in ticket.work]

    def doubt(self) -> None:
        """Take the end of the log for unknown: before the next entry it has to be approved."""
        self._end = self._seen = None

    def _keep(self, tickets: Sequence[Ticket[Sealed]], limit: float) -> Mapping[str, Document]:
        """The documents of all entries by entry id, once the log has them all."""
        known: Mapping[str, Document] = {}
        while True:
            fresh, kept = _sort_out(tickets, known)
            together = len(fresh) > 1 and any(len(ticket.work) > 1 for ticket in tickets)
            try:
                return {**kept, **self._append(fresh, limit, together=together)}
            except EntryKnown:
                self._end = None
                ids = [sealed.entry.id for ticket in tickets for sealed in ticket.work]
                known = self._log.known(ids, _left(limit))
            except IndexTaken:
                self._end = None
                # Two that try again at the same pace would keep colliding.
                time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 (no secret)

    def _append(
        self, fresh: Sequence[Sealed], limit: float, *, together: bool
    ) -> dict[str, Document]:
        if not fresh:
            return {}
        draft = self._find_end(limit).copy()
        recorded = written(self._clock.now())
        documents = [place(sealed, draft, recorded) for sealed in fresh]
        self._log.append(documents, _left(limit), together=together)
        self._end, self._seen = draft, draft.size
        return {document["leaf"]["entry_id"]: document for document in documents}

    def _find_end(self, limit: float) -> Frontier:
        """The end of the log; never before one that was seen already."""
        if self._end is not None:
            return self._end
        end = self._log.end(_left(limit))
        if self._seen is None:
            self._approve(end.head)
        elif end.size < self._seen:
            raise LogShortened(f"{end.size} entries, {self._seen} were there")
        self._end, self._seen = end, end.size
        return end


class LogShortened(Exception):
    """Entries that were in the log are not there any more."""


def _sort_out(
    tickets: Sequence[Ticket[Sealed]], known: Mapping[str, Document]
) -> tuple[list[Sealed], dict[str, Document]]:
    """The entries still to be appended, each id once, and the documents of those that are there.

    Tickets that use an id with another meaning get their error here and take no part.
    """
    fresh: dict[str, Sealed] = {}
    kept: dict[str, Document] = {}
    for ticket in tickets:
        taken = {sealed.entry.id: sealed for sealed in ticket.work}
        if ticket.error is None and _clashes(ticket.work, {**taken, **fresh}, known):
            ticket.error = Refuse("idempotency_key_reused")
        if ticket.error is not None:
            continue
        for sealed in ticket.work:
            if sealed.entry.id in known:
                kept[sealed.entry.id] = known[sealed.entry.id]
            else:
                fresh.setdefault(sealed.entry.id, sealed)
    return list(fresh.values()), kept


def _clashes(
    work: Iterable[Sealed], fresh: Mapping[str, Sealed], known: Mapping[str, Document]
) -> bool:
    for sealed in work:
        if sealed.entry.id in known:
            if not tells_the_same(sealed.entry, known[sealed.entry.id]):
                return True
        elif fresh[sealed.entry.id].entry != sealed.entry:
            return True
    return False


def _receipt(document: Document) -> Receipt:
    leaf = document["leaf"]
    hashed = bytes(document["nodes"][0]).hex()
    return {"entry_id": leaf["entry_id"], "index": leaf["index"], "leaf_hash": hashed}


def _left(limit: float) -> float:
    """The seconds until `limit`. Raises TimeoutError when there are none."""
    left = limit - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this batch is over")
    return left
