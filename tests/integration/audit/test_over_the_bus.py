"""Audit as a running service: who may speak to it, what it records, and what a kill leaves."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from rich.console import Console

from chassis.errors import CodedError, RemoteError, Unreachable
from contracts.rpc import METHODS
from deploy import audit_verification
from deploy.local.identity import audit_public_key
from deploy.local.parts import Parts
from deploy.local.platform import Platform
from services.audit.checkpoint_file import NAME
from services.audit.domain import checkpoint as notes
from tests.integration.audit.conftest import question
from tests.integration.serving import Served, case_event, serving
from tests.unit.audit.entries import action, entry, full_entry, new_id
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def audit(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "audit", KETENAANPAK_CHECKPOINT_SECONDS="1") as served:
        yield served


def search(audit: Served, **members: Any) -> list[dict[str, Any]]:
    """What the service answers an auditor."""
    answer = audit.call("gateway", "search", question(**members))
    assert METHODS["audit"]["search"][1]().validate(answer) == {}
    entries: list[dict[str, Any]] = answer["entries"]
    return entries


def record(audit: Served, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts that the service answers the gateway."""
    answer = audit.call("gateway", "record", {"entries": list(entries)})
    assert METHODS["audit"]["record"][1]().validate(answer) == {}
    receipts: list[dict[str, Any]] = answer["receipts"]
    return receipts


def report(parts: Parts) -> audit_verification.Report:
    """What `audit verify` finds, as the user who may only read."""
    key = audit_public_key(parts.secrets).read_text()
    text = (parts.state / "checkpoints" / NAME).read_text()
    with pymongo.MongoClient(parts.mongo_url("auditor")) as client:
        database = client.get_default_database()
        return audit_verification.verify(database, text, notes.public_key(key), lambda count: None)


def test_the_gateway_records_and_an_auditor_finds(audit: Served) -> None:
    """Nothing could be read, or what was read could not be found."""
    given = full_entry()
    (receipt,) = record(audit, given)
    (found,) = search(audit, case=given["case"], detail=True)
    assert (found["index"], found["leaf_hash"]) == (receipt["index"], receipt["leaf_hash"])
    assert (found["input"], found["result"]) == (given["input"], given["result"])
    assert audit.call("gateway", "ping", {}) == {"ready": True}


def test_an_entry_is_proved_over_the_bus(audit: Served) -> None:
    """An auditor could not prove an entry through the gateway."""
    (receipt,) = record(audit, entry())
    request = {"agreements": ["sample-brugge"], "index": receipt["index"], "size": None}
    reply = audit.call("gateway", "proof", request)
    page = audit.call("gateway", "checkpoints", {"after": None, "limit": 5})
    assert METHODS["audit"]["proof"][1]().validate(reply) == {}
    assert METHODS["audit"]["checkpoints"][1]().validate(page) == {}
    assert reply["leaf_hash"] == receipt["leaf_hash"]
    assert reply["checkpoint"]["size"] > receipt["index"]


@pytest.mark.parametrize("method", ["record", "search", "proof", "checkpoints"])
def test_nobody_but_the_gateway_is_answered(audit: Served, method: str) -> None:
    """Another service could read the record, or write into it."""
    for caller in ("intake", "notifications", "operator"):
        with pytest.raises(Unreachable):
            audit.call(caller, method, {})


@pytest.mark.parametrize(
    ("method", "payload"),
    [
        ("record", {"entries": []}),
        ("record", []),
        ("record", {"entries": [{}]}),
        ("search", {"limit": 5}),
        ("search", question(limit=0) | {"more": 1}),
        ("proof", {"agreements": [], "index": -1}),
        ("checkpoints", {"after": "x", "limit": 1}),
    ],
)
def test_a_malformed_call_is_refused(audit: Served, method: str, payload: Any) -> None:
    """A mistake of the gateway would bring down the record for everybody."""
    client_call = {"entries": payload} if isinstance(payload, list) else payload
    with pytest.raises(RemoteError) as refused:
        audit.call("gateway", method, client_call)
    assert refused.value.code == "validation_failed"


def test_events_are_recorded_once_and_joined_to_their_command(audit: Served) -> None:
    """The record would say that something was allowed, and not that it happened."""
    case, decided = new_id(), action()
    record(audit, decided | {"case": case})
    events = [case_event("referral_submitted", case), case_event("forming_completed", case)]
    events[0]["commandid"] = decided["command_id"]
    audit.publish(*events, events[0])
    wait_until(lambda: audit.has_handled(*events), what="events are recorded")
    audit.publish(*events)
    reply = search(audit, command_id=decided["command_id"])
    assert [each["kind"] for each in reply] == ["action", "event"]
    assert [each["action"] for each in search(audit, case=case)] == [
        "offer_item",
        "referral_submitted",
        "forming_completed",
    ]


