"""Hearing events: each acknowledged after its effect, tried again, or parked with a reason.

A handler's failure sends the event round: the broker moves it to the retry
queue, where it rests for a second, and back. It counts the rounds, and the
handler is only tried in some of them, further and further apart.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import amqp
import eventlet
import orjson
from nameko.extensions import Entrypoint, SharedExtension

from chassis.bus import parking, topology
from chassis.bus.acknowledgement import acknowledge, reject
from chassis.bus.calls import trace_id
from chassis.bus.connection import BROKEN
from chassis.bus.container import CALL
from chassis.bus.listener import Feed, Listener
from chassis.bus.patterns import check_pattern, is_exact, key_of, matches
from chassis.errors import coded
from chassis.logs import logger
from chassis.metrics import EVENTS

PREFETCH = 16
"""How many events of one process are in hand at a time."""

TRIES = 5
"""How often a handler may fail with an error that does not say what to do next."""

_STEADY_ROUNDS = 30

_log = logger(__name__)

Event = dict[str, Any]


class Events(SharedExtension):  # type: ignore[misc]
    """The event queue of a service, shared by its handlers.

    Events about one subject are handled one after the other in the order of
    arrival, others side by side. An event that goes round again may be
    overtaken by later ones.
    """

    listener = Listener()

    def __init__(self) -> None:
        self._handlers: dict[str, EventHandler] = {}
        self._lanes: dict[str, deque[tuple[amqp.Message, Event]]] = {}

    def register(self, handler: "EventHandler") -> None:
        """Give events with the handler's keys to it; ValueError when another has one of them."""
        taken = self._handlers.keys() & set(handler.keys)
        if taken:
            raise ValueError(f"two methods handle {', '.join(sorted(taken))}")
        if not self._handlers:
            queue = topology.event_queue(self.container.service_name)
            self.listener.feed(Feed(queue, PREFETCH, self.handle))
        self._handlers |= dict.fromkeys(handler.keys, handler)
        self.listener.feed_patterns(handler.keys)

    def handle(self, message: amqp.Message) -> None:
        """Start the event's handler, or have it wait, rest or parked."""
        event = _read(message)
        service = self.container.service_name
        if event is None:
            _log.warning("event_unreadable", sha256=parking.fingerprint(message.body))
            eventlet.spawn_n(self._park, message, "", "unreadable")
        elif event["source"].strip("/") != parking.publisher_of(message, service):
            _log.warning("event_forged", event_id=event["id"], type=event["type"])
            eventlet.spawn_n(self._park, message, event["type"], "forged")
        elif not is_due(rounds_of(message, service)):
            reject(message)
        else:
            self._queue(message, event)

    def _queue(self, message: amqp.Message, event: Event) -> None:
        handler = self._handler_of(event)
        if handler is None:
            EVENTS.labels(event["type"], "ignored").inc()
            acknowledge(message)
            return
        subject = event.get("subject") or event["id"]
        if subject in self._lanes:
            self._lanes[subject].append((message, event))
            return
        self._lanes[subject] = deque()
        self._start(handler, message, event)

    def _start(self, handler: "EventHandler", message: amqp.Message, event: Event) -> None:
        self.container.spawn_worker(
            handler,
            (event,),
            {},
            context_data={CALL: trace_id(event.get("traceparent"))},
            handle_result=partial(self._finish, message, event),
        )

    def _finish(
        self, message: amqp.Message, event: Event, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        try:
            if exc_info is None:
                acknowledge(message)
                EVENTS.labels(event["type"], "handled").inc()
            else:
                self._fail(message, event, exc_info[1])
        finally:
            self._next(event.get("subject") or event["id"])
        return result, exc_info

    def _next(self, subject: str) -> None:
        """Start the event that waited for this one, in a greenthread that holds no worker."""
        waiting = self._lanes[subject]
        if not waiting:
            del self._lanes[subject]
            return
        message, event = waiting.popleft()
        handler = self._handler_of(event)
        if handler is not None:
            eventlet.spawn_n(self._start, handler, message, event)

    def _fail(self, message: amqp.Message, event: Event, error: BaseException) -> None:
        """Park what will never succeed; send the rest round."""
        known = coded(error)
        tries = tries_in(rounds_of(message, self.container.service_name))
        reason = known.code if known else type(error).__qualname__
        facts = {"event_id": event["id"], "type": event["type"], "tries": tries, "reason": reason}
        next_step = known.next_step if known else None
        if next_step in ("park", "refuse") or (next_step is None and tries >= TRIES):
            _log.error("event_parked", **facts, exc_info=error)
            self._park(message, event["type"], reason, tries)
        else:
            _log.warning("event_goes_round", **facts, exc_info=error)
            EVENTS.labels(event["type"], "retried").inc()
            reject(message)

    def _park(self, message: amqp.Message, kind: str, reason: str, tries: int = 0) -> None:
        """Park a copy, then forget the original; without a copy the original goes round."""
        service = self.container.service_name
        try:
            parking.park(self.container.config["AMQP_URI"], service, message, reason, tries)
        except BROKEN as error:
            _log.warning("parking_failed", exc_info=error)
            reject(message)
            return
        acknowledge(message)
        EVENTS.labels(kind, "parked").inc()

    def _handler_of(self, event: Event) -> "EventHandler | None":
        """The handler that names the event's key, else the one with the longest pattern."""
        key = key_of(event)
        fitting = [pattern for pattern in self._handlers if matches(pattern, key)]
        if not fitting:
            return None
        return self._handlers[max(fitting, key=lambda pattern: (is_exact(pattern), len(pattern)))]


class EventHandler(Entrypoint):  # type: ignore[misc]
    """A method that handles events; their routing `keys` are what the queue is bound with."""

    events = Events()

    def __init__(self, *keys: str, **options: Any) -> None:
        self.keys = tuple(check_pattern(key) for key in keys)
        if not keys:
            raise ValueError("say which events it handles")
        super().__init__(**options)

    def setup(self) -> None:
        """Be found by the events."""
        self.events.register(self)

    def stop(self) -> None:
        """Take no further events."""
        self.events.listener.quiet()


handles: Callable[..., Callable[..., Any]] = EventHandler.decorator


def rounds_of(message: amqp.Message, service: str) -> int:
    """How often the event was refused here, as the broker counted."""
    headers = message.properties.get("application_headers") or {}
    queue = topology.event_queue(service)
    return next(
        (
            int(death["count"])
            for death in headers.get("x-death", ())
            if death.get("queue") == queue and death.get("reason") == "rejected"
        ),
        0,
    )


def is_due(rounds: int) -> bool:
    """Whether the handler is tried in this round: 0, 1, 3, 7, 15, 31, and then every 30th.

    A round takes `topology.RETRY_ROUND_MS`, so the pauses are 1, 2, 4, 8, 16 and 30 seconds.
    """
    if rounds <= _STEADY_ROUNDS + 1:
        return (rounds + 1).bit_count() == 1
    return rounds % _STEADY_ROUNDS == 1


def tries_in(rounds: int) -> int:
    """How often the handler has been tried by the end of this round."""
    if rounds <= _STEADY_ROUNDS + 1:
        return (rounds + 1).bit_length()
    return (_STEADY_ROUNDS + 1).bit_length() + (rounds - 1) // _STEADY_ROUNDS


def _read(message: amqp.Message) -> Event | None:
    """The CloudEvent in a message, None when it is not one."""
    try:
        event = orjson.loads(message.body)
    except (orjson.JSONDecodeError, TypeError):
        return None
    if not isinstance(event, dict):
        return None
    whole = all(isinstance(event.get(name), str) for name in ("id", "source", "type"))
    return event if whole and isinstance(event.get("subject", ""), str) else None
