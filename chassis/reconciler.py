"""Nothing vanishes: what a subscriber lacks is published again, even after a wiped broker."""

import threading
import uuid
from collections.abc import Mapping, Sequence

from chassis.bus.client import RpcClient
from chassis.bus.connection import BROKEN, user_of
from chassis.bus.patterns import matches, routing_key
from chassis.errors import CodedError, may_succeed_later
from chassis.logs import logger
from chassis.outbox import Outbox, OutboxRow
from chassis.relay import Publisher

OLDER_THAN_SECONDS = 30.0
EVERY_SECONDS = 10.0
_ASK_SECONDS = 3.0

_log = logger(__name__)

Subscribers = Mapping[str, Sequence[str]]
"""Subscriber → patterns of the routing keys that it hears of this service."""


class Reconciler:
    """Asks each subscriber which of the sent events it lacks, and publishes those again.

    Subscribers take an event in once, so the ones that have it are not
    disturbed. An event is settled when nobody lacks it. A subscriber that does
    not answer is asked again later, at growing intervals.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: RpcClient,
        broker_url: str,
        subscribers: Subscribers,
        older_than: float = OLDER_THAN_SECONDS,
        every: float = EVERY_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._publisher = Publisher(broker_url, f"{user_of(broker_url)} reconciles")
        self._subscribers = subscribers
        self._older_than = older_than
        self._every = every
        self._holder = uuid.uuid4().hex
        self._ended = threading.Event()

    def run(self) -> None:
        """Reconcile now and then until stopped."""
        while not self._ended.wait(self._every):
            try:
                self.reconcile_once()
            except Exception as error:
                away = isinstance(error, BROKEN) or may_succeed_later(error)
                (_log.warning if away else _log.error)("reconciler_waits", exc_info=error)
        self.close()

    def close(self) -> None:
        """Let go of the broker."""
        self._publisher.close()

    def stop(self) -> None:
        """End `run` soon."""
        self._ended.set()

    def reconcile_once(self) -> int:
        """Look once at the events that are due; the number published again."""
        rows = self._outbox.unsettled(self._holder, self._older_than)
        if not rows:
            return 0
        open_ids: set[str] = set()
        lacking: set[str] = set()
        for subscriber, patterns in self._subscribers.items():
            lacked, unknown = self._ask(subscriber, _heard(rows, patterns))
            lacking |= lacked
            open_ids |= lacked | unknown
        again = [row for row in rows if row.id in lacking]
        if again:
            _log.warning("published_again", count=len(again))
            self._publisher.publish(again)
        self._outbox.mark_settled([row.id for row in rows if row.id not in open_ids])
        self._outbox.mark_checked([row.id for row in rows if row.id in open_ids])
        return len(again)

    def _ask(self, subscriber: str, event_ids: list[str]) -> tuple[set[str], set[str]]:
        """The ids that the subscriber lacks, and those of which it could not be asked."""
        if not event_ids:
            return set(), set()
        try:
            told = self._client.call(
                subscriber, "lacking", {"event_ids": event_ids}, timeout=_ASK_SECONDS
            )
            return set(told["lacking"]) & set(event_ids), set()
        except CodedError as error:
            _log.warning("subscriber_silent", subscriber=subscriber, code=error.code)
            return set(), set(event_ids)


def _heard(rows: Sequence[OutboxRow], patterns: Sequence[str]) -> list[str]:
    return [
        row.id
        for row in rows
        if any(matches(pattern, routing_key(row.source, row.type)) for pattern in patterns)
    ]
