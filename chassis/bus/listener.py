"""The one connection on which a service hears its calls and its events."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqp
import eventlet
from eventlet.event import Event
from nameko.extensions import SharedExtension

from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drop, pump
from chassis.logs import logger

HEARTBEAT_SECONDS = 10
_LOOK_SECONDS = 0.25
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 1.0
_STOP_SECONDS = 3.0

_log = logger(__name__)


@dataclass(frozen=True)
class Feed:
    """A queue to consume: `handle` is called in the reading greenthread and settles the message.

    It may spawn a worker, but must not wait for the broker: nobody else reads
    what the broker answers. At most `prefetch` messages are unsettled at a time.
    """

    queue: str
    prefetch: int
    handle: Callable[[amqp.Message], None]


class Listener(SharedExtension):  # type: ignore[misc]
    """Consumes feeds for as long as the service lives, through any absence of the broker.

    One greenthread reads; workers write acknowledgements and answers on the
    same connection. Before consuming it compares the broker's topology with
    the declared one, and does not consume while they differ.
    """

    def __init__(self) -> None:
        self.consuming = False
        self.differences: list[str] = []
        self._feeds: list[Feed] = []
        self._patterns: tuple[str, ...] = ()
        self._thread: Any = None
        self._quiet = False
        self._ending = False
        self._silenced = Event()
        self._told: type[BaseException] | None = None

    def feed(self, feed: Feed) -> None:
        """Consume this too; call during setup."""
        self._feeds.append(feed)

    def feed_patterns(self, patterns: tuple[str, ...]) -> None:
        """Have the event queue bound with these; call during setup."""
        self._patterns += patterns

    @property
    def patterns(self) -> tuple[str, ...]:
        """The routing keys of all events that the service hears."""
        return self._patterns

    def start(self) -> None:
        """Begin to consume, now or when the broker is there."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run, "listener")

    def quiet(self) -> None:
        """Take no new message; return when none will be taken, within a few seconds."""
        self._quiet = True
        with eventlet.Timeout(_STOP_SECONDS, False):
            if self.consuming:
                self._silenced.wait()

    def stop(self) -> None:
        """Let go of the connection; what was not settled goes back to its queue."""
        self._quiet = self._ending = True
        with eventlet.Timeout(_STOP_SECONDS, False):
            if self._thread is not None:
                self._thread.wait()

    kill = stop

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._ending:
            began = time.monotonic()
            try:
                self._listen()
            except BROKEN as error:
                self._tell(error)
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            if not self._ending:
                eventlet.sleep(pause)
                pause = min(_LONGEST_PAUSE, 2 * pause)

    def _tell(self, error: BaseException) -> None:
        """Log the loss of the broker once, and again when it is lost in another way."""
        if type(error) is not self._told:
            self._told = type(error)
            _log.warning("broker_lost", exc_info=error)

    def _listen(self) -> None:
        """Connect, compare, consume until told to end; raises one of `BROKEN`."""
        url, name = self.container.config["AMQP_URI"], self.container.service_name
        connection = connect(url, f"{name} hears", heartbeat=HEARTBEAT_SECONDS)
        try:
            if self._agrees(connection, name):
                channels = [self._open(connection, feed) for feed in self._feeds]
                self.consuming = True
                self._told = None
                _log.info("consuming", queues=[feed.queue for feed in self._feeds])
                self._read(connection, channels)
        finally:
            self.consuming = False
            if self._quiet and not self._silenced.ready():
                self._silenced.send()
            drop(connection)

    def _agrees(self, connection: amqp.Connection, service: str) -> bool:
        found = topology.check(connection, service, self._patterns)
        for difference in found:
            _log.warning("topology_differs", difference=difference)
        self.differences = topology.blocking(found)
        return not self.differences

    def _open(self, connection: amqp.Connection, feed: Feed) -> amqp.Channel:
        channel = connection.channel()
        channel.basic_qos(0, feed.prefetch, False)
        channel.basic_consume(
            feed.queue, consumer_tag=feed.queue, callback=lambda message: self._hand(feed, message)
        )
        return channel

    def _hand(self, feed: Feed, message: amqp.Message) -> None:
        if not self._quiet:
            feed.handle(message)

    def _read(self, connection: amqp.Connection, channels: list[amqp.Channel]) -> None:
        ticked = time.monotonic()
        while not self._ending:
            pump(connection, _LOOK_SECONDS)
            if self._quiet and not self._silenced.ready():
                for channel, feed in zip(channels, self._feeds, strict=True):
                    channel.basic_cancel(feed.queue, nowait=True)
                self._silenced.send()
            if time.monotonic() - ticked > 1:
                ticked = time.monotonic()
                connection.heartbeat_tick()
