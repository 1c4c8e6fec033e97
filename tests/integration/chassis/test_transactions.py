"""What a transaction promises, on the real database."""

import threading

import pytest
from pymongo.errors import DuplicateKeyError

from chassis.errors import coded
from chassis.mongo import Conflict, StoreUnavailable, after_commit, transaction
from chassis.runtime import Runtime


def test_a_block_that_ends_well_is_kept_whole(runtime: Runtime) -> None:
    """A referral and its event would otherwise be kept one without the other."""
    with transaction(runtime.database) as session:
        runtime.database.a.insert_one({"_id": 1}, session=session)
        runtime.database.b.insert_one({"_id": 2}, session=session)
    assert list(runtime.database.a.find()) == [{"_id": 1}]
    assert list(runtime.database.b.find()) == [{"_id": 2}]


def test_a_block_that_raises_leaves_nothing(runtime: Runtime) -> None:
    """A refused command would otherwise leave half of itself behind."""
    runtime.database.create_collection("a")
    called: list[str] = []

    def refused_halfway() -> None:
        with transaction(runtime.database) as session:
            after_commit(session, lambda: called.append("after"))
            runtime.database.a.insert_one({"_id": 1}, session=session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_halfway()
    assert list(runtime.database.a.find()) == []
    assert called == []


def test_what_waits_for_the_commit_is_called_after_it(runtime: Runtime) -> None:
    """An event would otherwise be looked for before anybody can see it."""
    seen: list[int] = []
    with transaction(runtime.database) as session:
        after_commit(session, lambda: seen.append(runtime.database.a.count_documents({})))
        runtime.database.a.insert_one({"_id": 1}, session=session)
        assert seen == []
    assert seen == [1]


def test_what_fails_after_the_commit_does_not_undo_the_answer(runtime: Runtime) -> None:
    """A person would otherwise be told that what was kept has failed."""

    def fail() -> None:
        raise RuntimeError

    with transaction(runtime.database) as session:
        after_commit(session, fail)
        runtime.database.a.insert_one({"_id": 1}, session=session)
    assert runtime.database.a.count_documents({}) == 1


def test_the_second_writer_of_a_document_is_told_to_try_again(runtime: Runtime) -> None:
    """One of two simultaneous decisions on a case would otherwise overwrite the other."""
    database = runtime.database
    database.a.insert_one({"_id": 1, "stage": "referred"})
    with transaction(database) as first:
        database.a.update_one({"_id": 1}, {"$set": {"stage": "forming"}}, session=first)
        with pytest.raises(Conflict) as refused, transaction(database) as second:
            database.a.update_one({"_id": 1}, {"$set": {"stage": "withdrawn"}}, session=second)
    assert database.a.find_one() == {"_id": 1, "stage": "forming"}
    described = coded(refused.value)
    assert described is not None
    assert (described.code, described.next_step) == ("conflict", "retry")


def test_a_duplicate_is_left_to_the_caller_and_rolled_back(runtime: Runtime) -> None:
    """What an id that exists means is for the owner of the data to say."""
    runtime.database.a.insert_one({"_id": 1})
    runtime.database.create_collection("b")

    def insert_again() -> None:
        with transaction(runtime.database) as session:
            runtime.database.b.insert_one({"_id": 2}, session=session)
            runtime.database.a.insert_one({"_id": 1}, session=session)

    with pytest.raises(DuplicateKeyError):
        insert_again()
    assert runtime.database.b.count_documents({}) == 0


def test_a_transaction_that_takes_too_long_frees_its_documents(runtime: Runtime) -> None:
    """A slow command would otherwise block its case for a minute."""
    database = runtime.database
    database.a.insert_one({"_id": 1, "n": 0})

    def dawdle() -> None:
        with transaction(database, seconds=0.2) as session:
            database.a.update_one({"_id": 1}, {"$set": {"n": 1}}, session=session)
            threading.Event().wait(0.3)
            database.a.update_one({"_id": 1}, {"$set": {"n": 2}}, session=session)

    with pytest.raises(StoreUnavailable):
        dawdle()
    with transaction(database) as session:
        database.a.update_one({"_id": 1}, {"$set": {"n": 3}}, session=session)
    assert database.a.find_one() == {"_id": 1, "n": 3}
