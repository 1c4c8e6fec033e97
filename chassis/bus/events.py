"""Consuming events: each is acknowledged after its effect, retried, or parked with a reason.

When a handler fails, the event is rejected: the broker dead-letters it to the retry queue, and
after a second back to the event queue. The broker counts the rejections (`x-death`); the handler
is tried after some of them only, at growing intervals, and otherwise the event is rejected again.
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
from chassis.bus.connection import BROKEN
from chassis.bus.container import CALL
from chassis.bus.listener import Consumer, Listener
from chassis.bus.routing_keys import check_binding_key, is_exact, matches, routing_key_of
from chassis.bus.rpc import trace_id
from chassis.errors import coded
from chassis.logs import logger
from chassis.metrics import EVENTS

PREFETCH = 16
"""Unacknowledged events that one process holds at a time."""

MAX_ATTEMPTS = 5
"""How often a handler may fail with an error that is not coded (`chassis.errors`)."""

_MAX_INTERVAL = 30
"""Rejections, of a second each, between two attempts once the intervals no longer grow."""

_log = logger(__name__)

Event = dict[str, Any]


class EventConsumer(SharedExtension):  # type: ignore[misc]
    """Consumes the event queue of a service, for all its handlers.

    Events about one subject are handled one at a time, in the order of delivery; others in
    parallel. An event that is retried may be overtaken by later ones.
    """

    listener = Listener()

    def __init__(self) -> None:
        self._handlers: dict[str, EventHandler] = {}
        self._waiting: dict[str, deque[tuple[amqp.Message, Event]]] = {}
        """By subject, while an event about it is being handled."""

    def register(self, handler: "EventHandler") -> None:
        """Dispatch events with the handler's keys to it; ValueError when a key has a handler."""
        taken = self._handlers.keys() & set(handler.keys)
        if taken:
            raise ValueError(f"two methods handle {', '.join(sorted(taken))}")
        if not self._handlers:
            queue = topology.event_queue(self.container.service_name)
            self.listener.add_consumer(Consumer(queue, PREFETCH, self.handle))
        self._handlers |= dict.fromkeys(handler.keys, handler)
        self.listener.add_binding_keys(handler.keys)

    def handle(self, message: amqp.Message) -> None:
        """Start the event's handler, or let the event wait, be retried or be parked."""
        event = _read(message)
        service = self.container.service_name
        if event is None:
            _log.warning("event_unreadable", sha256=parking.fingerprint(message.body))
            eventlet.spawn_n(self._park, message, "", "unreadable")
        elif event["source"].strip("/") != parking.publisher_of(message, service):
            _log.warning("event_forged", event_id=event["id"], type=event["type"])
            eventlet.spawn_n(self._park, message, event["type"], "forged")
        elif not is_attempt_due(rejection_count(message, service)):
            reject(message)
        else:
            self._dispatch(message, event)

    def _dispatch(self, message: amqp.Message, event: Event) -> None:
        handler = self._handler_of(event)
        if handler is None:
            EVENTS.labels(event["type"], "ignored").inc()
            acknowledge(message)
            return
        subject = event.get("subject") or event["id"]
        if subject in self._waiting:
            self._waiting[subject].append((message, event))
            return
        self._waiting[subject] = deque()
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
            self._start_next(event.get("subject") or event["id"])
        return result, exc_info

    def _start_next(self, subject: str) -> None:
        """Start the next event about a subject, in a greenthread that holds no worker."""
        waiting = self._waiting[subject]
        if not waiting:
            del self._waiting[subject]
            return
        message, event = waiting.popleft()
        handler = self._handler_of(event)
        if handler is not None:
            eventlet.spawn_n(self._start, handler, message, event)

    def _fail(self, message: amqp.Message, event: Event, error: BaseException) -> None:
        """Park the event when no retry can succeed; else reject it, to be retried."""
        cause = coded(error)
        attempts = attempts_by(rejection_count(message, self.container.service_name))
        reason = cause.code if cause else type(error).__qualname__
        fields = {
            "event_id": event["id"],
            "type": event["type"],
            "tries": attempts,
            "reason": reason,
        }
        next_step = cause.next_step if cause else None
        if next_step in ("park", "refuse") or (next_step is None and attempts >= MAX_ATTEMPTS):
            _log.error("event_parked", **fields, exc_info=error)
            self._park(message, event["type"], reason, attempts)
        else:
            _log.warning("event_goes_round", **fields, exc_info=error)
            EVENTS.labels(event["type"], "retried").inc()
            reject(message)

    def _park(self, message: amqp.Message, event_type: str, reason: str, attempts: int = 0) -> None:
        """Park a copy, then acknowledge the original; if parking fails the original is retried."""
        service = self.container.service_name
        try:
            parking.park(self.container.config["AMQP_URI"], service, message, reason, attempts)
        except BROKEN as error:
            _log.warning("parking_failed", exc_info=error)
            reject(message)
            return
        acknowledge(message)
        EVENTS.labels(event_type, "parked").inc()

    def _handler_of(self, event: Event) -> "EventHandler | None":
        """The handler with the event's own routing key, else with the longest that matches it."""
        key = routing_key_of(event)
        matching = [each for each in self._handlers if matches(each, key)]
        if not matching:
            return None
        return self._handlers[max(matching, key=lambda each: (is_exact(each), len(each)))]


class EventHandler(Entrypoint):  # type: ignore[misc]
    """A method that handles events; `keys` are the binding keys of the service's event queue."""

    consumer = EventConsumer()

    def __init__(self, *keys: str, **options: Any) -> None:
        self.keys = tuple(check_binding_key(key) for key in keys)
        if not keys:
            raise ValueError("say which events it handles")
        super().__init__(**options)

    def setup(self) -> None:
        """Register with the consumer."""
        self.consumer.register(self)

    def stop(self) -> None:
        """Take no further events."""
        self.consumer.listener.cancel()


handles: Callable[..., Callable[..., Any]] = EventHandler.decorator


def rejection_count(message: amqp.Message, service: str) -> int:
    """How often the event was rejected from this service's event queue, as the broker counted."""
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


def is_attempt_due(rejections: int) -> bool:
    """Whether the handler is tried after 0, 1, 3, 7, 15, 31, and then every 30th rejection.

    Each takes `topology.RETRY_DELAY_MS`, so the backoff is 1, 2, 4, 8, 16 and then 30 seconds.
    """
    if rejections <= _MAX_INTERVAL + 1:
        return (rejections + 1).bit_count() == 1
    return rejections % _MAX_INTERVAL == 1


def attempts_by(rejections: int) -> int:
    """How often the handler has been tried, this attempt included."""
    if rejections <= _MAX_INTERVAL + 1:
        return (rejections + 1).bit_length()
    return (_MAX_INTERVAL + 1).bit_length() + (rejections - 1) // _MAX_INTERVAL


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
