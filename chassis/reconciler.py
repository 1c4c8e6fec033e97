"""The reconciler: publishes again what a subscriber lacks, also after the broker lost its data."""

import threading
import uuid
from collections.abc import Mapping, Sequence

from chassis.bus.client import RpcClient
from chassis.bus.connection import user_of
from chassis.bus.routing_keys import matches, routing_key
from chassis.errors import CodedError
from chassis.logs import logger
from chassis.outbox import Outbox, OutboxRow
from chassis.relay import Publisher, log_failure

OLDER_THAN_SECONDS = 30.0
EVERY_SECONDS = 10.0
_RPC_SECONDS = 3.0

_log = logger(__name__)

Subscribers = Mapping[str, Sequence[str]]
"""Subscriber → binding keys of the events of this service that it handles."""


class Reconciler:
    """Asks each subscriber which of the sent events it lacks, and publishes those again.

    Subscribers process an event once, so to those that have it nothing happens. An event is
    settled when no subscriber lacks it. Events that one lacks, or that one could not be asked
    about, are checked again at growing intervals.
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
        """Reconcile every few seconds until stopped."""
        while not self._ended.wait(self._every):
            try:
                self.reconcile_once()
            except Exception as error:
                log_failure("reconciler_waits", error)
        self.close()

    def close(self) -> None:
        """Close the connection to the broker."""
        self._publisher.close()

    def stop(self) -> None:
        """End `run` soon."""
        self._ended.set()

    def reconcile_once(self) -> int:
        """Check the events that are due once; returns how many were published again."""
        rows = self._outbox.unsettled(self._holder, self._older_than)
        if not rows:
            return 0
        open_ids: set[str] = set()
        lacking: set[str] = set()
        for subscriber, binding_keys in self._subscribers.items():
            lacked, unknown = self._ask(subscriber, _matching_ids(rows, binding_keys))
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
        """The ids that the subscriber lacks, and those that it could not be asked about."""
        if not event_ids:
            return set(), set()
        try:
            reply = self._client.call(
                subscriber, "lacking", {"event_ids": event_ids}, timeout=_RPC_SECONDS
            )
            return set(reply["lacking"]) & set(event_ids), set()
        except CodedError as error:
            _log.warning("subscriber_silent", subscriber=subscriber, code=error.code)
            return set(), set(event_ids)


def _matching_ids(rows: Sequence[OutboxRow], binding_keys: Sequence[str]) -> list[str]:
    return [
        row.id
        for row in rows
        if any(matches(key, routing_key(row.source, row.type)) for key in binding_keys)
    ]
