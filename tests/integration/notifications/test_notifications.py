"""Notifications on the real broker, database and policy server."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from chassis.errors import RemoteError
from deploy.local.parts import Parts
from tests.integration.observing import watching
from tests.integration.serving import Served, case_event, policy_server, serving
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A policy server that tells every participant of every event; tests may stop it."""
    with policy_server(tmp_path_factory.mktemp("policy")) as server:
        yield server


@pytest.fixture(scope="module")
def notifications(parts: Parts, policy: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "notifications", KETENAANPAK_OPA_URL=policy.opa_url) as served:
        yield served


@pytest.fixture(scope="module")
def database(parts: Parts) -> Iterator[Any]:
    """Its own database, to look."""
    with MongoClient(parts.mongo_url("notifications"), tz_aware=True) as client:
        yield client["notifications"]


@pytest.fixture
def partner() -> str:
    """A partner that no other test has, so that its person starts with an empty inbox."""
    return uuid.uuid4().hex[:12]


def inbox(notifications: Served, partner: str, **page: Any) -> dict[str, Any]:
    """A page of the inbox of the partner's person."""
    request = {"person": f"p-{partner}", "after": None, "limit": 20} | page
    answer: dict[str, Any] = notifications.call("gateway", "inbox", request)
    return answer


def receive(notifications: Served, partner: str, events: int = 1) -> list[dict[str, Any]]:
    """Publish events for the partner's person; gives the inbox once all have been handled."""
    sent = [
        case_event("referral_submitted", str(uuid.uuid4()), participants=[partner])
        for _ in range(events)
    ]
    notifications.publish(*sent)
    wait_until(lambda: notifications.has_handled(*sent), 30, "the events handled")
    messages: list[dict[str, Any]] = inbox(notifications, partner, limit=100)["messages"]
    return messages


def mark_read(partner: str, message: str, **changes: Any) -> dict[str, Any]:
    """The command by which the partner's person marks a message as read."""
    return {
        "command_id": str(uuid.uuid4()),
        "decision_id": str(uuid.uuid4()),
        "person": f"p-{partner}",
        "partner": partner,
        "roles": ["team_member"],
        "agreement": None,
        "agreement_version": None,
        "policy_revision": "r1",
        "terms": {},
        "decided_on": None,
        "target": message,
        "case": None,
        "if_match": None,
        "traceparent": "",
        "body": {},
        **changes,
    }


def test_whoever_policy_names_has_one_message_that_says_nothing_of_the_case(
    notifications: Served, partner: str
) -> None:
    """A professional sees that a referral waits; somebody who looks along learns no more."""
    case = str(uuid.uuid4())
    event = case_event("referral_submitted", case, participants=[partner])

    notifications.publish(event, event)
    wait_until(lambda: notifications.has_handled(event), 30, "the event handled")
    notifications.publish(event)
    later = case_event("case_withdrawn", case, participants=[], stage="withdrawn", ground="other")
    notifications.publish(later)
    wait_until(lambda: notifications.has_handled(later), 30, "what came after it handled")
    page = inbox(notifications, partner)

    (message,) = page.pop("messages")
    assert page == {"next": None}
    assert set(message) == {"id", "task", "urgent", "at", "read", "version"}
    assert (message["task"], message["read"], message["version"]) == ("referral_waiting", False, 1)
    assert message["urgent"] is False
    opened = notifications.call(
        "gateway", "open_message", {"person": f"p-{partner}", "message": message["id"]}
    )
    assert opened == {"message": message, "about": {"case": case}}


def test_a_message_opens_for_the_person_told_and_for_nobody_else(
    notifications: Served, partner: str
) -> None:
    """Another's message is like one that never was, for reading and for marking alike."""
    (message,) = receive(notifications, partner)
    answers = []

    for opened in (message["id"], str(uuid.uuid4())):
        request = {"person": "p-somebody-else", "message": opened}
        answers.append(notifications.call("gateway", "open_message", request))
        command = mark_read("somebody-else", opened)
        with pytest.raises(RemoteError) as refusal:
            notifications.call("gateway", "mark_read", command)
        answers.append((refusal.value.code, refusal.value.detail))

    assert answers[:2] == answers[2:]
    assert answers[0] == {"message": None, "about": {}}
    assert answers[1] == ("not_found", "no message of yours has this id")
    assert inbox(notifications, partner)["messages"] == [message]


