"""What the broker must hold for a service: names, arguments, bindings, rights.

The broker's definitions are rendered from here and services check themselves
against the same values, so that a queue which differs is found before a
message is lost in it.
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
"""All three are durable topic exchanges: rights on a topic exchange reach down to the key."""

RETRY_ROUND_MS: Final = 1000
"""How long a refused event rests before it comes back (see `chassis.bus.events`)."""


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
    """The queue on which a service is called (nameko's own name for it)."""
    return f"rpc-{service}"


def event_queue(service: str) -> str:
    """The one queue on which a service hears events."""
    return f"events.{service}"


def retry_queue(service: str) -> str:
    """Where an event rests that its handler could not handle yet."""
    return f"events.{service}.retry"


def parking_queue(service: str) -> str:
    """Where an event waits for a person after the handler gave up on it."""
    return f"events.{service}.parked"


def reply_queue(user: str, unique: str) -> str:
    """The exclusive queue, and its routing key, on which one connection of `user` is answered."""
    return f"reply.{user}.{unique}"


def rest_key(service: str) -> str:
    """Routing key on the retry exchange that leads to the retry queue."""
    return service


def again_key(service: str) -> str:
    """Routing key on the retry exchange that leads back to the event queue."""
    return f"{service}.again"


def parking_key(service: str) -> str:
    """Routing key on the retry exchange that leads to the parking queue."""
    return f"{service}.parked"


def queue_arguments(service: str) -> dict[str, dict[str, str | int]]:
    """Queue name → arguments, of all queues that `service` can have."""
    return {queue.name: dict(queue.arguments) for queue in queues(service, ("#",))}


def queues(service: str, patterns: Iterable[str]) -> tuple[Queue, ...]:
    """Every queue of a service that hears the routing keys `patterns` (none: RPC only).

    A refused event goes by dead-lettering from the event queue to the retry
    queue and, its rest over, back again: the broker moves it, keeps its
    `user_id` and counts. Rejecting it in the parking queue brings it back too.
    """
    calls = Queue(rpc_queue(service), {}, ((RPC_EXCHANGE, f"{service}.*"),))
    heard = tuple(patterns)
    if not heard:
        return (calls,)
    back = {
        "x-dead-letter-exchange": RETRY_EXCHANGE,
        "x-dead-letter-routing-key": again_key(service),
    }
    rest = {
        "x-dead-letter-exchange": RETRY_EXCHANGE,
        "x-dead-letter-routing-key": rest_key(service),
    }
    return (
        calls,
        Queue(
            event_queue(service),
            rest,
            (
                *((EVENTS_EXCHANGE, pattern) for pattern in heard),
                (RETRY_EXCHANGE, again_key(service)),
            ),
        ),
        Queue(
            retry_queue(service),
            {"x-message-ttl": RETRY_ROUND_MS, **back},
            ((RETRY_EXCHANGE, rest_key(service)),),
        ),
        Queue(parking_queue(service), back, ((RETRY_EXCHANGE, parking_key(service)),)),
    )


def service_rights(
    service: str, patterns: Iterable[str], calls: Mapping[str, Iterable[str]]
) -> Rights:
    """The least that a service needs: its own queues, its own events, the calls it may make.

    `calls`: service → methods, `*` for all of them.
    """
    heard = tuple(patterns)
    own = [re.escape(queue.name) for queue in queues(service, heard)]
    replies = _replies_to(service)
    return Rights(
        configure=_either(*own, replies),
        write=_either(*own, replies, *map(re.escape, EXCHANGES)),
        read=_either(*own, replies, *map(re.escape, EXCHANGES)),
        topics={
            RPC_EXCHANGE: (
                _either(r"reply\..+", *_calls(calls)),
                _either(re.escape(f"{service}.*"), replies),
            ),
            EVENTS_EXCHANGE: (
                _either(re.escape(service) + r"\..+"),
                _either(*map(re.escape, heard)),
            ),
            RETRY_EXCHANGE: (
                _either(re.escape(parking_key(service))),
                _either(re.escape(service) + r"(\.(again|parked))?"),
            ),
        },
    )


def caller_rights(user: str, calls: Mapping[str, Iterable[str]]) -> Rights:
    """The least that a mere caller (the gateway) needs: its calls and its own replies."""
    replies = _replies_to(user)
    return Rights(
        configure=_either(replies),
        write=_either(replies, re.escape(RPC_EXCHANGE)),
        read=_either(replies, re.escape(RPC_EXCHANGE)),
        topics={RPC_EXCHANGE: (_either(*_calls(calls)), _either(replies))},
    )


def operator_rights() -> Rights:
    """The least that `parked list` and `parked replay` need: to take from parking queues."""
    return Rights(configure="^$", write="^$", read=r"^events\.[^.]+\.parked$")


def check(connection: amqp.Connection, service: str, patterns: Iterable[str]) -> list[str]:
    """Compare the broker with what `service` needs; say every difference in words.

    A queue that is gone is declared again, and every binding is asserted
    (RabbitMQ tells nobody without its management plugin which bindings there
    are); a queue with other arguments is only told, for a person to decide.
    An empty list means that nothing differed.
    """
    differences = [
        f"exchange {name} is missing" for name in EXCHANGES if not _has_exchange(connection, name)
    ]
    for queue in queues(service, patterns):
        differences += _check_queue(connection, queue)
    return differences


def blocking(differences: Iterable[str]) -> list[str]:
    """Those of `check` that did not mend themselves."""
    return [text for text in differences if not text.endswith(_MENDED)]


_MENDED: Final = "declared again"


def _check_queue(connection: amqp.Connection, queue: Queue) -> list[str]:
    missing = not _has_queue(connection, queue.name)
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
    return [f"queue {queue.name} was missing and is {_MENDED}"] if missing else []


def _has_exchange(connection: amqp.Connection, name: str) -> bool:
    channel = connection.channel()
    try:
        channel.exchange_declare(name, "topic", passive=True)
        channel.close()
    except amqp.exceptions.NotFound:
        return False
    return True


def _has_queue(connection: amqp.Connection, name: str) -> bool:
    channel = connection.channel()
    try:
        channel.queue_declare(name, passive=True)
        channel.close()
    except amqp.exceptions.NotFound:
        return False
    return True


def _replies_to(user: str) -> str:
    return rf"reply\.{re.escape(user)}\..+"


def _calls(calls: Mapping[str, Iterable[str]]) -> list[str]:
    return [
        re.escape(service) + r"\." + ("[^.]+" if method == "*" else re.escape(method))
        for service, methods in calls.items()
        for method in methods
    ]


def _either(*choices: str) -> str:
    """A whole-name expression that matches any of `choices`, and nothing when there is none."""
    return f"^({'|'.join(choices)})$" if choices else "^$"
