"""A command is done once, whatever is sent again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.client_session import ClientSession

from chassis.clock import FixedClock
from chassis.commands import CommandInFlight, IdempotentCommands, KeyReused
from chassis.errors import Refuse, coded
from chassis.mongo import Conflict, transaction
from chassis.runtime import Runtime

EVENT = {"id": "e-1", "source": "sample", "type": "referral_submitted", "subject": "case-1"}


def submit(runtime: Runtime, case: str = "case-1") -> Any:
    """An action with one effect and one event, that counts how often it was done."""

    def action(session: ClientSession) -> dict[str, Any]:
        runtime.database.cases.insert_one({"_id": case}, session=session)
        runtime.outbox.add({**EVENT, "id": f"e-{case}", "subject": case}, session)
        return {"case_id": case, "stage": "referred"}

    return action


def kept(runtime: Runtime) -> tuple[list[Any], list[str], list[str]]:
    """The cases, the events waiting, and the command ids."""
    return (
        runtime.database.cases.distinct("_id"),
        [row.id for row in runtime.outbox.claim("test")],
        runtime.database.commands.distinct("_id"),
    )


def test_a_command_keeps_its_effect_its_event_and_its_outcome(runtime: Runtime) -> None:
    """A person who was answered would otherwise find nothing afterwards."""
    outcome = runtime.commands.perform("c-1", {"family": "f"}, submit(runtime))
    assert outcome == {"case_id": "case-1", "stage": "referred"}
    assert kept(runtime) == (["case-1"], ["e-case-1"], ["c-1"])


def test_the_same_command_again_returns_the_same_outcome_and_does_nothing(runtime: Runtime) -> None:
    """A retry after a lost answer would otherwise make a second case."""
    first = runtime.commands.perform("c-1", {"b": 1, "a": 2}, submit(runtime))
    again = runtime.commands.perform("c-1", {"a": 2, "b": 1}, submit(runtime, "case-2"))
    assert again == first
    assert kept(runtime) == (["case-1"], ["e-case-1"], ["c-1"])


def test_the_same_id_with_another_body_is_refused(runtime: Runtime) -> None:
    """A second, different referral would otherwise be answered with the first one's outcome."""
    runtime.commands.perform("c-1", {"family": "f"}, submit(runtime))
    with pytest.raises(KeyReused) as refused:
        runtime.commands.perform("c-1", {"family": "g"}, submit(runtime, "case-2"))
    described = coded(refused.value)
    assert described is not None
    assert (described.code, described.next_step) == ("idempotency_key_reused", "refuse")
    assert kept(runtime) == (["case-1"], ["e-case-1"], ["c-1"])


def test_a_command_that_is_being_performed_is_not_performed_beside_itself(
    runtime: Runtime,
) -> None:
    """An impatient second click would otherwise make a second case."""
    started, finish = threading.Event(), threading.Event()

    def slow(session: ClientSession) -> dict[str, Any]:
        outcome: dict[str, Any] = submit(runtime)(session)
        started.set()
        assert finish.wait(1.5)
        return outcome

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(runtime.commands.perform, "c-1", {}, slow)
        assert started.wait(5)
        with pytest.raises(CommandInFlight) as refused:
            runtime.commands.perform("c-1", {}, submit(runtime, "case-2"))
        finish.set()
        first = running.result(5)
    described = coded(refused.value)
    assert described is not None
    assert (described.code, described.next_step) == ("command_in_flight", "retry")
    assert runtime.commands.perform("c-1", {}, submit(runtime, "case-3")) == first
    assert kept(runtime) == (["case-1"], ["e-case-1"], ["c-1"])


def test_a_refused_command_leaves_nothing_and_may_be_sent_again(runtime: Runtime) -> None:
    """A refusal would otherwise stick to the command when the reason for it is gone."""

    def refuse(session: ClientSession) -> dict[str, Any]:
        submit(runtime)(session)
        raise Refuse("illegal_transition")

    with pytest.raises(Refuse, match="illegal_transition"):
        runtime.commands.perform("c-1", {}, refuse)
    assert kept(runtime) == ([], [], [])
    runtime.commands.perform("c-1", {}, submit(runtime))
    assert kept(runtime) == (["case-1"], ["e-case-1"], ["c-1"])


def test_twenty_copies_at_once_have_one_effect(runtime: Runtime) -> None:
    """A client that retries in parallel would otherwise multiply its referral."""
    together = threading.Barrier(20)

    def send(number: int) -> dict[str, Any] | str:
        together.wait(10)
        try:
            return runtime.commands.perform("c-1", {}, submit(runtime, f"case-{number}"))
        except CommandInFlight as error:
            return error.code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    cases, events, commands = kept(runtime)
    assert len(cases) == len(events) == len(commands) == 1
    outcome = {"case_id": cases[0], "stage": "referred"}
    assert [answer for answer in answers if answer not in (outcome, "command_in_flight")] == []
    assert outcome in answers
    assert runtime.commands.perform("c-1", {}, submit(runtime, "case-again")) == outcome


