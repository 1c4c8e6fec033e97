"""The parking queue of a service: events that it gave up on, listed, replayed or discarded.

A parked message keeps its body; its headers hold who published it first, and why and when it was
parked. Replaying is a rejection, so that the broker itself moves the message and nobody can
substitute another.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import amqp
import orjson

from chassis.bus import topology
from chassis.bus.connection import connect, drop

_LIST_LIMIT = 500
_ORIGIN = "origin"

_lock = threading.Lock()
"""Listing parked events holds them unacknowledged: a second listing meanwhile would find none."""


@dataclass(frozen=True)
class ParkedEvent:
    """One parked message; `digest` is the SHA-256 of its body.

    One that cannot be read has the digest as its `id`, and no `type` and `subject`.
    """

    id: str
    type: str
    subject: str
    reason: str
    parked_at: datetime | None
    attempts: int
    digest: str


def list_parked(
    connection: amqp.Connection, service: str, limit: int = _LIST_LIMIT
) -> list[ParkedEvent]:
    """The parked events of a service, oldest first; they stay in the queue."""
    with _fetched(connection, service, limit) as messages:
        return [_parked_event(message) for message in messages]


def replay(connection: amqp.Connection, service: str, event_id: str | None = None) -> int:
    """Send one parked event, or all of them, back to the event queue; returns how many."""
    sent = 0
    with _fetched(connection, service, None) as messages:
        for message in messages:
            if event_id in (None, _parked_event(message).id):
                message.channel.basic_reject(message.delivery_tag, requeue=False)
                sent += 1
    return sent


def discard(
    connection: amqp.Connection,
    service: str,
    is_chosen: Callable[[ParkedEvent], bool],
    log_removal: Callable[[ParkedEvent], object],
) -> int:
    """Remove the chosen parked events for good, each after `log_removal`; returns how many.

    An event that is still in its source's outbox is published again by the reconciler.
    """
    removed = 0
    with _fetched(connection, service, None) as messages:
        for message in messages:
            parked = _parked_event(message)
            if is_chosen(parked):
                log_removal(parked)
                message.channel.basic_ack(message.delivery_tag)
                removed += 1
    return removed


def park(url: str, service: str, message: amqp.Message, reason: str, attempts: int) -> None:
    """Publish a copy of an event to the parking queue; returns once the broker has confirmed it.

    An event that is parked already is not parked twice, unless another process is listing the
    queue at that moment. Raises one of `chassis.bus.connection.BROKEN`: the original must then
    be retried.
    """
    with _lock:
        connection = connect(url, f"{service} parks")
        try:
            copy = _copy(service, message, reason, attempts)
            event_id = _parked_event(copy).id
            if all(parked.id != event_id for parked in list_parked(connection, service)):
                channel = connection.channel()
                channel.confirm_select()
                channel.basic_publish_confirm(
                    copy,
                    topology.RETRY_EXCHANGE,
                    topology.parking_key(service),
                    mandatory=True,
                    timeout=2,
                    confirm_timeout=2,
                )
        finally:
            drop(connection)


def publisher_of(message: amqp.Message, service: str) -> str:
    """The broker user that first published an event, as the broker has verified it.

    Only `service` itself can publish to its parking queue, so the origin in the headers of a
    replayed event can be trusted.
    """
    user: str = message.properties.get("user_id", "")
    headers = message.properties.get("application_headers") or {}
    return str(headers[_ORIGIN]) if user == service and _ORIGIN in headers else user


def fingerprint(body: bytes | str) -> str:
    """The SHA-256 (hex) of a message's body."""
    return hashlib.sha256(body.encode() if isinstance(body, str) else bytes(body)).hexdigest()


@contextmanager
def _fetched(
    connection: amqp.Connection, service: str, limit: int | None
) -> Iterator[list[amqp.Message]]:
    """The parked messages, unacknowledged; those neither acked nor rejected are requeued."""
    channel = connection.channel()
    queue = topology.parking_queue(service)
    try:
        waiting = channel.queue_declare(queue, passive=True).message_count
        wanted = waiting if limit is None else min(waiting, limit)
        taken = (channel.basic_get(queue) for _ in range(wanted))
        yield [message for message in taken if message is not None]
    finally:
        if channel.is_open:
            channel.basic_recover(requeue=True)
            # Answered after the queue has taken them back: the next listing finds them there.
            channel.queue_declare(queue, passive=True)
            channel.close()


def _copy(service: str, message: amqp.Message, reason: str, attempts: int) -> amqp.Message:
    properties = message.properties
    return amqp.Message(
        message.body,
        content_type=properties.get("content_type", "application/octet-stream"),
        delivery_mode=2,
        user_id=service,
        application_headers={
            _ORIGIN: publisher_of(message, service),
            "reason": reason,
            "parked_at": datetime.now(UTC).isoformat(),
            "attempts": attempts,
        },
    )


def _parked_event(message: amqp.Message) -> ParkedEvent:
    headers: dict[str, Any] = message.properties.get("application_headers") or {}
    event = _text_members(message.body)
    parked_at = headers.get("parked_at")
    return ParkedEvent(
        id=event.get("id") or fingerprint(message.body),
        type=event.get("type", ""),
        subject=event.get("subject", ""),
        reason=str(headers.get("reason", "")),
        parked_at=datetime.fromisoformat(parked_at) if isinstance(parked_at, str) else None,
        attempts=int(headers.get("attempts", 0)),
        digest=fingerprint(message.body),
    )


def _text_members(body: bytes | str) -> dict[str, str]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(event, dict):
        return {}
    return {name: value for name, value in event.items() if isinstance(value, str)}
