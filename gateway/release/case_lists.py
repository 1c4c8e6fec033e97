"""Pages of a list of cases, decided while they are filled.

What a viewer takes part in may be much less than what intake lists: most cases of others end in a
refusal, and none of that may show. So a page is filled however many refusals lie in between, and
where it ends shows nothing of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from contracts.rpc.intake import PAGE
from gateway.release.bus import Bus
from gateway.release.case_facts import read_cases
from gateway.release.policy import DecidedCase, Policy
from gateway.request_context import RequestContext

LARGEST: Final = PAGE
"""Cases that are asked for and decided at once."""


class PageCursor(NamedTuple):
    """Where a page begins: in the chunk of `size` cases after `after`, beyond the case `last`."""

    after: str | None
    last: str | None
    size: int

    def text(self) -> str:
        """The cursor as text, to be sealed."""
        return orjson.dumps(list(self)).decode()

    @classmethod
    def parse(cls, text: str) -> "PageCursor":
        """The cursor in a text that `text` made."""
        return cls(*orjson.loads(text))


class CasePage(NamedTuple):
    """The decided cases of a page, refused ones too, and where the next one begins, if any does."""

    decided: list[DecidedCase]
    next: PageCursor | None


@dataclass(frozen=True, slots=True)
class CasePager:
    """One list of one viewer; `select` is what intake selects by."""

    bus: Bus
    policy: Policy
    context: RequestContext
    resource: str
    select: Mapping[str, Any]

    def page(self, limit: int, begin: PageCursor | None) -> CasePage:
        """At most `limit` allowed cases from `begin` on.

        A next page is promised only when an allowed case lies beyond; what was looked at to know
        that is neither shown nor recorded.
        """
        cursor = begin or PageCursor(None, None, min(limit + 1, LARGEST))
        page: list[DecidedCase] = []
        allowed = 0
        end: PageCursor | None = None
        while True:
            chunk, following = self._decided_chunk(cursor)
            for each in chunk:
                if end is not None:
                    if each.decision.allow:
                        return CasePage(page, end)
                    continue
                page.append(each)
                allowed += each.decision.allow
                if allowed == limit:
                    end = cursor._replace(last=each.case.id)
            if following is None:
                return CasePage(page, None)
            cursor = PageCursor(following, None, min(2 * cursor.size, LARGEST))

    def _decided_chunk(self, cursor: PageCursor) -> tuple[list[DecidedCase], str | None]:
        request = {**self.select, "after": cursor.after, "limit": cursor.size}
        [reply] = self.bus.read(self.context.budget, ("intake", "list_cases", request))
        cases = read_cases(reply)
        passed = [number for number, case in enumerate(cases, 1) if case.id == cursor.last]
        left = cases[passed[0] if passed else 0 :]
        decided = self.policy.release(self.context, self.resource, left) if left else []
        return decided, reply["next"]
