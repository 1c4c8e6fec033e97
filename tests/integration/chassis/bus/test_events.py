"""Handling events on the real broker and store: once in effect, in order, never lost."""

import hashlib
import uuid

import orjson

from chassis.bus.client import RpcClient
from deploy.local.parts import Parts
from tests.integration.chassis.bus.observing import (
    event_of,
    message_count,
    messages_about,
    mood,
    parked_one,
    publish,
    publish_event,
    queue_length,
    replay_as_operator,
    set_mood,
)
from tests.integration.chassis.bus.process import Running
from tests.waiting import wait_until


def subject() -> str:
    """A subject that no other test uses."""
    return uuid.uuid4().hex


def times_given_up(subscriber: Running, event: dict[str, object]) -> int:
    """How often the sample service has given up on an event, by its log."""
    return sum(
        line["event"] == "event_parked" and line["event_id"] == event["id"]
        for line in subscriber.lines()
    )


def test_an_event_that_arrives_again_and_again_has_one_effect(
    parts: Parts, subscriber: Running
) -> None:
    """A professional would otherwise be told of the same case twice."""
    about, last = subject(), subject()
    event = event_of(about)
    for _ in range(5):
        publish_event(parts, event)
    publish_event(parts, event_of(last))
    wait_until(lambda: message_count(parts, last), 10)
    wait_until(lambda: queue_length(parts, "events.notifications") == 0, 5)
    assert message_count(parts, about) == 1


def test_events_of_one_case_are_handled_in_their_order(
    parts: Parts, referrals: Running, subscriber: Running, caller: RpcClient
) -> None:
    """Offered and then recalled must not become recalled and then offered."""
    about = subject()
    caller.call("intake", "submit", {"subject": about, "count": 60})
    wait_until(lambda: message_count(parts, about) == 60, 20)
    assert [message["number"] for message in messages_about(parts, about)] == list(range(60))


def test_an_event_that_never_succeeds_is_parked_and_can_be_replayed(
    parts: Parts, subscriber: Running
) -> None:
    """A mistake in our code must cost nobody a message: a person mends it and sends it back."""
    about = subject()
    set_mood(parts, about, "stumble")
    event = event_of(about)
    publish_event(parts, event)
    found = wait_until(lambda: parked_one(parts, event["id"]), 40, "the event parked")
    assert (found.type, found.subject, found.reason, found.attempts) == (
        "referral_submitted",
        about,
        "KeyError",
        5,
    )
    assert found.parked_at is not None
    rounds = [
        line["tries"]
        for line in subscriber.lines()
        if line["event"] in ("event_goes_round", "event_parked") and line["event_id"] == event["id"]
    ]
    assert rounds == [1, 2, 3, 4, 5]
    set_mood(parts, about, "well")
    assert replay_as_operator(parts, event["id"]) == 1
    wait_until(lambda: message_count(parts, about) == 1, 10)
    assert parked_one(parts, event["id"]) is None


def test_an_event_parked_again_lies_there_once(parts: Parts, subscriber: Running) -> None:
    """A list that grows by itself would hide what is new in it."""
    about, marker = subject(), subject()
    set_mood(parts, about, "unwanted")
    set_mood(parts, marker, "unwanted")
    event, last = event_of(about), event_of(marker)
    publish_event(parts, event)
    wait_until(lambda: parked_one(parts, event["id"]), 10)
    before = queue_length(parts, "events.notifications.parked")
    publish_event(parts, event)
    publish_event(parts, last)
    # Not by listing: who looks at what is parked holds it for a moment, and is in the way.
    wait_until(
        lambda: times_given_up(subscriber, event) + times_given_up(subscriber, last) == 3, 10
    )
    wait_until(lambda: parts.rabbitmq.queues()["events.notifications"] == 0, 10)
    found = wait_until(lambda: parked_one(parts, last["id"]), 5)
    assert (found.reason, found.attempts) == ("unwanted", 1)
    assert queue_length(parts, "events.notifications.parked") == before + 1
    assert message_count(parts, about) == 0
    assert replay_as_operator(parts, "no such id") == 0


def test_an_unreadable_message_is_parked_and_its_body_is_not_logged(
    parts: Parts, subscriber: Running
) -> None:
    """Whatever lands in the queue by mistake, its content belongs in no log."""
    canary = f"canary {uuid.uuid4().hex}"
    body = canary.encode()
    publish(parts, body)
    name = hashlib.sha256(body).hexdigest()
    found = wait_until(lambda: parked_one(parts, name), 10)
    assert (found.reason, found.type, found.subject) == ("unreadable", "", "")
    assert canary not in subscriber.log.read_text()
    assert name in [line.get("sha256") for line in subscriber.lines()]


def test_an_event_in_the_name_of_another_service_is_parked(
    parts: Parts, subscriber: Running
) -> None:
    """A service with a fault must not be able to speak for another one."""
    about = subject()
    event = event_of(about, source="plans")
    publish(parts, orjson.dumps(event))
    found = wait_until(lambda: parked_one(parts, event["id"]), 10)
    assert found.reason == "forged"
    assert message_count(parts, about) == 0
    # sent back by mistake, it is no truer than before
    assert replay_as_operator(parts, event["id"]) == 1
    wait_until(lambda: parked_one(parts, event["id"]), 10)
    assert message_count(parts, about) == 0


def test_an_event_that_nobody_handles_is_let_go(
    parts: Parts, subscriber: Running, referrals: Running, caller: RpcClient
) -> None:
    """A newer publisher must not clog an older subscriber."""
    about = subject()
    caller.call("intake", "submit", {"type": "session_scheduled", "subject": about})
    wanted = 'type="session_scheduled"'
    wait_until(lambda: wanted in subscriber.get("/metrics")[1].decode(), 10)
    assert [
        line
        for line in subscriber.get("/metrics")[1].decode().splitlines()
        if wanted in line and 'outcome="ignored"' in line and "_total" in line
    ]
    wait_until(lambda: queue_length(parts, "events.notifications") == 0, 5)


def test_a_service_that_keeps_dying_loses_nothing(
    parts: Parts, subscriber: Running, referrals: Running, caller: RpcClient
) -> None:
    """A power cut in the middle of a batch must cost nobody a message, nor repeat one."""
    subjects = [subject() for _ in range(40)]
    deadly = subjects[5:40:10]
    for about in deadly:
        set_mood(parts, about, "die")
    subscriber.pause()
    for about in subjects:
        caller.call("intake", "submit", {"subject": about})
    subscriber.resume()
    deaths = 0
    while any(message_count(parts, about) == 0 for about in subjects):
        if not subscriber.alive:
            deaths += 1
            subscriber.start(ready=False)
        assert deaths <= len(deadly)
        wait_until(lambda: not subscriber.alive or subscriber.get("/healthz")[0] == 200, 20)
    assert [mood(parts, about) for about in deadly] == ["well"] * len(deadly)
    assert [message_count(parts, about) for about in subjects] == [1] * 40
    wait_until(subscriber.is_ready, 20)
