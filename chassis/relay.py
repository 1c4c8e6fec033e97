"""From the outbox to the broker: an event is marked sent when the broker has confirmed it."""

import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any

import amqp

from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drop, publish, pump, user_of
from chassis.bus.patterns import routing_key
from chassis.errors import may_succeed_later
from chassis.logs import logger
from chassis.outbox import Outbox, OutboxRow

POLL_SECONDS = 1.0
CONFIRM_SECONDS = 4.0
_BATCH = 100
_CONTENT_TYPE = "application/cloudevents+json"

_log = logger(__name__)


class Publisher:
    """Publishes events persistently and tells which ones the broker has kept.

    For one thread. The connection is made when needed and again after it
    broke.
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
        self._kept: set[str] = set()
        self._returned: set[str] = set()

    def publish(self, rows: Sequence[OutboxRow], seconds: float = CONFIRM_SECONDS) -> list[str]:
        """The ids that the broker confirmed within `seconds`, published in the order of `rows`.

        The others may have arrived all the same. An event that no queue takes
        is not among the confirmed ones, nor is any while the broker is short
        of disk or memory and takes no messages. Raises one of `BROKEN` when the broker
        cannot be reached at all.
        """
        self._waiting.clear()
        self._kept.clear()
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
            self._await(time.monotonic() + seconds)
        except BROKEN:
            self.close()
            if not self._kept:
                raise
        if self._returned:
            _log.error("event_unroutable", event_ids=sorted(self._returned))
        return [row.id for row in rows if row.id in self._kept - self._returned]

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            drop(self._connection)
        self._connection = self._channel = None

    def _open(self) -> amqp.Channel:
        if self._connection is not None and self._channel is not None:
            while pump(self._connection, 0):
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

    def _await(self, deadline: float) -> None:
        """Read confirms until each event has one.

        A broker that stays silent loses us, unless it said that it takes no messages now: it
        would not notice, and keep one dead connection after the other.
        """
        while self._waiting:
            left = deadline - time.monotonic()
            if left <= 0 or not pump(self._connection, left):
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
        self._kept |= set(self._settle(tag, multiple))

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _settle(self, tag: int, multiple: bool) -> list[str]:
        tags = [each for each in self._waiting if each <= tag] if multiple else [tag]
        return [self._waiting.pop(each) for each in tags if each in self._waiting]

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Any) -> None:
        self._returned.add(message.properties.get("message_id", ""))


class Relay:
    """Empties the outbox in order, one relay at a time among the replicas of a service.

    A commit wakes it; it also looks every second, for what other replicas or
    an earlier process left.
    """

    def __init__(self, outbox: Outbox, broker_url: str) -> None:
        self._outbox = outbox
        self._publisher = Publisher(broker_url, f"{user_of(broker_url)} publishes")
        self._holder = uuid.uuid4().hex
        self._woken = threading.Event()
        self._ending = False
        outbox.wake_with(self._woken.set)

    def run(self) -> None:
        """Relay until stopped, through any absence of the broker or the store."""
        told: type[Exception] | None = None
        while not self._ending:
            try:
                more = self.relay_once()
                told = None
            except Exception as error:
                more = False
                if type(error) is not told:  # once a second would drown the log
                    told = type(error)
                    _log_trouble("relay_waits", error)
            if not more:
                self._woken.wait(POLL_SECONDS)
                self._woken.clear()
        self.close()

    def relay_once(self) -> bool:
        """Publish what is due; True when there may be more at once."""
        rows = self._outbox.claim(self._holder, _BATCH)
        if not rows:
            return False
        kept = self._publisher.publish(rows)
        if kept:
            self._outbox.mark_sent(kept)
        return len(kept) == _BATCH

    def stop(self) -> None:
        """End `run` soon."""
        self._ending = True
        self._woken.set()

    def close(self) -> None:
        """Let go of the broker and of the lease."""
        self._publisher.close()
        try:
            self._outbox.release(self._holder)
        except Exception as error:
            _log_trouble("lease_kept", error)


def _log_trouble(what: str, error: Exception) -> None:
    """A part that is away is a warning; anything else is a mistake of ours."""
    expected = isinstance(error, BROKEN) or may_succeed_later(error)
    (_log.warning if expected else _log.error)(what, exc_info=error)
