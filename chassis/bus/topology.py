"""The broker's topology: names, arguments and bindings of queues, and the rights of users.

The broker's definitions are rendered from here, and services check the broker against the same
values, so that a queue which differs is found before a message is lost in it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import amqp

RPC_EXCHANGE: Final = "nameko-rpc"
EVENTS_EXCHANGE: Final = "ketenaanpak.events"
RETRY_EXCHANGE: Final = "ketenaanpak.retry"
EXCHANGES: Final = (RPC_EXCHANGE, EVENTS_EXCHANGE, RETRY_EXCHANGE)
"""Durable topic exchanges: only on these can rights be given by routing key."""

RETRY_DELAY_MS: Final = 1000
"""How long a rejected event stays in the retry queue (see `chassis.bus.events`)."""


@dataclass(frozen=True)
class Queue:
    """A durable classic queue: its arguments, and (exchange, routing key) of its bindings."""

    name: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    bindings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rights:
    """Regular expressions for one broker user; `topics` is exchange → (write, read)."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def rpc_queue(service: str) -> str:
    """The queue of a service's RPC requests (nameko's own name for it)."""
    return f"rpc-{service}"


def event_queue(service: str) -> str:
    """The queue of the events that a service handles."""
    return f"events.{service}"


def retry_queue(service: str) -> str:
    """The queue of events that wait to be retried."""
    return f"events.{service}.retry"


def parking_queue(service: str) -> str:
    """The queue of events that the service gave up on, for an operator to look at."""
    return f"events.{service}.parked"


def reply_queue(user: str, unique: str) -> str:
    """The exclusive reply queue, and its routing key, of one connection of `user`."""
    return f"reply.{user}.{unique}"


def retry_key(service: str) -> str:
    """Routing key on the retry exchange that leads to the retry queue."""
    return service


def redelivery_key(service: str) -> str:
    """Routing key on the retry exchange that leads back to the event queue."""
    return f"{service}.again"


def parking_key(service: str) -> str:
    """Routing key on the retry exchange that leads to the parking queue."""
    return f"{service}.parked"


def queues(service: str, binding_keys: Iterable[str]) -> tuple[Queue, ...]:
    """Every queue of a service whose event queue has these binding keys (none: RPC only).

    A rejected event is dead-lettered from the event queue to the retry queue and, after
    `RETRY_DELAY_MS`, back again: the broker moves it, keeps its `user_id` and counts. Rejecting
    it in the parking queue returns it to the event queue too.
    """
    requests = Queue(rpc_queue(service), {}, ((RPC_EXCHANGE, f"{service}.*"),))
    event_bindings = tuple((EVENTS_EXCHANGE, key) for key in binding_keys)
    if not event_bindings:
        return (requests,)
    to_event_queue = _dead_lettering(redelivery_key(service))
    return (
        requests,
        Queue(
            event_queue(service),
            _dead_lettering(retry_key(service)),
            (*event_bindings, (RETRY_EXCHANGE, redelivery_key(service))),
        ),
        Queue(
            retry_queue(service),
            {"x-message-ttl": RETRY_DELAY_MS, **to_event_queue},
            ((RETRY_EXCHANGE, retry_key(service)),),
        ),
        Queue(parking_queue(service), to_event_queue, ((RETRY_EXCHANGE, parking_key(service)),)),
    )


def _dead_lettering(key: str) -> dict[str, str | int]:
    return {"x-dead-letter-exchange": RETRY_EXCHANGE, "x-dead-letter-routing-key": key}


