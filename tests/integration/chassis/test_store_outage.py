"""A database that is stopped, killed or frozen: honest answers in bounded time, then work again."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.client_session import ClientSession

from chassis.errors import CodedError, coded
from chassis.mongo import CommitUnknown, StoreUnavailable, reachable
from chassis.runtime import Runtime
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from tests.integration.chassis.conftest import Opener
from tests.waiting import wait_until


@pytest.fixture
def frail(breakable: Parts, open_on: Opener) -> Iterator[Runtime]:
    """A runtime on a database that the test may break; it is mended afterwards."""
    runtime = open_on(breakable)
    runtime.database.cases.insert_one({"_id": "case-0"})
    yield runtime
    breakable.mongodb.resume()
    breakable.mongodb.start(Progress(None))
    wait_until(lambda: reachable(runtime.database), 15)


def insert(runtime: Runtime, case: str) -> Any:
    """An action with one effect."""

    def action(session: ClientSession) -> dict[str, Any]:
        runtime.database.cases.insert_one({"_id": case}, session=session)
        return {"case_id": case}

    return action


def performed(runtime: Runtime, command: str) -> dict[str, Any] | None:
    """The command's outcome, None while it should be tried again."""
    try:
        return runtime.commands.perform(command, {}, insert(runtime, command))
    except CodedError as error:
        if error.next_step != "retry":
            raise
        return None


def refused_within(seconds: float, runtime: Runtime, command: str) -> str:
    """The code that a command is refused with; fails when it takes longer than that."""
    started = time.monotonic()
    with pytest.raises(CodedError) as refused:
        runtime.commands.perform(command, {}, insert(runtime, command))
    assert time.monotonic() - started < seconds
    described = coded(refused.value)
    assert described is not None
    assert described.next_step == "retry"
    return described.code


def test_a_stopped_database_is_reported_in_time_and_found_again(
    frail: Runtime, breakable: Parts
) -> None:
    """A person would otherwise wait for an answer that cannot come, and again after the repair."""
    breakable.mongodb.stop()
    assert refused_within(4, frail, "c-1") == "service_unavailable"
    assert not reachable(frail.database)
    with pytest.raises(StoreUnavailable):
        frail.inbox.lacking(["e-1"])
    with pytest.raises(StoreUnavailable):
        frail.vault.seal("case-1", "a", 1)
    breakable.mongodb.start(Progress(None))
    wait_until(lambda: reachable(frail.database), 15)
    assert frail.commands.perform("c-1", {}, insert(frail, "c-1")) == {"case_id": "c-1"}
    assert sorted(frail.database.cases.distinct("_id")) == ["c-1", "case-0"]


def test_a_frozen_database_is_reported_in_time_and_found_again(
    frail: Runtime, breakable: Parts
) -> None:
    """A frozen machine would otherwise freeze everybody who needs it."""
    breakable.mongodb.pause()
    assert refused_within(4, frail, "c-1") == "service_unavailable"
    breakable.mongodb.resume()
    # What reached the frozen server is an open transaction when it thaws: the server gives up on
    # it within seconds, and until then says that the command is in flight.
    outcome = wait_until(lambda: performed(frail, "c-1"), 15)
    assert outcome == {"case_id": "c-1"}
    assert sorted(frail.database.cases.distinct("_id")) == ["c-1", "case-0"]


def test_a_database_that_freezes_at_the_commit_is_not_taken_for_a_refusal(
    frail: Runtime, breakable: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person would otherwise be told that nothing happened, while it may have.

    Committed or not, the same command sent again gives its outcome, and is done once.
    """
    commit = ClientSession.commit_transaction

    def commit_on_a_frozen_server(session: ClientSession) -> None:
        breakable.mongodb.pause()
        commit(session)

    monkeypatch.setattr(ClientSession, "commit_transaction", commit_on_a_frozen_server)
    started = time.monotonic()
    with pytest.raises(CommitUnknown) as unknown:
        frail.commands.perform("c-1", {}, insert(frail, "c-1"))
    assert time.monotonic() - started < 4
    monkeypatch.undo()
    described = coded(unknown.value)
    assert described is not None
    assert (described.code, described.next_step) == ("outcome_unknown", "retry")
    breakable.mongodb.resume()
    assert wait_until(lambda: performed(frail, "c-1"), 15) == {"case_id": "c-1"}
    assert sorted(frail.database.cases.distinct("_id")) == ["c-1", "case-0"]


def test_what_was_answered_survives_a_killed_database(frail: Runtime, breakable: Parts) -> None:
    """A referral that a person saw confirmed would otherwise be gone after a power failure."""
    for number in range(20):
        frail.commands.perform(f"c-{number}", {}, insert(frail, f"c-{number}"))
    breakable.mongodb.kill()
    breakable.mongodb.start(Progress(None))
    wait_until(lambda: reachable(frail.database), 15)
    expected = {"case-0", *(f"c-{number}" for number in range(20))}
    assert set(frail.database.cases.distinct("_id")) == expected
    assert frail.commands.perform("c-3", {}, insert(frail, "again")) == {"case_id": "c-3"}


def test_a_plain_read_without_any_care_is_still_named(frail: Runtime, breakable: Parts) -> None:
    """A store that forgot to guard a read would otherwise answer with an unknown error."""
    breakable.mongodb.stop()
    with pytest.raises(Exception) as raw:  # noqa: PT011 (whatever pymongo raises)
        frail.database.cases.find_one()
    described = coded(raw.value)
    assert described is not None
    assert (described.code, described.next_step) == ("service_unavailable", "retry")
