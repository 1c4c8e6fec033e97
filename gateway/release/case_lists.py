"""Pages of a list of cases, decided while they are filled.

What a viewer takes part in may be much less than what intake lists: most cases of others end in a
refusal, and none of that may show. So a page is filled however many refusals lie in between, and
where it ends shows nothing of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from contracts.rpc.intake import PAGE
from gateway.release.bus import Bus
from gateway.release.case_facts import read_cases
from gateway.release.policy import DecidedCase, Policy
from gateway.request_context import RequestContext

LARGEST: Final = PAGE
"""Cases that are asked for and decided at once."""


class CasePage(NamedTuple):
    """The decided cases of a page, refused ones too.

    `next` is the order of the last case that is shown, when the list goes on after it: the one
    thing that stays true of it while others are referred, walled off or removed.
    """

    decided: list[DecidedCase]
    next: str | None


@dataclass(frozen=True, slots=True)
class CasePager:
    """One list of one viewer; `select` is what intake selects by."""

    bus: Bus
    policy: Policy
    context: RequestContext
    resource: str
    select: Mapping[str, Any]

    def page(self, limit: int, after: str | None) -> CasePage:
        """At most `limit` allowed cases of those that come after `after` in the order of the list.

        A next page is promised only when an allowed case lies beyond; what was looked at to know
        that is neither shown nor recorded.
        """
        page: list[DecidedCase] = []
        allowed = 0
        end: str | None = None
        size = min(limit + 1, LARGEST)
        following = after
        while True:
            chunk, following = self._decided_chunk(following, size)
            for each in chunk:
                if end is not None:
                    if each.decision.allow:
                        return CasePage(page, end)
                    continue
                page.append(each)
                allowed += each.decision.allow
                if allowed == limit:
                    end = each.case.order
            if following is None:
                return CasePage(page, None)
            size = min(2 * size, LARGEST)

    def _decided_chunk(self, after: str | None, size: int) -> tuple[list[DecidedCase], str | None]:
        request = {**self.select, "after": after, "limit": size}
        [reply] = self.bus.read(self.context.budget, ("intake", "list_cases", request))
        cases = read_cases(reply)
        decided = self.policy.release(self.context, self.resource, cases) if cases else []
        return decided, reply["next"]
