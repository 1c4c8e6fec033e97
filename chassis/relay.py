"""The relay: publishes the outbox; an event is marked sent when the broker has confirmed it."""

import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any

import amqp

from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drain_events, drop, publish, user_of
from chassis.bus.routing_keys import routing_key
from chassis.errors import may_succeed_later
from chassis.logs import logger
from chassis.outbox import Outbox, OutboxRow

POLL_SECONDS = 1.0
CONFIRM_SECONDS = 4.0
_BATCH = 100
_CONTENT_TYPE = "application/cloudevents+json"

_log = logger(__name__)


class Publisher:
    """Publishes persistent events with publisher confirms.

    For one thread. The connection is opened when needed, and again after it broke.
    """

    def __init__(self, broker_url: str, name: str) -> None:
        self._url = broker_url
        self._user = user_of(broker_url)
        self._name = name
        self._connection: amqp.Connection | None = None
        self._channel: amqp.Channel | None = None
        self._blocked = False
        self._published = 0
        self._waiting: dict[int, str] = {}
        self._confirmed: set[str] = set()
        self._returned: set[str] = set()

    def publish(self, rows: Sequence[OutboxRow], seconds: float = CONFIRM_SECONDS) -> list[str]:
        """Publish in the order of `rows`; returns the ids confirmed within `seconds`.

        The others may have arrived all the same. An event that no queue is bound for is not
        confirmed, nor is any while the broker is short of disk or memory and accepts no messages.
        Raises one of `BROKEN` when the broker cannot be reached at all.
        """
        self._waiting.clear()
        self._confirmed.clear()
        self._returned.clear()
        try:
            channel = self._open()
            if self._blocked:
                return []
            for row in rows:
                key = routing_key(row.source, row.type)
                publish(channel, topology.EVENTS_EXCHANGE, key, self._message(row), mandatory=True)
                self._published += 1
                self._waiting[self._published] = row.id
            self._await_confirms(time.monotonic() + seconds)
        except BROKEN:
            self.close()
            if not self._confirmed:
                raise
        if self._returned:
            _log.error("event_unroutable", event_ids=sorted(self._returned))
        return [row.id for row in rows if row.id in self._confirmed - self._returned]

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            drop(self._connection)
        self._connection = self._channel = None

    def _open(self) -> amqp.Channel:
        if self._connection is not None and self._channel is not None:
            while drain_events(self._connection, 0):
                pass
            return self._channel
        self._connection = connect(self._url, self._name)
        self._connection.on_blocked = lambda _reason: self._set_blocked(True)
        self._connection.on_unblocked = lambda: self._set_blocked(False)
        self._blocked = False
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._published = 0
        return self._channel

    def _await_confirms(self, deadline: float) -> None:
        """Read until each event is confirmed.

        The connection to a broker that stays silent is closed, unless the broker has blocked it:
        a blocked one would not notice, and accumulate dead connections.
        """
        while self._waiting:
            left = deadline - time.monotonic()
            if left <= 0 or not drain_events(self._connection, left):
                if not self._blocked:
                    self.close()
                return

    def _message(self, row: OutboxRow) -> amqp.Message:
        return amqp.Message(
            row.body,
            content_type=_CONTENT_TYPE,
            delivery_mode=2,
            message_id=row.id,
            type=row.type,
            user_id=self._user,
        )

    def _set_blocked(self, blocked: bool) -> None:
        self._blocked = blocked
        (_log.warning if blocked else _log.info)("broker_takes_messages", yes=not blocked)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._confirmed |= set(self._pop_waiting(tag, multiple))

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._pop_waiting(tag, multiple)

    def _pop_waiting(self, tag: int, multiple: bool) -> list[str]:
        tags = [each for each in self._waiting if each <= tag] if multiple else [tag]
        return [self._waiting.pop(each) for each in tags if each in self._waiting]

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Any) -> None:
        self._returned.add(message.properties.get("message_id", ""))


class Relay:
    """Publishes the outbox in order; one relay at a time among the replicas of a service.

    A commit wakes it; it also polls every second, for what other replicas or an earlier process
    left.
    """

    def __init__(self, outbox: Outbox, broker_url: str) -> None:
        self._outbox = outbox
        self._publisher = Publisher(broker_url, f"{user_of(broker_url)} publishes")
        self._holder = uuid.uuid4().hex
        self._woken = threading.Event()
        self._stopping = False
        outbox.wake_with(self._woken.set)

    def run(self) -> None:
        """Relay until stopped, also when the broker or the database is away for a time."""
        logged: type[Exception] | None = None
        while not self._stopping:
            try:
                more = self.relay_once()
                logged = None
            except Exception as error:
                more = False
                if type(error) is not logged:  # once a second would drown the log
                    logged = type(error)
                    log_failure("relay_waits", error)
            if not more:
                self._woken.wait(POLL_SECONDS)
                self._woken.clear()
        self.close()

    def relay_once(self) -> bool:
        """Publish one batch; True when there may be more to publish at once."""
        rows = self._outbox.claim(self._holder, _BATCH)
        if not rows:
            return False
        confirmed = self._publisher.publish(rows)
        if confirmed:
            self._outbox.mark_sent(confirmed)
        return len(confirmed) == _BATCH

    def stop(self) -> None:
        """End `run` soon."""
        self._stopping = True
        self._woken.set()

    def close(self) -> None:
        """Close the connection to the broker and release the lease."""
        self._publisher.close()
        try:
            self._outbox.release(self._holder)
        except Exception as error:
            log_failure("lease_kept", error)


def log_failure(event: str, error: Exception) -> None:
    """Log an unavailable broker or database as a warning, anything else as an error."""
    expected = isinstance(error, BROKEN) or may_succeed_later(error)
    (_log.warning if expected else _log.error)(event, exc_info=error)
