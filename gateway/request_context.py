"""Who calls, for which purpose of use, when, and how long the answer may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chassis.errors import Retry

TOTAL_SECONDS = 4.0
"""What all calls of one request may take together; the caller has an answer within 5 s."""

_LEAST_SECONDS = 0.02


class Budget:
    """The time that is left for one request, shared by all its calls."""

    def __init__(
        self, seconds: float = TOTAL_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self.began = monotonic()
        self._ends = self.began + seconds

    def share(self, most: float, code: str = "service_unavailable") -> float:
        """Seconds for the next call: at most `most`. Raises Retry(`code`) when none are left."""
        left = self._ends - self._monotonic()
        if left < _LEAST_SECONDS:
            raise Retry(code, "the time for this request is over")
        return min(left, most)

    def elapsed(self) -> float:
        """Seconds since the request began."""
        return self._monotonic() - self.began


@dataclass(frozen=True)
class Viewer:
    """The person that a token proves, and the mandate that it selects, if it does.

    Partner and role are not here: they come from mandates, which only the policy service knows.
    """

    person: str
    mandate: str | None


@dataclass
class RecordStatus:
    """Whether the decisions of a request are in the audit log by now."""

    durable: bool = False


@dataclass(frozen=True)
class RequestContext:
    """What every step of a request is given.

    `decision_id` names whatever is decided for it. `route` is its method and path; a command has
    `key`, its Idempotency-Key, and where it changes a document `version`, that of its If-Match.
    """

    viewer: Viewer
    purpose: str
    at: datetime
    decision_id: str
    traceparent: str
    language: str = "nl"
    route: str = ""
    key: str | None = None
    version: int | None = None
    budget: Budget = field(default_factory=Budget)
    record_status: RecordStatus = field(default_factory=RecordStatus)
