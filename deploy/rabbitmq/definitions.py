"""What the broker is told before anything runs: users, rights, exchanges, queues, bindings.

Rendered from two tables: who hears which events and who may call whom. The broker loads the
result at every start; the services compare it with what their code expects.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.topology import CALLERS, SUBSCRIPTIONS

VHOST = "ketenaanpak"
RPC = "nameko-rpc"
EVENTS = "ketenaanpak.events"
RETRY = "ketenaanpak.retry"
RETRY_MILLISECONDS = 1000
PEOPLE = ("gateway", "operator")
"""Users of the broker that are no service: the HTTP door and whoever runs the platform."""

Subscriptions = Mapping[str, tuple[str, ...]]
Callers = Mapping[str, Mapping[str, tuple[str, ...]]]


def services(subscriptions: Subscriptions, callers: Callers) -> list[str]:
    """Name every service on the bus: whoever hears an event or answers a call."""
    called = {service for methods in callers.values() for service in methods}
    return sorted(called | set(subscriptions))


def users(subscriptions: Subscriptions = SUBSCRIPTIONS, callers: Callers = CALLERS) -> list[str]:
    """Name the broker's users: one per service, the gateway, the operator."""
    return [*services(subscriptions, callers), *PEOPLE]


def render(
    passwords: Mapping[str, str],
    subscriptions: Subscriptions = SUBSCRIPTIONS,
    callers: Callers = CALLERS,
) -> dict[str, Any]:
    """Make the definitions document for `load_definitions`; `passwords` has one per user."""
    names = users(subscriptions, callers)
    serving = services(subscriptions, callers)
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(name, passwords[name]) for name in names],
        "permissions": [_permission(name, name in serving) for name in names],
        "topic_permissions": [
            entry
            for name in names
            for entry in _topic_rights(
                name, name in serving, subscriptions.get(name, ()), callers.get(name, {})
            )
        ],
        "exchanges": [_exchange(RPC, "topic"), _exchange(EVENTS, "topic"), _exchange(RETRY)],
        "queues": [queue for name in serving for queue in _queues(name, name in subscriptions)],
        "bindings": [
            binding for name in serving for binding in _bindings(name, subscriptions.get(name, ()))
        ],
        "policies": [],
        "parameters": [],
    }


def _user(name: str, password: str) -> dict[str, Any]:
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(name: str, serves: bool) -> dict[str, str]:
    own = [_replies_of(name)]
    write, read = [re.escape(RPC)], [re.escape(RPC)]
    if serves:
        own += [re.escape(f"events.{name}") + r"(\.retry|\.parked)?", re.escape(f"rpc-{name}")]
        write += [re.escape(EVENTS), re.escape(RETRY)]
        read += [re.escape(EVENTS), re.escape(RETRY)]
    if name == "operator":
        write += [re.escape(RETRY)]
        read += [r"events\.[a-z]+\.parked"]
    return {
        "user": name,
        "vhost": VHOST,
        "configure": _any_of(own),
        "write": _any_of(own + write),
        "read": _any_of(own + read),
    }


def _replies_of(name: str) -> str:
    return rf"reply\.{re.escape(name)}\..*"


def _topic_rights(
    name: str, serves: bool, heard: tuple[str, ...], called: Mapping[str, tuple[str, ...]]
) -> Iterable[dict[str, str]]:
    calls = [
        rf"{re.escape(service)}\.{'.+' if method == '*' else re.escape(method)}"
        for service, methods in called.items()
        for method in methods
    ]
    answers = [r"reply\..*"] if serves else []
    served = [rf"{re.escape(name)}\.\*"] if serves else []
    yield _topic(name, RPC, write=calls + answers, read=[*served, _replies_of(name)])
    publishes = [rf"{re.escape(name)}\..+"] if serves else []
    yield _topic(name, EVENTS, write=publishes, read=[re.escape(key) for key in heard])


def _topic(name: str, exchange: str, write: list[str], read: list[str]) -> dict[str, str]:
    return {
        "user": name,
        "vhost": VHOST,
        "exchange": exchange,
        "write": _any_of(write),
        "read": _any_of(read),
    }


def _any_of(patterns: list[str]) -> str:
    # The broker reads an empty pattern as "nothing"; "^()$" would allow the empty name.
    return f"^({'|'.join(patterns)})$" if patterns else ""


def _exchange(name: str, kind: str = "direct") -> dict[str, Any]:
    return {
        "name": name,
        "vhost": VHOST,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queues(service: str, hears: bool) -> Iterable[dict[str, Any]]:
    for name, arguments in queue_arguments(service, hears).items():
        yield {
            "name": name,
            "vhost": VHOST,
            "durable": True,
            "auto_delete": False,
            "arguments": arguments,
        }


def queue_arguments(service: str, hears: bool) -> dict[str, dict[str, Any]]:
    """Give the durable queues of a service with their arguments."""
    calls: dict[str, dict[str, Any]] = {f"rpc-{service}": {}}
    if not hears:
        return calls
    queue = f"events.{service}"
    return calls | {
        queue: {
            "x-dead-letter-exchange": RETRY,
            "x-dead-letter-routing-key": f"{queue}.retry",
        },
        f"{queue}.retry": {
            "x-message-ttl": RETRY_MILLISECONDS,
            "x-dead-letter-exchange": RETRY,
            "x-dead-letter-routing-key": queue,
        },
        f"{queue}.parked": {},
    }


def _bindings(service: str, patterns: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    queue = f"events.{service}"
    yield _binding(RPC, f"rpc-{service}", f"{service}.*")
    for pattern in patterns:
        yield _binding(EVENTS, queue, pattern)
    if patterns:
        for name in (queue, f"{queue}.retry", f"{queue}.parked"):
            yield _binding(RETRY, name, name)


def _binding(source: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