def service_rights(
    service: str, binding_keys: Iterable[str], calls: Mapping[str, Iterable[str]]
) -> Rights:
    """The least that a service needs: its own queues, its own events, the calls it may make.

    `calls`: service → methods, `*` for all of them.
    """
    event_keys = tuple(binding_keys)
    own = [re.escape(queue.name) for queue in queues(service, event_keys)]
    replies = _replies_to(service)
    return Rights(
        configure=_any_of(*own, replies),
        write=_any_of(*own, replies, *map(re.escape, EXCHANGES)),
        read=_any_of(*own, replies, *map(re.escape, EXCHANGES)),
        topics={
            RPC_EXCHANGE: (
                _any_of(r"reply\..+", *_request_keys(calls)),
                _any_of(re.escape(f"{service}.*"), replies),
            ),
            EVENTS_EXCHANGE: (
                _any_of(re.escape(service) + r"\..+"),
                _any_of(*map(re.escape, event_keys)),
            ),
            RETRY_EXCHANGE: (
                _any_of(re.escape(parking_key(service))),
                _any_of(re.escape(service) + r"(\.(again|parked))?"),
            ),
        },
    )


def caller_rights(user: str, calls: Mapping[str, Iterable[str]]) -> Rights:
    """The least that a mere RPC client (the gateway) needs: its calls and its own replies."""
    replies = _replies_to(user)
    return Rights(
        configure=_any_of(replies),
        write=_any_of(replies, re.escape(RPC_EXCHANGE)),
        read=_any_of(replies, re.escape(RPC_EXCHANGE)),
        topics={RPC_EXCHANGE: (_any_of(*_request_keys(calls)), _any_of(replies))},
    )


def operator_rights() -> Rights:
    """The least that `parked list` and `parked replay` need: to read parking queues."""
    return Rights(configure="^$", write="^$", read=r"^events\.[^.]+\.parked$")


def check(connection: amqp.Connection, service: str, binding_keys: Iterable[str]) -> list[str]:
    """Compare the broker with what `service` needs; returns each difference as a sentence.

    A missing queue is declared again, and every binding is made again (without its management
    plugin RabbitMQ does not list them); a queue with other arguments is only reported, for an
    operator to decide.
    """
    differences = [
        f"exchange {name} is missing"
        for name in EXCHANGES
        if not _has(connection, "exchange_declare", name, "topic")
    ]
    for queue in queues(service, binding_keys):
        differences += _check_queue(connection, queue)
    return differences


def blocking(differences: Iterable[str]) -> list[str]:
    """Those of `check` that were not repaired by declaring again."""
    return [text for text in differences if not text.endswith(_REPAIRED)]


_REPAIRED: Final = "declared again"


def _check_queue(connection: amqp.Connection, queue: Queue) -> list[str]:
    missing = not _has(connection, "queue_declare", queue.name)
    channel = connection.channel()
    try:
        channel.queue_declare(
            queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments)
        )
        for exchange, key in queue.bindings:
            channel.queue_bind(queue.name, exchange, key)
        channel.close()
    except amqp.exceptions.PreconditionFailed:
        return [f"queue {queue.name} has other properties than declared"]
    except amqp.exceptions.AccessRefused:
        return [f"queue {queue.name} or its bindings are refused to this user"]
    except amqp.exceptions.NotFound:
        return [f"queue {queue.name} lacks an exchange to be bound to"]
    return [f"queue {queue.name} was missing and is {_REPAIRED}"] if missing else []


def _has(connection: amqp.Connection, declare: str, *arguments: str) -> bool:
    """Whether an exchange or a queue exists, by a passive declaration."""
    channel = connection.channel()
    try:
        getattr(channel, declare)(*arguments, passive=True)
        channel.close()
    except amqp.exceptions.NotFound:
        return False
    return True


def _replies_to(user: str) -> str:
    return rf"reply\.{re.escape(user)}\..+"


def _request_keys(calls: Mapping[str, Iterable[str]]) -> list[str]:
    """Regular expressions for the routing keys of the requests."""
    return [
        re.escape(service) + r"\." + ("[^.]+" if method == "*" else re.escape(method))
        for service, methods in calls.items()
        for method in methods
    ]


def _any_of(*choices: str) -> str:
    """A regular expression for a whole name that is any of `choices`; without any, no name."""
    return f"^({'|'.join(choices)})$" if choices else "^$"
