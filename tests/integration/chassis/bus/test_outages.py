"""Days on which the broker or the store is away, frozen or wiped; everything mends by itself."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chassis.bus.client import RpcClient
from chassis.errors import CodedError, TimedOut, Unreachable
from chassis.mongo import transaction
from chassis.reconciler import Reconciler
from chassis.relay import Relay
from chassis.runtime import Runtime
from chassis.sealing import KeyRing
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from tests.integration.chassis.bus.observing import (
    event_of,
    message_count,
    publish_event,
    queue_length,
    set_mood,
)
from tests.integration.chassis.bus.process import BUS_KEYS, Running, running
from tests.waiting import wait_until

RING = KeyRing.parse(BUS_KEYS)
PATTERNS = {"notifications": ("intake.referral_submitted",)}


@pytest.fixture(scope="module")
def referrals(breakable: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample service that answers, on parts that break."""
    with running(breakable, "referrals", "intake", tmp_path_factory.mktemp("intake")) as service:
        yield service


@pytest.fixture(scope="module")
def subscriber(breakable: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample service that handles events, on parts that break."""
    folder = tmp_path_factory.mktemp("notifications")
    with running(breakable, "subscriber", "notifications", folder) as service:
        yield service


@pytest.fixture
def caller(breakable: Parts) -> Iterator[RpcClient]:
    """A client as the gateway has, on parts that break."""
    client = RpcClient(breakable.broker_url("gateway"), RING)
    yield client
    client.close()


@pytest.fixture
def publisher(breakable: Parts, open_on: Callable[..., Runtime]) -> Runtime:
    """A runtime with an outbox, on parts that break."""
    return open_on(breakable)


@contextmanager
def relaying(runtime: Runtime) -> Iterator[Relay]:
    """A relay at work in a thread of its own."""
    relay = Relay(runtime.outbox, runtime.config.broker_url)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(15)
        assert not thread.is_alive()


def keep(runtime: Runtime, *events: dict[str, Any]) -> None:
    """Add events to the outbox in one transaction."""
    with transaction(runtime.database) as session:
        for event in events:
            runtime.outbox.add(event, session)


def parts_of(service: Running) -> dict[str, str]:
    """What the service says of its parts."""
    status, body = service.get("/readyz")
    reply: dict[str, str] = json.loads(body)["parts"] if status else {}
    return reply


def took(action: Callable[[], object]) -> float:
    """Seconds that a call needed to fail; it must fail with a code."""
    began = time.monotonic()
    with pytest.raises(CodedError):
        action()
    return time.monotonic() - began


def test_a_frozen_broker_holds_nobody_for_long(
    breakable: Parts, referrals: Running, caller: RpcClient
) -> None:
    """People get an honest 503 within seconds, and an answer as soon as the broker goes on."""
    assert caller.call("intake", "echo", 1) == 1
    breakable.rabbitmq.pause()
    try:
        assert took(lambda: caller.call("intake", "echo", 2, timeout=1)) < 2
        assert took(lambda: caller.call("intake", "echo", 3, timeout=1)) < 3
        assert not caller.reachable()
        assert parts_of(referrals)["broker"] == "unreachable"
        assert referrals.get("/healthz")[0] == 200
    finally:
        breakable.rabbitmq.resume()
    assert wait_until(lambda: _echo(caller, 4), 10) == 4
    wait_until(referrals.is_ready, 15)


def _echo(caller: RpcClient, value: int) -> int | None:
    try:
        answer: int = caller.call("intake", "echo", value, timeout=1)
    except (Unreachable, TimedOut):
        return None
    return answer


def test_a_broker_that_is_away_is_said_to_be_away_and_found_again(
    breakable: Parts, referrals: Running, caller: RpcClient
) -> None:
    """Nothing was sent, so nothing happened: the person may simply try again."""
    assert caller.call("intake", "echo", 1) == 1
    breakable.rabbitmq.stop()
    try:
        for _ in range(3):
            with pytest.raises(Unreachable):
                caller.call("intake", "echo", 2, timeout=3)
        reply = parts_of(referrals)
        assert (reply["broker"], reply["topology"]) == ("unreachable", "not consuming")
        assert referrals.get("/healthz")[0] == 200
    finally:
        breakable.rabbitmq.start(Progress(None))
    wait_until(referrals.is_ready, 15)
    assert caller.call("intake", "echo", 3) == 3


def test_events_kept_while_the_broker_was_away_arrive_when_it_is_back(
    breakable: Parts, subscriber: Running, publisher: Runtime
) -> None:
    """What was answered with a 2xx reaches every subscriber, however long the broker was away."""
    about = uuid.uuid4().hex
    with relaying(publisher):
        keep(publisher, event_of(about, number=0))
        wait_until(lambda: message_count(breakable, about) == 1, 10)
        breakable.rabbitmq.stop()
        try:
            keep(publisher, *(event_of(about, number=n) for n in range(1, 40)))
            wait_until(lambda: publisher.outbox.depth() == 39, 5)
        finally:
            breakable.rabbitmq.start(Progress(None))
        wait_until(lambda: message_count(breakable, about) == 40, 30)
        assert publisher.outbox.depth() == 0


def test_a_frozen_broker_takes_no_event_from_the_outbox(
    breakable: Parts, subscriber: Running, publisher: Runtime
) -> None:
    """Sent is only what was confirmed; and it has one effect, also when it was sent twice."""
    about = uuid.uuid4().hex
    relay = Relay(publisher.outbox, publisher.config.broker_url)
    keep(publisher, event_of(about))
    assert relay.relay_once() is False
    wait_until(lambda: message_count(breakable, about) == 1, 10)
    keep(publisher, event_of(about))
    breakable.rabbitmq.pause()
    try:
        began = time.monotonic()
        relay.relay_once()
        assert time.monotonic() - began < 6
        assert publisher.outbox.depth() == 1
    finally:
        breakable.rabbitmq.resume()
    wait_until(lambda: relay.relay_once() or publisher.outbox.depth() == 0, 10)
    wait_until(lambda: message_count(breakable, about) == 2, 15)
    relay.close()


def test_a_broker_short_of_memory_holds_nobody_and_loses_nothing(
    breakable: Parts,
    referrals: Running,
    subscriber: Running,
    publisher: Runtime,
    caller: RpcClient,
) -> None:
    """It takes no messages, and says so: people get their 503 at once, events wait."""
    about = uuid.uuid4().hex
    keep(publisher, event_of(about))
    assert caller.call("intake", "echo", 1) == 1
    breakable.rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
    with relaying(publisher):
        try:
            assert took(lambda: caller.call("intake", "echo", 2, timeout=1)) < 2
            for _ in range(3):
                assert took(lambda: caller.call("intake", "echo", 3, timeout=3)) < 1
            wait_until(lambda: publisher.outbox.depth() == 1, 5)
            connections = breakable.rabbitmq.ctl("list_connections", "--no-table-headers", "user")
        finally:
            breakable.rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "512MB")
        wait_until(lambda: message_count(breakable, about) == 1, 15)
        assert wait_until(lambda: _echo(caller, 4), 10) == 4
    assert connections.split().count("gateway") == 1
    wait_until(referrals.is_ready, 15)


def test_a_wiped_broker_loses_nothing(
    breakable: Parts, subscriber: Running, publisher: Runtime, tmp_path: Path
) -> None:
    """Confirmed events that a subscriber never got are published again, and handled once."""
    about = uuid.uuid4().hex
    had = event_of(about, number=0)
    lost = [event_of(about, number=n) for n in range(1, 11)]
    with relaying(publisher):
        keep(publisher, had)
        wait_until(lambda: message_count(breakable, about) == 1, 10)
        subscriber.kill()
        keep(publisher, *lost)
        wait_until(lambda: publisher.outbox.depth() == 0, 10)
    wait_until(lambda: queue_length(breakable, "events.notifications") == 10, 5)
    breakable.rabbitmq.stop()
    breakable.rabbitmq.wipe()
    breakable.rabbitmq.start(Progress(None))
    subscriber.start()
    assert message_count(breakable, about) == 1
    client = RpcClient(breakable.broker_url("intake"), RING)
    reconciler = Reconciler(
        publisher.outbox, client, publisher.config.broker_url, PATTERNS, older_than=0
    )
    try:
        assert reconciler.reconcile_once() == 10
        wait_until(lambda: message_count(breakable, about) == 11, 15)
        states = publisher.database["outbox"].distinct("state", {"_id": had["id"]})
        assert states == ["settled"]
        publisher.database["outbox"].update_many(
            {"state": "sent"}, [{"$set": {"next_check": "$sent_at"}}]
        )
        assert reconciler.reconcile_once() == 0
    finally:
        reconciler.close()
        client.close()
    assert publisher.database["outbox"].distinct("state") == ["settled"]
    assert message_count(breakable, about) == 11


def test_a_subscriber_that_does_not_answer_is_asked_again_later(
    breakable: Parts, publisher: Runtime
) -> None:
    """Silence must not be taken for having everything."""
    event = event_of(uuid.uuid4().hex, type="session_scheduled")
    with relaying(publisher):
        keep(publisher, event)
        wait_until(lambda: publisher.outbox.depth() == 0, 10)
    client = RpcClient(breakable.broker_url("intake"), RING)
    reconciler = Reconciler(
        publisher.outbox,
        client,
        publisher.config.broker_url,
        {"risk": ("intake.*",)},
        older_than=0,
    )
    assert reconciler.reconcile_once() == 0
    (row,) = publisher.database["outbox"].find()
    assert (row["state"], row["pause"]) == ("sent", 60)
    client.close()


def test_events_wait_for_the_store_and_are_not_parked(
    breakable: Parts, subscriber: Running, publisher: Runtime
) -> None:
    """An outage is nobody's mistake: no person has to send anything back after it."""
    about = uuid.uuid4().hex
    event = event_of(about)
    breakable.mongodb.stop()
    try:
        publish_event(breakable, event)
        wait_until(
            lambda: any(
                line["event"] == "event_goes_round" and line["event_id"] == event["id"]
                for line in subscriber.lines()
            ),
            15,
        )
        assert parts_of(subscriber)["store"] == "unreachable"
        assert subscriber.get("/healthz")[0] == 200
    finally:
        breakable.mongodb.start(Progress(None))
    wait_until(lambda: message_count(breakable, about) == 1, 40)
    wait_until(subscriber.is_ready, 15)


def test_a_command_is_refused_while_the_store_is_away(
    breakable: Parts, referrals: Running, caller: RpcClient
) -> None:
    """The caller must learn that nothing was kept, soon enough to tell a person."""
    breakable.mongodb.stop()
    try:
        began = time.monotonic()
        with pytest.raises(CodedError) as refusal:
            caller.call("intake", "submit", {}, timeout=4)
        assert refusal.value.code == "service_unavailable"
        assert time.monotonic() - began < 4
    finally:
        breakable.mongodb.start(Progress(None))
    wait_until(referrals.is_ready, 15)
    assert caller.call("intake", "submit", {}, timeout=4)["event_ids"]


def test_a_service_may_be_started_before_its_parts(
    breakable: Parts, referrals: Running, subscriber: Running, caller: RpcClient, tmp_path: Path
) -> None:
    """After a power cut everything comes back in whatever order."""
    referrals.kill()
    subscriber.kill()
    breakable.rabbitmq.stop()
    breakable.mongodb.stop()
    try:
        referrals.start(ready=False)
        subscriber.start(ready=False)
        wait_until(lambda: parts_of(referrals) and parts_of(subscriber), 15)
        assert parts_of(referrals) == {
            "broker": "unreachable",
            "store": "unreachable",
            "topology": "not consuming",
            "migrations": "not looked at",
        }
        with running(breakable, "subscriber", "notifications", tmp_path, ready=False) as waiting:
            wait_until(lambda: parts_of(waiting), 15)
            assert waiting.stop() == 0, "one that waits for its parts can be told to stop"
    finally:
        breakable.mongodb.start(Progress(None))
        breakable.rabbitmq.start(Progress(None))
    wait_until(referrals.is_ready, 20)
    wait_until(subscriber.is_ready, 20)
    about = uuid.uuid4().hex
    set_mood(breakable, about, "well")
    caller.call("intake", "submit", {"subject": about})
    wait_until(lambda: message_count(breakable, about) == 1, 15)
