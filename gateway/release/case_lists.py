"""Walks over a list of cases, deciding as it goes, until a page is full.

What a viewer takes part in may be much less than what intake lists: most cases of others end in a
refusal, and none of that may show. So a page is filled however many refusals lie in between, and
where it ends tells nothing of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from contracts.rpc.intake import PAGE
from gateway.release import record
from gateway.release.bus import Bus
from gateway.release.case_facts import CaseRead, read_cases
from gateway.release.decisions import CaseDecision
from gateway.release.policy import Policy
from gateway.request_context import RequestContext

LARGEST: Final = PAGE
"""Cases that are asked for and decided at once."""


class PageCursor(NamedTuple):
    """Where a page begins: in the chunk of `size` cases after `after`, beyond the case `last`."""

    after: str | None
    last: str | None
    size: int

    def text(self) -> str:
        """The place as the text of a cursor."""
        return orjson.dumps(list(self)).decode()


def parse_cursor(text: str) -> PageCursor:
    """The place in the text of a cursor."""
    after, last, size = orjson.loads(text)
    return PageCursor(after, last, size)


class Row(NamedTuple):
    """A case of the list that policy allowed."""

    read: CaseRead
    decision: CaseDecision


class CasePage(NamedTuple):
    """A page, what is to be recorded for it, and where the next one begins, if there is one."""

    rows: list[Row]
    entries: list[record.Entry]
    next: PageCursor | None


class CasePager:
    """One list of one asker; `select` is what intake selects by."""

    def __init__(
        self,
        bus: Bus,
        policy: Policy,
        context: RequestContext,
        resource: str,
        select: Mapping[str, Any],
    ) -> None:
        self._bus = bus
        self._policy = policy
        self._request_context = context
        self._resource = resource
        self._select = select

    def page(self, limit: int, begin: PageCursor | None) -> CasePage:
        """At most `limit` allowed cases from `begin` on.

        A next place is given only when an allowed case lies beyond; what was looked at to know
        that is neither shown nor recorded.
        """
        cursor = begin or PageCursor(None, None, min(limit + 1, LARGEST))
        rows: list[Row] = []
        entries: list[record.Entry] = []
        end: PageCursor | None = None
        while True:
            reads, following = self._chunk(cursor)
            for row, entry in self._decided(reads):
                if end is not None:
                    if row.decision.allow:
                        return CasePage(rows, entries, end)
                    continue
                entries.append(entry)
                if row.decision.allow:
                    rows.append(row)
                if len(rows) == limit:
                    end = cursor._replace(last=row.read.id)
            if following is None:
                return CasePage(rows, entries, None)
            cursor = PageCursor(following, None, min(2 * cursor.size, LARGEST))

    def _chunk(self, cursor: PageCursor) -> tuple[Sequence[CaseRead], str | None]:
        request = {**self._select, "after": cursor.after, "limit": cursor.size}
        reply = self._bus.read(self._request_context.budget, "intake", "list_cases", request)
        reads = read_cases(reply)
        passed = [number for number, read in enumerate(reads, 1) if read.id == cursor.last]
        return reads[passed[0] if passed else 0 :], reply["next"]

    def _decided(self, reads: Sequence[CaseRead]) -> list[tuple[Row, record.Entry]]:
        if not reads:
            return []
        outcome = self._policy.release(self._request_context, self._resource, reads)
        return [
            (
                Row(read, outcome.decision.cases[read.id]),
                record.release_entry(self._request_context, self._resource, read, outcome),
            )
            for read in reads
        ]
