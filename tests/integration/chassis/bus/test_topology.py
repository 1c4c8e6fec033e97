"""The broker is compared with what the code declares, at start and while serving."""

import json
import uuid
from collections.abc import Iterator

import amqp
import pytest

from chassis.bus import topology
from chassis.bus.connection import connect, drop
from contracts.topology import SUBSCRIPTIONS
from deploy.local.parts import Parts
from tests.integration.chassis.bus.observing import event_of, message_count, publish_event
from tests.integration.chassis.bus.process import Running
from tests.waiting import wait_until

PATTERNS = ("intake.referral_submitted",)
PARKED = "events.notifications.parked"


@pytest.fixture
def owner(parts: Parts) -> Iterator[amqp.Connection]:
    """The broker as the service itself sees it."""
    connection = connect(parts.broker_url("notifications"), "test")
    yield connection
    drop(connection)


def topology_of(service: Running) -> str:
    """What the service says of its topology."""
    reply: str = json.loads(service.get("/readyz")[1])["parts"]["topology"]
    return reply


@pytest.mark.parametrize("service", sorted(SUBSCRIPTIONS))
def test_every_service_finds_what_it_declares(parts: Parts, service: str) -> None:
    """With rights that are too narrow or queues that differ no service would start."""
    connection = connect(parts.broker_url(service), "test")
    try:
        assert topology.check(connection, service, SUBSCRIPTIONS[service]) == []
    finally:
        drop(connection)


def test_a_queue_with_other_properties_makes_the_service_not_ready(
    subscriber: Running, owner: amqp.Connection
) -> None:
    """Messages would be lost in it, so a person has to know before that happens."""
    channel = owner.channel()
    channel.queue_delete(PARKED)
    channel.queue_declare(PARKED, durable=False, auto_delete=False)
    reply = f"queue {PARKED} has other properties than declared"
    try:
        assert topology.check(owner, "notifications", PATTERNS) == [reply]
        wait_until(lambda: topology_of(subscriber) == reply, 10)
        assert subscriber.get("/readyz")[0] == 503
    finally:
        owner.channel().queue_delete(PARKED)
    wait_until(subscriber.is_ready, 10)
    assert topology.check(owner, "notifications", PATTERNS) == []


def test_a_queue_that_was_deleted_is_declared_again_and_consumed(
    parts: Parts, subscriber: Running, owner: amqp.Connection
) -> None:
    """A slip of an operator must not make a service deaf for ever."""
    owner.channel().queue_delete("events.notifications")
    about = uuid.uuid4().hex

    def arrives() -> bool:
        publish_event(parts, event_of(about))
        return message_count(parts, about) > 0

    try:
        wait_until(arrives, 15)
        wait_until(subscriber.is_ready, 10)
    finally:  # the sample handles less than the service whose queue this is
        topology.check(owner, "notifications", SUBSCRIPTIONS["notifications"])


def test_a_service_may_not_touch_the_queues_of_another(owner: amqp.Connection) -> None:
    """One service that was broken into must not be able to read or delete for the others."""
    with pytest.raises(amqp.exceptions.AccessRefused):
        owner.channel().queue_delete("events.audit")
    with pytest.raises(amqp.exceptions.AccessRefused):
        owner.channel().basic_get("events.audit")
    with pytest.raises(amqp.exceptions.AccessRefused):
        owner.channel().queue_bind("events.notifications", topology.EVENTS_EXCHANGE, "#")


def test_the_operator_can_only_take_from_parking_queues(parts: Parts) -> None:
    """Whoever replays events must not be able to read calls or make events up."""
    connection = connect(parts.broker_url("operator"), "test")
    try:
        with pytest.raises(amqp.exceptions.AccessRefused):
            connection.channel().basic_get("rpc-intake")
        with pytest.raises(amqp.exceptions.AccessRefused):
            connection.channel().basic_publish_confirm(
                amqp.Message(b"{}", user_id="operator"),
                topology.RETRY_EXCHANGE,
                "notifications.again",
                timeout=2,
                confirm_timeout=2,
            )
    finally:
        drop(connection)
