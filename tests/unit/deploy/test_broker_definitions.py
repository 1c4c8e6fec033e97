"""What the broker is given: everybody gets the least that the work needs."""

import base64
import hashlib
import re
from typing import Any

import pytest

from chassis.bus import topology
from contracts.topology import CALLERS, SUBSCRIPTIONS
from deploy.rabbitmq import definitions

SERVICES = definitions.services(SUBSCRIPTIONS, CALLERS)
USERS = definitions.users()


@pytest.fixture(scope="module")
def rendered() -> dict[str, Any]:
    """The document that the broker loads."""
    return definitions.render({user: f"password of {user}" for user in USERS})


def may(rendered: dict[str, Any], user: str, right: str, name: str) -> bool:
    """Whether the broker would let `user` configure, write or read something called `name`."""
    entry = next(entry for entry in rendered["permissions"] if entry["user"] == user)
    return re.search(entry[right], name) is not None


def may_route(rendered: dict[str, Any], user: str, right: str, exchange: str, key: str) -> bool:
    """Whether the broker would let `user` write or bind with a routing key."""
    entry = next(
        entry
        for entry in rendered["topic_permissions"]
        if (entry["user"], entry["exchange"]) == (user, exchange)
    )
    return re.search(entry[right], key) is not None


def test_the_users_are_the_five_services_the_gateway_and_the_operator() -> None:
    """A part without a user of its own would borrow somebody's rights."""
    services = ["audit", "intake", "notifications", "plans", "risk"]
    assert services == SERVICES
    assert [*services, "gateway", "operator"] == USERS


def test_nobody_administers_the_broker_and_no_guest_is_left(rendered: dict[str, Any]) -> None:
    """A service that is broken into would take the whole bus."""
    assert [user["name"] for user in rendered["users"]] == USERS
    assert all(user["tags"] == [] for user in rendered["users"])


def test_passwords_are_kept_salted_and_hashed(rendered: dict[str, Any]) -> None:
    """Whoever reads the definitions file would hold every password."""
    for user in rendered["users"]:
        stored = base64.b64decode(user["password_hash"])
        password = f"password of {user['name']}".encode()
        assert hashlib.sha256(stored[:4] + password).digest() == stored[4:]
    assert len({user["password_hash"] for user in rendered["users"]}) == len(USERS)


def test_every_user_is_bounded_on_every_exchange(rendered: dict[str, Any]) -> None:
    """Without an entry RabbitMQ leaves every routing key of an exchange open."""
    reply = {(entry["user"], entry["exchange"]) for entry in rendered["topic_permissions"]}
    assert reply == {(user, exchange) for user in USERS for exchange in topology.EXCHANGES}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_touches_its_own_queues_only(rendered: dict[str, Any], service: str) -> None:
    """A service could read what was meant for another."""
    names = {queue.name for queue in topology.queues(service, ("#",))}
    for queue in rendered["queues"]:
        own = queue["name"] in names
        for right in ("configure", "read"):
            assert may(rendered, service, right, queue["name"]) is own


@pytest.mark.parametrize("user", USERS)
def test_nobody_remakes_an_exchange(rendered: dict[str, Any], user: str) -> None:
    """Deleting an exchange would silence the whole platform."""
    assert not any(may(rendered, user, "configure", name) for name in topology.EXCHANGES)


@pytest.mark.parametrize("user", USERS)
def test_an_event_comes_from_its_source_only(rendered: dict[str, Any], user: str) -> None:
    """Anybody could announce that a case was withdrawn."""
    for source in SERVICES:
        key = f"{source}.something_happened"
        free = may(rendered, user, "write", topology.EVENTS_EXCHANGE) and may_route(
            rendered, user, "write", topology.EVENTS_EXCHANGE, key
        )
        assert free is (user == source)


@pytest.mark.parametrize("user", USERS)
def test_a_user_calls_what_the_table_of_callers_says(rendered: dict[str, Any], user: str) -> None:
    """A service could ask another for content it has no business with."""
    for service in SERVICES:
        for method in ("ping", "lacking", "read_case", "record", "weighing_outcome"):
            allowed = {*CALLERS.get(user, {}).get(service, ())} & {"*", method}
            free = may_route(rendered, user, "write", topology.RPC_EXCHANGE, f"{service}.{method}")
            assert free is bool(allowed)


@pytest.mark.parametrize("user", USERS)
def test_answers_reach_only_whom_they_are_for(rendered: dict[str, Any], user: str) -> None:
    """A user could bind a queue to somebody else's answers."""
    for other in USERS:
        key = f"reply.{other}.0000"
        free = may_route(rendered, user, "read", topology.RPC_EXCHANGE, key)
        assert free is (user == other and user != "operator")


def test_bindings_are_the_table_of_subscriptions(rendered: dict[str, Any]) -> None:
    """An event would vanish, because nobody is bound to it."""
    subscribed = {
        (binding["destination"], binding["routing_key"])
        for binding in rendered["bindings"]
        if binding["source"] == topology.EVENTS_EXCHANGE
    }
    assert subscribed == {
        (f"events.{service}", pattern)
        for service, patterns in SUBSCRIPTIONS.items()
        for pattern in patterns
    }


def test_every_dead_letter_has_somewhere_to_go(rendered: dict[str, Any]) -> None:
    """A refused event would be destroyed with its innocent followers."""
    routes = {(binding["source"], binding["routing_key"]) for binding in rendered["bindings"]}
    targets = [
        (
            queue["arguments"]["x-dead-letter-exchange"],
            queue["arguments"]["x-dead-letter-routing-key"],
        )
        for queue in rendered["queues"]
        if queue["name"].startswith("events.")
    ]
    assert len(targets) == 3 * len(SUBSCRIPTIONS)
    assert set(targets) <= routes
