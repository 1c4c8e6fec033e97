"""Events that a service gave up on: parked with the reason, listed, and sent back or discarded on
demand.

A parked message keeps its body. Who published it first, and why and when it
was parked, stand in its headers. Sending it back is a rejection, so that the
broker moves it and nobody can slip in a message of their own.
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

_LOOKED_AT = 500
_ORIGIN = "origin"

_one_at_a_time = threading.Lock()
"""Looking whether an event is parked holds all that are: a second look would find none."""


@dataclass(frozen=True)
class ParkedEvent:
    """One parked message; `id`, `type` and `subject` are empty when it could not be read.

    An unreadable one is listed, and replayed, by the hash of its body.
    """

    id: str
    type: str
    subject: str
    reason: str
    parked_at: datetime | None
    attempts: int
    digest: str
    """The hash of the body."""


def list_parked(
    connection: amqp.Connection, service: str, limit: int = _LOOKED_AT
) -> list[ParkedEvent]:
    """The parked events of a service, oldest first; they stay where they are."""
    with _held(connection, service, limit) as messages:
        return [_parked(message) for message in messages]


def replay(connection: amqp.Connection, service: str, event_id: str | None = None) -> int:
    """Send one parked event, or all of them, back to the service; the number sent back."""
    sent = 0
    with _held(connection, service, None) as messages:
        for message in messages:
            if event_id in (None, _parked(message).id):
                message.channel.basic_reject(message.delivery_tag, requeue=False)
                sent += 1
    return sent


def discard(
    connection: amqp.Connection,
    service: str,
    is_chosen: Callable[[ParkedEvent], bool],
    note: Callable[[ParkedEvent], object],
) -> int:
    """Remove the chosen parked events for good, each after `note` was told; the number removed.

    An event that its source still keeps comes again, since the service lacks it.
    """
    removed = 0
    with _held(connection, service, None) as messages:
        for message in messages:
            parked = _parked(message)
            if is_chosen(parked):
                note(parked)
                message.channel.basic_ack(message.delivery_tag)
                removed += 1
    return removed


def park(url: str, service: str, message: amqp.Message, reason: str, attempts: int) -> None:
    """Put a copy of an event into the parking queue, and return when the broker has kept it.

    An event that is parked already is not parked twice, unless somebody else holds it at that
    very moment to look at it. Raises one of `chassis.bus.connection.BROKEN`: the original must
    then go round again.
    """
    with _one_at_a_time:
        _park(url, service, message, reason, attempts)


def _park(url: str, service: str, message: amqp.Message, reason: str, attempts: int) -> None:
    connection = connect(url, f"{service} parks")
    try:
        copy = _copy(service, message, reason, attempts)
        mine = _parked(copy).id
        if all(parked.id != mine for parked in list_parked(connection, service)):
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
    """The broker user that first published an event, which the broker vouched for.

    Only `service` itself can put something into its parking queue, so what
    comes back from there may be believed about its origin.
    """
    user: str = message.properties.get("user_id", "")
    headers = message.properties.get("application_headers") or {}
    return str(headers[_ORIGIN]) if user == service and _ORIGIN in headers else user


def fingerprint(body: bytes | str) -> str:
    """A hash to tell an unreadable body by."""
    return hashlib.sha256(body.encode() if isinstance(body, str) else bytes(body)).hexdigest()


@contextmanager
def _held(
    connection: amqp.Connection, service: str, limit: int | None
) -> Iterator[list[amqp.Message]]:
    """What is parked now, held back from others; what was not settled returns to its place."""
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
            # Answered after the queue has taken them back: who looks next finds them there.
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


def _parked(message: amqp.Message) -> ParkedEvent:
    headers: dict[str, Any] = message.properties.get("application_headers") or {}
    event = _readable(message.body)
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


def _readable(body: bytes | str) -> dict[str, str]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(event, dict):
        return {}
    return {name: value for name, value in event.items() if isinstance(value, str)}