@pytest.mark.parametrize("publisher", ["intake", "risk", "plans"])
def test_who_publishes_learns_which_events_are_not_recorded(audit: Served, publisher: str) -> None:
    """After the broker lost its queues the record would stay incomplete."""
    event = case_event("referral_submitted", new_id(), at=datetime.now(UTC))
    lacking = audit.call(publisher, "lacking", {"event_ids": [event["id"]]})
    assert lacking == {"lacking": [event["id"]]}


def test_two_thousand_records_at_once_are_kept(audit: Served, parts: Parts) -> None:
    """On a busy morning content would be refused to people who need it."""
    given = [entry() for _ in range(2000)]
    with ThreadPoolExecutor(32) as pool:
        receipts = [reply for (reply,) in pool.map(lambda each: record(audit, each), given)]
    first = min(receipt["index"] for receipt in receipts)
    found = [(each["entry_id"], each["index"]) for each in pages(audit) if each["index"] >= first]
    assert sorted(found) == sorted((each["entry_id"], each["index"]) for each in receipts)
    assert [index for _, index in found] == list(range(first, first + 2000))
    assert [receipt["entry_id"] for receipt in receipts] == [each["entry_id"] for each in given]
    assert report(parts).is_intact


def pages(audit: Served) -> list[dict[str, Any]]:
    """All entries of the log."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = audit.call("gateway", "search", question(after=cursor))
        found += page["entries"]
        cursor = page["next"]
        if cursor is None:
            return found


@pytest.mark.parametrize("together", [1, 3])
def test_a_kill_in_the_middle_loses_no_answered_entry(
    audit: Served, parts: Parts, together: int
) -> None:
    """Content would have left without a trace, or the log would not go on after a crash."""
    acknowledged: list[dict[str, Any]] = []
    requests: list[set[str]] = []

    def send(_number: int) -> None:
        given = [entry() for _ in range(together)]
        requests.append({each["entry_id"] for each in given})
        try:
            acknowledged.extend(record(audit, *given))
        except CodedError:
            return

    for _ in range(2):
        with ThreadPoolExecutor(16) as pool:
            aim = len(acknowledged) + 100 * together
            sent = [pool.submit(send, number) for number in range(400)]
            wait_until(lambda aim=aim: len(acknowledged) > aim, 30, "entries are acknowledged")
            audit.process.kill()
            for each in sent:
                each.cancel()
            audit.start()  # what it had in hand is given to it again
    last = wait_until(lambda: recorded(audit), seconds=15, what="it records again")
    with pymongo.MongoClient(parts.mongo_url("auditor")) as client:
        leaves = client.get_default_database()["leaves"]
        kept = {each["leaf"]["entry_id"]: each["_id"] for each in leaves.find({}, {"leaf": 1})}
    assert all(kept.get(reply["entry_id"]) == reply["index"] for reply in acknowledged)
    assert all(request <= kept.keys() or not request & kept.keys() for request in requests)
    assert sorted(kept.values()) == list(range(len(kept)))
    wait_until(lambda: report(parts).covered > last["index"], what="it is signed")
    assert report(parts).is_intact


def recorded(audit: Served) -> dict[str, Any] | None:
    """The receipt of a new entry, None when it was refused."""
    try:
        return record(audit, entry())[0]
    except RemoteError:
        return None


def test_the_service_may_not_change_or_remove_what_it_wrote(audit: Served, parts: Parts) -> None:
    """Who takes over the service could rewrite who saw what."""
    record(audit, entry())
    for user in ("audit", "auditor", "intake"):
        with pymongo.MongoClient(parts.mongo_url(user)) as client:
            for name in ("leaves", "checkpoints"):
                collection = client["audit"][name]
                for change in (
                    lambda c=collection: c.update_one({}, {"$set": {"x": 1}}),
                    lambda c=collection: c.delete_one({}),
                    lambda c=collection: c.replace_one({}, {}),
                    lambda c=collection: c.find_one_and_delete({}),
                    lambda c=collection: c.drop(),
                    lambda c=collection: c.drop_indexes(),
                    lambda c=collection: c.rename("other"),
                    lambda c=collection: c.database.command("collMod", c.name, validator={}),
                ):
                    with pytest.raises(pymongo.errors.OperationFailure) as refused:
                        change()
                    assert refused.value.code == 13
    with (
        pymongo.MongoClient(parts.mongo_url("auditor")) as client,
        pytest.raises(pymongo.errors.OperationFailure),
    ):
        client["audit"]["leaves"].insert_one({"_id": -1})


def test_the_log_of_a_local_run_is_verified_up_to_now(audit: Served, parts: Parts) -> None:
    """The demonstration would end with entries that nothing proves yet."""
    (last,) = record(audit, entry())
    said = io.StringIO()
    reply = audit_verification.verify_local(Platform(parts.state), Console(file=said, width=120))
    assert reply.is_intact
    assert reply.covered > last["index"]
    assert "the record stands" in said.getvalue()