def test_marking_as_read_happens_once_and_is_answered_the_same_again(
    notifications: Served, partner: str
) -> None:
    """A double click or a lost answer does no harm."""
    (message,) = receive(notifications, partner)
    command = mark_read(partner, message["id"], if_match=1)

    first = notifications.call("gateway", "mark_read", command)
    again = notifications.call("gateway", "mark_read", command)
    anew = notifications.call("gateway", "mark_read", mark_read(partner, message["id"]))
    with pytest.raises(RemoteError) as reused:
        notifications.call("gateway", "mark_read", {**command, "target": str(uuid.uuid4())})
    with pytest.raises(RemoteError) as stale:
        notifications.call("gateway", "mark_read", mark_read(partner, message["id"], if_match=1))

    assert first == again == anew == {"id": message["id"], "version": 2, "state": "read"}
    assert reused.value.code == "idempotency_key_reused"
    assert (stale.value.code, stale.value.members) == ("precondition_failed", {"version": 2})
    assert inbox(notifications, partner)["messages"] == [{**message, "read": True, "version": 2}]


def test_pages_follow_each_other_newest_first_whatever_arrives_meanwhile(
    notifications: Served, partner: str
) -> None:
    """Leafing through the inbox shows every message once."""
    everything = receive(notifications, partner, events=7)

    first = inbox(notifications, partner, limit=3)
    receive(notifications, partner)
    second = inbox(notifications, partner, limit=3, after=first["next"])
    third = inbox(notifications, partner, limit=3, after=second["next"])

    assert first["messages"] + second["messages"] + third["messages"] == everything
    assert third["next"] is None
    assert [m["at"] for m in everything] == sorted((m["at"] for m in everything), reverse=True)


def test_leafing_deep_costs_what_the_first_page_costs(
    notifications: Served, parts: Parts, partner: str
) -> None:
    """An inbox that grew for years opens as fast as a new one, wherever one leafs to."""
    person, began = f"p-{partner}", datetime(2026, 3, 2, tzinfo=UTC)
    with MongoClient[dict[str, Any]](parts.mongodb.admin_url()) as admin:
        admin["notifications"].messages.insert_many(
            {
                "_id": str(uuid.uuid4()),
                "person": person,
                "once": f"{person} {day}",
                "task": "crisis",
                "at": began + timedelta(days=day),
                "read": False,
                "version": 1,
            }
            for day in range(2000)
        )
        deep = f"{(began + timedelta(days=1000)).isoformat()}~{uuid.UUID(int=0)}"

        with watching(admin["notifications"]) as watched:
            page = inbox(notifications, partner, after=deep, limit=20)

    assert [message["at"] for message in page["messages"]] == [
        (began + timedelta(days=day)).isoformat() for day in range(999, 979, -1)
    ]
    assert 20 <= watched.examined < 100


@pytest.mark.parametrize(
    "cursor", ["", "yesterday~1", "2026-03-02T09:15:00~" + str(uuid.UUID(int=0))]
)
def test_a_made_up_place_is_refused(notifications: Served, partner: str, cursor: str) -> None:
    """A damaged link is refused as such."""
    with pytest.raises(RemoteError) as refusal:
        inbox(notifications, partner, after=cursor)

    assert refusal.value.code == "cursor_invalid"


def test_without_policy_nobody_is_told_and_nothing_is_lost(
    notifications: Served, policy: Parts, partner: str
) -> None:
    """While the policy service is away nobody learns anything; back again, everybody does."""
    event = case_event("referral_submitted", str(uuid.uuid4()), participants=[partner])
    log = notifications.process.log
    policy.opa.stop()
    try:
        notifications.publish(event)
        wait_until(lambda: event["id"] in log.read_text(), 20, "the event refused once")
        assert inbox(notifications, partner)["messages"] == []
        assert notifications.call("gateway", "ping", {}) == {"ready": False}
    finally:
        policy.start(("opa",))

    wait_until(lambda: notifications.has_handled(event), 40, "the event handled at last")

    assert len(inbox(notifications, partner)["messages"]) == 1


def test_a_killed_service_tells_each_person_of_each_event_once(
    notifications: Served, partner: str
) -> None:
    """A crash in the middle of the work neither loses nor repeats a message."""
    sent = [
        case_event("referral_submitted", str(uuid.uuid4()), participants=[partner])
        for _ in range(60)
    ]
    notifications.publish(*sent)
    wait_until(lambda: inbox(notifications, partner)["messages"], 30, "the first message")
    notifications.process.kill()
    notifications.start()

    wait_until(lambda: notifications.has_handled(*sent), 60, "every event handled")

    assert len(inbox(notifications, partner, limit=100)["messages"]) == 60


def test_the_database_shows_nobody_which_case_a_message_is_about(
    notifications: Served, database: Any, partner: str
) -> None:
    """Whoever gets hold of the stored messages cannot join them to a case."""
    event = case_event("referral_submitted", str(uuid.uuid4()), participants=[partner])
    notifications.publish(event)
    wait_until(lambda: notifications.has_handled(event), 30, "the event handled")

    stored = [
        str(document)
        for name in database.list_collection_names()
        for document in database[name].find()
    ]

    of_the_person = [text for text in stored if f"p-{partner}" in text]
    assert len(of_the_person) == 2, "the message, and the key to open what it leads to"
    assert not any(event["id"] in text for text in of_the_person)
    assert not any(event["subject"] in text for text in stored)
