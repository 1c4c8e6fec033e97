"""The broker's definitions: users, permissions, exchanges, queues, bindings.

Rendered from two tables (who subscribes to which events, who may call whom) and from the names
and arguments in `chassis.bus.topology`. The broker loads the result at every start.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.bus import topology
from chassis.bus.topology import Queue, Rights
from contracts.topology import CALLERS, SUBSCRIPTIONS

VHOST = "ketenaanpak"
REMOVE_UNDECLARED_QUEUES = Path(__file__).with_name("remove_undeclared_queues.sh")
GATEWAY = "gateway"
OPERATOR = "operator"

Subscriptions = Mapping[str, tuple[str, ...]]
Callers = Mapping[str, Mapping[str, tuple[str, ...]]]
Definitions = dict[str, list[dict[str, Any]]]
"""Kind of definition → rows, as `rabbitmqctl export_definitions` writes them."""


def services(subscriptions: Subscriptions, callers: Callers) -> list[str]:
    """Name every service that subscribes to events or can be called."""
    called = {service for methods in callers.values() for service in methods}
    return sorted(called | set(subscriptions))


def users(subscriptions: Subscriptions = SUBSCRIPTIONS, callers: Callers = CALLERS) -> list[str]:
    """Name the broker's users: each service, the gateway, the operator."""
    return [*services(subscriptions, callers), GATEWAY, OPERATOR]


def render(
    passwords: Mapping[str, str],
    subscriptions: Subscriptions = SUBSCRIPTIONS,
    callers: Callers = CALLERS,
) -> Definitions:
    """Render the document for `load_definitions`; `passwords` has one per user."""
    serving = services(subscriptions, callers)
    rights = {
        name: topology.service_rights(name, subscriptions.get(name, ()), callers.get(name, {}))
        for name in serving
    }
    rights[GATEWAY] = topology.caller_rights(GATEWAY, callers.get(GATEWAY, {}))
    rights[OPERATOR] = topology.operator_rights()
    queues = [
        queue for name in serving for queue in topology.queues(name, subscriptions.get(name, ()))
    ]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(name, passwords[name]) for name in rights],
        "permissions": [_permission(name, given) for name, given in rights.items()],
        "topic_permissions": [
            entry for name, given in rights.items() for entry in _topic_permissions(name, given)
        ],
        "exchanges": [_exchange(name) for name in topology.EXCHANGES],
        "queues": [_queue(queue) for queue in queues],
        "bindings": [binding for queue in queues for binding in _bindings(queue)],
        "policies": [],
        "parameters": [],
    }


def queue_names() -> str:
    """The names of all declared queues, one per line, for `remove_undeclared_queues.sh`."""
    declared = (
        queue.name
        for name in services(SUBSCRIPTIONS, CALLERS)
        for queue in topology.queues(name, SUBSCRIPTIONS.get(name, ()))
    )
    return "".join(f"{name}\n" for name in declared)


def _user(name: str, password: str) -> dict[str, Any]:
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(name: str, given: Rights) -> dict[str, str]:
    return {
        "user": name,
        "vhost": VHOST,
        "configure": given.configure,
        "write": given.write,
        "read": given.read,
    }


def _topic_permissions(name: str, given: Rights) -> list[dict[str, str]]:
    # Without an entry for an exchange the user would have access to every routing key.
    return [
        {
            "user": name,
            "vhost": VHOST,
            "exchange": exchange,
            "write": given.topics.get(exchange, ("^$", "^$"))[0],
            "read": given.topics.get(exchange, ("^$", "^$"))[1],
        }
        for exchange in topology.EXCHANGES
    ]


def _exchange(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": VHOST,
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "vhost": VHOST,
        "durable": True,
        "auto_delete": False,
        "arguments": dict(queue.arguments),
    }


def _bindings(queue: Queue) -> list[dict[str, Any]]:
    return [
        {
            "source": exchange,
            "vhost": VHOST,
            "destination": queue.name,
            "destination_type": "queue",
            "routing_key": key,
            "arguments": {},
        }
        for exchange, key in queue.bindings
    ]
