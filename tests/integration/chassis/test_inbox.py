"""An event has its effect once, however often it is delivered."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.mongo import Conflict, transaction
from chassis.runtime import Runtime


def take_in(runtime: Runtime, event_id: str, consumer: str = "inbox") -> bool:
    """What a handler does: its effect, and only the first time."""
    with transaction(runtime.database) as session:
        if not runtime.inbox.first_time(consumer, event_id, session):
            return False
        runtime.database.effects.insert_one({"event": event_id}, session=session)
        return True


def test_a_second_delivery_has_no_second_effect(runtime: Runtime) -> None:
    """A partner would otherwise be told of one referral twice."""
    assert [take_in(runtime, "e-1") for _ in range(3)] == [True, False, False]
    assert runtime.database.effects.count_documents({}) == 1


def test_two_consumers_each_have_their_effect(runtime: Runtime) -> None:
    """The reminder would otherwise be missing because the inbox already had the event."""
    assert take_in(runtime, "e-1", "inbox")
    assert take_in(runtime, "e-1", "reminders")
    assert runtime.database.effects.count_documents({}) == 2


def test_an_event_whose_effect_failed_comes_as_new(runtime: Runtime) -> None:
    """An event would otherwise be counted as done while its effect is missing."""

    def fail() -> None:
        with transaction(runtime.database) as session:
            assert runtime.inbox.first_time("inbox", "e-1", session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert runtime.inbox.lacking(["e-1"]) == ["e-1"]
    assert take_in(runtime, "e-1")


def test_a_known_event_leaves_the_transaction_usable(runtime: Runtime) -> None:
    """A handler could otherwise not go on to what else it has to note."""
    take_in(runtime, "e-1")
    with transaction(runtime.database) as session:
        assert not runtime.inbox.first_time("inbox", "e-1", session)
        runtime.database.counts.insert_one({"_id": "seen again"}, session=session)
    assert runtime.database.counts.distinct("_id") == ["seen again"]


def test_simultaneous_deliveries_have_one_effect(runtime: Runtime) -> None:
    """Two replicas that get the same event at once would otherwise both act on it."""
    together = threading.Barrier(12)

    def deliver(_number: int) -> bool | None:
        together.wait(10)
        try:
            return take_in(runtime, "e-1")
        except Conflict:
            return None  # delivered again later

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(deliver, range(12)))
    assert results.count(True) == 1
    assert runtime.database.effects.count_documents({}) == 1


def test_what_is_lacking_is_returned_in_the_order_of_the_request(runtime: Runtime) -> None:
    """The reconciler would otherwise send again what is here, or leave out what is not."""
    take_in(runtime, "e-2")
    take_in(runtime, "e-2", "reminders")
    assert runtime.inbox.lacking(["e-3", "e-2", "e-1"]) == ["e-3", "e-1"]
    assert runtime.inbox.lacking([]) == []
