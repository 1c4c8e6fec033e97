"""The database is killed, stopped or frozen: no receipt is a lie, and no answer takes long."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.errors import CodedError
from chassis.mongo import reachable
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from services.audit.application import Audit
from tests.integration.audit.conftest import Installation, Open, record
from tests.integration.audit.test_recording import indexes, is_intact
from tests.unit.audit.entries import entry, full_entry
from tests.waiting import wait_until

BOUND = 3.5
"""Seconds within which every caller is answered."""


@pytest.fixture
def frail(breakable: Parts, opened: Open) -> Iterator[Installation]:
    """A log on a database that the test may break; it is mended afterwards."""
    installation = opened(breakable)
    yield installation
    breakable.mongodb.resume()
    breakable.mongodb.start(Progress(None))
    wait_until(lambda: reachable(installation.database), 20)


class Callers:
    """Sixteen callers that record one entry after the other, and note what they were answered."""

    def __init__(self, audit: Audit, together: int) -> None:
        self._audit = audit
        self._together = together
        self._ending = threading.Event()
        self._pool = ThreadPoolExecutor(16)
        self.receipts: dict[str, dict[str, Any]] = {}
        self.refusals: list[str] = []
        self.slowest = 0.0
        self._running = [self._pool.submit(self._call) for _ in range(16)]

    def _call(self) -> None:
        while not self._ending.is_set():
            given = [full_entry(8) for _ in range(self._together)]
            began = time.monotonic()
            try:
                for receipt in record(self._audit, *given):
                    self.receipts[receipt["entry_id"]] = receipt
            except CodedError as error:
                self.refusals.append(error.code)
            self.slowest = max(self.slowest, time.monotonic() - began)

    def end(self) -> None:
        """Stop calling; raises what went wrong in a caller."""
        self._ending.set()
        for each in self._running:
            each.result(20)
        self._pool.shutdown()


def receipts_are_true(installation: Installation, callers: Callers) -> bool:
    """Whether every receipt is for an entry that is where it says."""
    kept = {
        document["leaf"]["entry_id"]: (document["_id"], document["nodes"][0].hex())
        for document in installation.database["leaves"].find()
    }
    return all(
        kept.get(entry_id) == (receipt["index"], receipt["leaf_hash"])
        for entry_id, receipt in callers.receipts.items()
    )


def works_again(audit: Audit) -> bool:
    try:
        return bool(record(audit, entry()))
    except CodedError:
        return False


@pytest.mark.parametrize("together", [1, 3])
def test_a_killed_database_loses_no_entry_that_was_answered(
    breakable: Parts, frail: Installation, together: int
) -> None:
    """Content would have left without a trace of it in the record."""
    audit = frail.open()
    callers = Callers(audit, together)
    for number in (1, 2):
        wait_until(lambda aim=number * 150: len(callers.receipts) >= aim, 30, "entries come")
        breakable.mongodb.kill()
        wait_until(lambda aim=number: len(callers.refusals) >= aim, 10, "callers are refused")
        before = len(callers.receipts)
        breakable.mongodb.start(Progress(None))
        wait_until(lambda now=before: len(callers.receipts) > now + 50, 30, "it works again")
    callers.end()
    assert set(callers.refusals) == {"audit_unavailable"}
    assert callers.slowest < BOUND
    assert receipts_are_true(frail, callers)
    assert indexes(frail) == list(range(len(indexes(frail))))
    assert is_intact(frail)
    assert works_again(frail.open())


@pytest.mark.parametrize("together", [1, 3])
def test_a_frozen_database_refuses_in_bounded_time_and_nothing_is_doubled(
    breakable: Parts, frail: Installation, together: int
) -> None:
    """Reads would hang, or a late write would fork the log."""
    audit = frail.open()
    callers = Callers(audit, together)
    wait_until(lambda: len(callers.receipts) >= 100, 30, "entries come")
    breakable.mongodb.pause()
    wait_until(lambda: len(callers.refusals) >= 32, 20, "callers are refused")
    breakable.mongodb.resume()
    before = len(callers.receipts)
    wait_until(lambda: len(callers.receipts) > before + 50, 30, "it works again")
    callers.end()
    assert set(callers.refusals) == {"audit_unavailable"}
    assert callers.slowest < BOUND
    assert receipts_are_true(frail, callers)
    assert indexes(frail) == list(range(len(indexes(frail))))
    assert is_intact(frail)


def test_an_entry_refused_in_the_outage_is_recorded_once_when_sent_again(
    breakable: Parts, frail: Installation
) -> None:
    """The gateway's second try would be recorded as a second look, or be lost."""
    audit = frail.open()
    record(audit, entry())
    given = [entry(), entry(), entry()]
    breakable.mongodb.pause()
    with pytest.raises(CodedError) as refused:
        record(audit, *given)
    assert refused.value.code == "audit_unavailable"
    breakable.mongodb.resume()
    wait_until(lambda: works_again(audit), 15)
    first = record(audit, *given)
    assert record(audit, *given) == first
    ids = [each["leaf"]["entry_id"] for each in frail.database["leaves"].find()]
    assert len(ids) == len(set(ids))
    assert is_intact(frail)


def test_a_stopped_database_makes_the_service_not_ready_and_then_ready_again(
    breakable: Parts, frail: Installation
) -> None:
    """Nobody would see that nothing can be recorded."""
    audit = frail.open()
    record(audit, entry())
    assert audit.ready()
    breakable.mongodb.stop()
    began = time.monotonic()
    assert not audit.ready()
    assert time.monotonic() - began < BOUND
    breakable.mongodb.start(Progress(None))
    assert wait_until(audit.ready, 20)
    assert works_again(audit)
