"""The one connection on which a service consumes its RPC queue and its event queue."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqp
import eventlet
from eventlet.event import Event
from nameko.extensions import SharedExtension

from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drain_events, drop
from chassis.logs import logger

HEARTBEAT_SECONDS = 10
_POLL_SECONDS = 0.25
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 1.0
_STOP_SECONDS = 3.0

_log = logger(__name__)


@dataclass(frozen=True)
class Consumer:
    """A queue to consume; at most `prefetch` messages are unacknowledged at a time.

    `handle` is called in the greenthread that reads the connection and sees to it that the
    message is acknowledged or rejected. It may spawn a worker, but must not wait for the broker,
    whose answers nobody else reads.
    """

    queue: str
    prefetch: int
    handle: Callable[[amqp.Message], None]


class Listener(SharedExtension):  # type: ignore[misc]
    """Runs the consumers for as long as the service lives; reconnects when the broker was away.

    One greenthread reads; workers write acknowledgements and replies on the same connection.
    Before consuming it compares the broker's topology with the declared one, and does not consume
    while they differ.
    """

    def __init__(self) -> None:
        self.consuming = False
        self.binding_keys: tuple[str, ...] = ()
        self._consumers: list[Consumer] = []
        self._thread: Any = None
        self._cancelling = False
        self._stopping = False
        self._cancelled = Event()
        self._logged: type[BaseException] | None = None

    def add_consumer(self, consumer: Consumer) -> None:
        """Consume this queue too; call during setup."""
        self._consumers.append(consumer)

    def add_binding_keys(self, keys: tuple[str, ...]) -> None:
        """Bind the event queue with these keys too; call during setup."""
        self.binding_keys += keys

    def start(self) -> None:
        """Begin to consume, now or as soon as the broker is there."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run, "listener")

    def cancel(self) -> None:
        """Cancel the consumers; returns when no message is taken any more, within 3 seconds."""
        self._cancelling = True
        with eventlet.Timeout(_STOP_SECONDS, False):
            if self.consuming:
                self._cancelled.wait()

    def stop(self) -> None:
        """Close the connection; the broker requeues what was not acknowledged."""
        self._cancelling = self._stopping = True
        with eventlet.Timeout(_STOP_SECONDS, False):
            if self._thread is not None:
                self._thread.wait()

    kill = stop

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            try:
                self._listen()
            except BROKEN as error:
                self._log_loss(error)
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            if not self._stopping:
                eventlet.sleep(pause)
                pause = min(_LONGEST_PAUSE, 2 * pause)

    def _log_loss(self, error: BaseException) -> None:
        """Log the loss of the broker once, and again when the type of error changes."""
        if type(error) is not self._logged:
            self._logged = type(error)
            _log.warning("broker_lost", exc_info=error)

    def _listen(self) -> None:
        """Connect, compare the topology, consume until stopped; raises one of `BROKEN`."""
        url, name = self.container.config["AMQP_URI"], self.container.service_name
        connection = connect(url, f"{name} consumes", heartbeat=HEARTBEAT_SECONDS)
        try:
            if self._is_topology_right(connection, name):
                channels = [self._open(connection, each) for each in self._consumers]
                self.consuming = True
                self._logged = None
                _log.info("consuming", queues=[each.queue for each in self._consumers])
                self._read(connection, channels)
        finally:
            self.consuming = False
            if self._cancelling and not self._cancelled.ready():
                self._cancelled.send()
            drop(connection)

    def _is_topology_right(self, connection: amqp.Connection, service: str) -> bool:
        found = topology.check(connection, service, self.binding_keys)
        for difference in found:
            _log.warning("topology_differs", difference=difference)
        return not topology.blocking(found)

    def _open(self, connection: amqp.Connection, consumer: Consumer) -> amqp.Channel:
        def deliver(message: amqp.Message) -> None:
            if not self._cancelling:
                consumer.handle(message)

        channel = connection.channel()
        channel.basic_qos(0, consumer.prefetch, False)
        channel.basic_consume(consumer.queue, consumer_tag=consumer.queue, callback=deliver)
        return channel

    def _read(self, connection: amqp.Connection, channels: list[amqp.Channel]) -> None:
        ticked = time.monotonic()
        while not self._stopping:
            drain_events(connection, _POLL_SECONDS)
            if self._cancelling and not self._cancelled.ready():
                for channel, consumer in zip(channels, self._consumers, strict=True):
                    channel.basic_cancel(consumer.queue, nowait=True)
                self._cancelled.send()
            if time.monotonic() - ticked > 1:
                ticked = time.monotonic()
                connection.heartbeat_tick()