def test_different_commands_on_one_document_are_all_done_or_told_to_retry(
    runtime: Runtime,
) -> None:
    """Two places taken at once would otherwise count as one, and the cap would be passed."""
    runtime.database.caps.insert_one({"_id": "cap", "taken": 0})
    together = threading.Barrier(6)

    def take(session: ClientSession) -> dict[str, Any]:
        cap = runtime.database.caps.find_one({"_id": "cap"}, session=session)
        assert cap is not None
        runtime.database.caps.update_one(
            {"_id": "cap"}, {"$set": {"taken": cap["taken"] + 1}}, session=session
        )
        return {"place": cap["taken"] + 1}

    def send(number: int) -> int:
        together.wait(10)
        try:
            return int(runtime.commands.perform(f"c-{number}", {}, take)["place"])
        except Conflict:
            return 0

    with ThreadPoolExecutor(6) as pool:
        places = list(pool.map(send, range(6)))
    done = sorted(place for place in places if place)
    assert done == list(range(1, len(done) + 1))
    assert runtime.database.caps.find_one() == {"_id": "cap", "taken": len(done)}
    again = [runtime.commands.perform(f"c-{n}", {}, take)["place"] for n in range(6)]
    assert [place or new for place, new in zip(places, again, strict=True)] == again
    assert sorted(again) == [1, 2, 3, 4, 5, 6]
    assert runtime.database.caps.find_one() == {"_id": "cap", "taken": 6}


def test_a_conflict_that_passes_is_not_shown_to_the_person(runtime: Runtime) -> None:
    """Somebody would otherwise be refused for a coincidence that lasts a millisecond."""
    runtime.database.caps.insert_one({"_id": "cap", "taken": 0})
    attempts = 0

    def disturbed(session: ClientSession) -> dict[str, Any]:
        nonlocal attempts
        attempts += 1
        runtime.database.caps.find_one({"_id": "cap"}, session=session)
        if attempts < 3:
            runtime.database.caps.update_one({"_id": "cap"}, {"$inc": {"taken": 10}})
        runtime.database.caps.update_one({"_id": "cap"}, {"$inc": {"taken": 1}}, session=session)
        return {}

    assert runtime.commands.perform("c-1", {}, disturbed) == {}
    assert attempts == 3
    assert runtime.database.caps.find_one() == {"_id": "cap", "taken": 21}


def test_records_expire_by_true_time_even_when_the_clock_says_another(runtime: Runtime) -> None:
    """A demonstration eight months back would otherwise lose its command ids at once."""
    long_ago = FixedClock(datetime.now(UTC) - timedelta(days=240))
    commands = IdempotentCommands(runtime.database, b"k" * 32, long_ago)
    commands.perform("c-1", {}, submit(runtime))
    record = runtime.database.commands.find_one({"_id": "c-1"})
    assert record is not None
    assert datetime.now(UTC) - record["kept_from"] < timedelta(minutes=1)
    assert abs(record["at"] - long_ago.now()) < timedelta(milliseconds=1)
    expiry = runtime.database.commands.index_information()["kept_from_1"]["expireAfterSeconds"]
    assert expiry == 30 * 24 * 3600


def test_the_record_holds_no_body(runtime: Runtime) -> None:
    """A family's name would otherwise stand in clear beside every command."""
    runtime.commands.perform("c-1", {"name": "CANARY"}, submit(runtime))
    record = runtime.database.commands.find_one({"_id": "c-1"})
    assert record is not None
    assert set(record) == {"_id", "fingerprint", "at", "kept_from", "outcome"}
    assert "CANARY" not in str(record)


def test_outcomes_read_the_same_the_first_time_and_later(runtime: Runtime) -> None:
    """A client would otherwise see another form of the same answer after a retry."""
    at = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    first = runtime.commands.perform("c-1", {}, lambda _session: {"at": at})
    again = runtime.commands.perform("c-1", {}, lambda _session: {"at": None})
    assert first == again == {"at": "2025-03-01T09:30:00+00:00"}


def test_a_command_beside_an_open_transaction_on_its_data_gives_up_in_time(
    runtime: Runtime,
) -> None:
    """A person would otherwise wait two minutes behind a transaction that hangs."""
    runtime.database.caps.insert_one({"_id": "cap", "taken": 0})
    increase = {"$inc": {"taken": 1}}

    def take(session: ClientSession) -> dict[str, Any]:
        runtime.database.caps.update_one({"_id": "cap"}, increase, session=session)
        return {}

    with transaction(runtime.database) as hanging:
        runtime.database.caps.update_one({"_id": "cap"}, increase, session=hanging)
        with pytest.raises(Conflict):
            runtime.commands.perform("c-1", {}, take)
    assert runtime.commands.perform("c-1", {}, take) == {}
    assert runtime.database.caps.find_one() == {"_id": "cap", "taken": 2}
