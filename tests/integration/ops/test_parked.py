"""Parked events on the real broker: seen by the operator, sent back, handled once."""

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any

import amqp
import pytest
from click.testing import Result
from pymongo import MongoClient
from typer.testing import CliRunner

from chassis.bus.connection import connect, drop
from chassis.bus.parking import fingerprint
from chassis.bus.topology import EVENTS_EXCHANGE
from deploy.local.parts import Parts
from ops.cli import app
from tests.integration.serving import Served, case_event, policy_server, serving
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def notifications(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that handles events, and the policy server that it asks."""
    with (
        policy_server(tmp_path_factory.mktemp("policy")) as policy,
        serving(parts, "notifications", KETENAANPAK_OPA_URL=policy.opa_url) as served,
    ):
        yield served


@pytest.fixture
def operator(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command as somebody who holds the operator's password, and nothing else."""
    monkeypatch.setenv("KETENAANPAK_BROKER_URL", parts.broker_url("operator"))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return run


def spoilt_event() -> dict[str, Any]:
    """An event that no retry will mend: its data lack a member, and hold something private."""
    event = case_event("referral_submitted", str(uuid.uuid4()))
    del event["data"]["stage"]
    event["data"]["remark"] = "canary-of-a-parked-event"
    return event


def park(served: Served, operator: Any, *events: dict[str, Any]) -> None:
    """Publish events that the service will park; returns once it has, and rests."""
    served.publish(*events)
    for event in events:
        wait_until(lambda e=event: e["id"] in operator("parked", "list").stdout, 30, "parked")
    wait_until(served.has_nothing_in_hand, 30, "the service at rest")


def test_a_parked_event_is_listed_with_its_reason_and_without_what_it_says(
    notifications: Served, operator: Any
) -> None:
    """The operator sees that something failed, where and why, and nothing of any case."""
    event = spoilt_event()
    park(notifications, operator, event)

    reply = operator("parked", "list", "--service", "notifications")
    elsewhere = operator("parked", "list", "--service", "audit")

    (line,) = (line for line in reply.stdout.splitlines() if event["id"] in line)
    for shown in ("notifications", "referral_submitted", event["subject"], "event_invalid"):
        assert shown in line
    assert "canary" not in reply.output
    assert event["id"] not in elsewhere.output


def test_one_event_is_sent_back_and_the_other_stays(notifications: Served, operator: Any) -> None:
    """The operator tries the mended cause on one event first."""
    one, other = spoilt_event(), spoilt_event()
    park(notifications, operator, one, other)
    before = count_of_attempts(notifications)

    sent = operator("parked", "replay", "--service", "notifications", "--event", one["id"])

    assert (sent.stdout, sent.exit_code) == ("notifications: 1 sent back\n", 0)
    wait_until(lambda: count_of_attempts(notifications) > before, 20, "the event handled again")
    wait_until(lambda: one["id"] in operator("parked", "list").stdout, 30, "parked again")
    wait_until(notifications.has_nothing_in_hand, 30, "the service at rest")
    assert other["id"] in operator("parked", "list").stdout


def test_a_replayed_event_that_can_be_handled_has_its_effect_once(
    notifications: Served, parts: Parts, operator: Any
) -> None:
    """After the cause is mended, nothing of what was parked is lost or done twice."""
    partner = uuid.uuid4().hex[:12]
    event = case_event("referral_submitted", str(uuid.uuid4()), participants=[partner])
    with MongoClient[dict[str, Any]](parts.mongodb.admin_url()) as admin:
        refuse_cases(admin)
        try:
            park(notifications, operator, event)
        finally:
            accept_cases(admin)
        sent = operator("parked", "replay", "--service", "notifications", "--event", event["id"])
        assert sent.exit_code == 0, sent.output
        wait_until(lambda: notifications.has_handled(event), 30, "the event handled")
        messages = admin["notifications"].messages
        assert messages.count_documents({"person": f"p-{partner}"}) == 1
    assert event["id"] not in operator("parked", "list").stdout


def test_what_can_never_be_read_is_discarded_and_its_traces_stay_in_the_log(
    notifications: Served, parts: Parts, operator: Any
) -> None:
    """Rubbish on the bus would stay in the list for ever and hide what can be mended."""
    body = b"canary: no event " + uuid.uuid4().bytes
    digest = fingerprint(body)
    publish(parts, body)
    kept = spoilt_event()
    park(notifications, operator, kept)
    wait_until(lambda: digest in operator("parked", "list").stdout, 30, "parked")

    discard = ("parked", "discard", "--service", "notifications", "--digest", digest)
    refused = operator(*discard)
    listed = operator("parked", "list").stdout
    done = operator(*discard, "--yes")

    assert (refused.exit_code, digest in listed) == (1, True)
    assert (done.stdout, done.exit_code) == ("notifications: 1 discarded\n", 0), done.output
    (line,) = (json.loads(line) for line in done.stderr.splitlines())
    assert (line["event"], line["parked_by"]) == ("parked_event_discarded", "notifications")
    assert (line["event_id"], line["sha256"]) == (digest, digest)
    assert "canary" not in done.output
    left = operator("parked", "list").stdout
    assert (digest in left, kept["id"] in left) == (False, True)


@pytest.mark.parametrize("more", [(), ("--event", "a", "--digest", "b"), ("--event", "a", "--yes")])
def test_nothing_is_discarded_that_is_not_named(
    operator: Any, notifications: Served, more: tuple[str, ...]
) -> None:
    """A mistake in the command would empty the whole parking queue."""
    kept = spoilt_event()
    park(notifications, operator, kept)

    done = operator("parked", "discard", "--service", "notifications", *more)

    assert (done.exit_code, done.stdout) == (1, "")
    assert kept["id"] in operator("parked", "list").stdout


def publish(parts: Parts, body: bytes) -> None:
    """Put bytes on the bus as a broken program of intake's would."""
    connection = connect(parts.broker_url("intake"), "breaks")
    try:
        channel = connection.channel()
        channel.confirm_select()
        message = amqp.Message(body, user_id="intake", delivery_mode=2)
        channel.basic_publish_confirm(message, EVENTS_EXCHANGE, "intake.referral_submitted")
    finally:
        drop(connection)


def test_an_unknown_event_or_service_is_named_as_such(operator: Any) -> None:
    """A typing error is not taken for success."""
    event = operator("parked", "replay", "--event", str(uuid.uuid4()))
    service = operator("parked", "list", "--service", "billing")

    assert (event.exit_code, service.exit_code) == (1, 1)
    assert "no parked event has the id" in event.stderr
    assert "services are: notifications, audit" in service.stderr


def test_a_wrong_password_is_reported_without_being_repeated(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, operator: Any
) -> None:
    """A mistake in the environment reads as such, and no secret reaches the terminal."""
    wrong = base64.urlsafe_b64encode(b"not the password").decode()
    url = parts.broker_url("operator")
    address = url.rpartition("@")[2]
    monkeypatch.setenv("KETENAANPAK_BROKER_URL", f"amqp://operator:{wrong}@{address}")

    listed, looked = operator("parked", "list"), operator("doctor")

    assert (listed.exit_code, looked.exit_code) == (1, 1)
    assert "ketenaanpak doctor" in listed.stderr
    assert "refuses the operator" in looked.stdout
    assert wrong not in listed.output + looked.output


def count_of_attempts(notifications: Served) -> int:
    """How often the service has parked something, by its log."""
    lines = notifications.process.log.read_text().splitlines()
    return sum(json.loads(line).get("event") == "event_parked" for line in lines if line[:1] == "{")


def refuse_cases(admin: MongoClient[dict[str, Any]]) -> None:
    """Let the database refuse what notifications would note, as an unforeseen rule would."""
    if "cases" not in admin["notifications"].list_collection_names():
        admin["notifications"].create_collection("cases")
    admin["notifications"].command("collMod", "cases", validator={"never": {"$exists": True}})


def accept_cases(admin: MongoClient[dict[str, Any]]) -> None:
    """Take the refusal back."""
    admin["notifications"].command("collMod", "cases", validator={})
