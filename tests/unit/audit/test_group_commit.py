"""Group commit: who is answered when, and what happens when a batch fails or takes too long."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from chassis.errors import Refuse, Retry
from services.audit.group_commit import GroupCommit, Ticket
from tests.waiting import wait_until


class Slow:
    """A commit that waits for the test: it keeps what it was given, and holds until let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Semaphore(0)
        self.fails: BaseException | None = None

    def __call__(self, tickets: Sequence[Ticket[int]]) -> None:
        self.batches.append([unit for ticket in tickets for unit in ticket.work])
        assert self.gate.acquire(timeout=10)
        if self.fails:
            raise self.fails
        for ticket in tickets:
            ticket.result = [unit * 10 for unit in ticket.work]


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def pool() -> Any:
    with ThreadPoolExecutor(16) as made:
        yield made


def submit_after(
    pool: ThreadPoolExecutor, batches: GroupCommit[int], slow: Slow, *works: list[int]
) -> list[Future[Any]]:
    """Submit one after the other: the first leads and is held, the others wait behind it."""
    futures = []
    for number, work in enumerate(works):
        futures.append(pool.submit(batches.submit, work))
        if number == 0:
            wait_until(lambda: slow.batches, what="the first leads")
        else:
            waits = sum(len(each) for each in works[1 : number + 1])
            wait_until(lambda waits=waits: batches.waiting == waits, what="the others wait")
    return futures


def test_a_lone_caller_waits_for_nobody(slow: Slow) -> None:
    """Each read of a quiet evening would be slower than it needs to be."""
    slow.gate.release()
    assert GroupCommit(slow).submit([1, 2]) == [10, 20]
    slow.gate.release()
    assert GroupCommit(slow).submit([3]) == [30]
    assert slow.batches == [[1, 2], [3]]


def test_what_waits_meanwhile_becomes_one_batch(slow: Slow, pool: ThreadPoolExecutor) -> None:
    """Under load every read would pay for a write to disk of its own."""
    batches = GroupCommit(slow)
    futures = submit_after(pool, batches, slow, [1], [2], [3, 4], [5])
    slow.gate.release(2)
    assert [future.result(10) for future in futures] == [[10], [20], [30, 40], [50]]
    assert slow.batches == [[1], [2, 3, 4, 5]]


def test_a_batch_has_a_bound_and_the_rest_comes_next(slow: Slow, pool: ThreadPoolExecutor) -> None:
    """A batch could grow beyond what the database takes at once."""
    batches = GroupCommit(slow, max_batch=3)
    futures = submit_after(pool, batches, slow, [1], [2], [3, 4], [5, 6, 7, 8], [9])
    slow.gate.release(4)
    results = [future.result(10) for future in futures]
    assert results == [[10], [20], [30, 40], [50, 60, 70, 80], [90]]
    assert slow.batches == [[1], [2, 3, 4], [5, 6, 7, 8], [9]]


def test_an_error_of_the_commit_reaches_everybody_in_the_batch_and_nobody_else(
    slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """A caller would release content that was not recorded."""
    batches = GroupCommit(slow)
    futures = submit_after(pool, batches, slow, [1], [2], [3])
    slow.gate.release()
    assert futures[0].result(10) == [10]
    wait_until(lambda: len(slow.batches) == 2, what="the others are taken up")
    slow.fails = Retry("audit_unavailable")
    slow.gate.release()
    for future in futures[1:]:
        with pytest.raises(Retry, match="audit_unavailable"):
            future.result(10)
    slow.fails = None
    slow.gate.release()
    assert batches.submit([4]) == [40]


def test_one_ticket_may_be_refused_and_the_others_kept(pool: ThreadPoolExecutor) -> None:
    """One caller's mistake would keep others from reading."""

    def commit(tickets: Sequence[Ticket[int]]) -> None:
        for ticket in tickets:
            if ticket.work == [2]:
                ticket.error = Refuse("idempotency_key_reused")
            else:
                ticket.result = ["kept"]

    batches: GroupCommit[int] = GroupCommit(commit)
    assert batches.submit([1]) == ["kept"]
    with pytest.raises(Refuse, match="idempotency_key_reused"):
        batches.submit([2])
    assert batches.submit([3]) == ["kept"]


def test_a_commit_that_says_nothing_of_a_ticket_has_not_kept_it() -> None:
    """A caller without a receipt would go on as if it had one."""
    with pytest.raises(Retry, match="audit_unavailable"):
        GroupCommit[int](lambda tickets: None).submit([1])


def test_who_waits_too_long_is_told_so_and_forgotten(slow: Slow, pool: ThreadPoolExecutor) -> None:
    """With a frozen database callers would wait for ever, and pile up."""
    batches = GroupCommit(slow, wait_seconds=0.05)
    futures = submit_after(pool, batches, slow, [1], [2])
    with pytest.raises(Retry, match="audit_unavailable"):
        futures[1].result(10)
    assert batches.waiting == 0
    slow.gate.release(2)
    assert futures[0].result(10) == [10]
    assert batches.submit([3]) == [30]
    assert slow.batches == [[1], [3]]


def test_who_was_taken_up_and_waits_too_long_is_told_so(
    slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """A caller would be answered after it had given up, or never."""
    batches = GroupCommit(slow, wait_seconds=0.3)
    futures = submit_after(pool, batches, slow, [1], [2], [3])
    slow.gate.release()
    assert futures[0].result(10) == [10]
    with pytest.raises(Retry, match="audit_unavailable"):
        futures[2].result(10)
    slow.gate.release()
    assert futures[1].result(10) == [20]
    assert slow.batches == [[1], [2, 3]]


def test_too_much_that_waits_is_refused_at_once(slow: Slow, pool: ThreadPoolExecutor) -> None:
    """A slow disk would fill the memory of the service until it is killed."""
    batches = GroupCommit(slow, max_waiting=3)
    futures = submit_after(pool, batches, slow, [1], [2], [3, 4])
    with pytest.raises(Retry, match="audit_unavailable"):
        batches.submit([5])
    slow.gate.release(2)
    assert [future.result(10) for future in futures] == [[10], [20], [30, 40]]


def test_more_than_may_wait_is_taken_when_nothing_waits(slow: Slow) -> None:
    """A page of a list could never be recorded on a small machine."""
    slow.gate.release()
    assert GroupCommit(slow, max_waiting=2).submit([1, 2, 3]) == [10, 20, 30]


@pytest.mark.parametrize("leaves", [lambda: KeyboardInterrupt(), lambda: SystemExit()])
def test_the_next_one_leads_when_the_leader_is_killed(
    slow: Slow, pool: ThreadPoolExecutor, leaves: Callable[[], BaseException]
) -> None:
    """After one killed worker nothing would ever be recorded again."""
    batches = GroupCommit(slow)
    slow.fails = leaves()
    futures = submit_after(pool, batches, slow, [1], [2])
    slow.gate.release()
    with pytest.raises(type(slow.fails)):
        futures[0].result(10)
    wait_until(lambda: len(slow.batches) == 2, what="the next leads")
    slow.fails = None
    slow.gate.release()
    assert futures[1].result(10) == [20]
