"""Events wait in the outbox until everybody has them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from chassis.mongo import transaction
from chassis.outbox import Outbox, OutboxRow
from chassis.runtime import Runtime


def event(number: int, subject: str = "case-1") -> dict[str, Any]:
    """An event in the envelope of the platform."""
    return {
        "specversion": "1.0",
        "id": f"e-{number:03}",
        "source": "intake",
        "type": "referral_submitted",
        "subject": subject,
        "time": "2025-03-01T09:30:00Z",
        "data": {"number": number},
    }


def add(runtime: Runtime, *events: dict[str, Any]) -> None:
    """Add each event in a transaction of its own."""
    for one in events:
        with transaction(runtime.database) as session:
            runtime.outbox.add(one, session)


def ids(rows: list[OutboxRow]) -> list[str]:
    """The ids of rows, in their order."""
    return [row.id for row in rows]


def test_an_event_is_seen_with_its_commit_and_never_without(runtime: Runtime) -> None:
    """Others would otherwise be told of what was rolled back."""
    woken: list[int] = []
    runtime.outbox.wake_with(lambda: woken.append(len(runtime.outbox.claim("me"))))

    def refused_halfway() -> None:
        with transaction(runtime.database) as session:
            runtime.outbox.add(event(1), session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_halfway()
    assert runtime.outbox.claim("me") == []
    assert woken == []
    with transaction(runtime.database) as session:
        runtime.outbox.add(event(1), session)
        runtime.outbox.add(event(2), session)
        assert runtime.outbox.claim("me") == []
    assert woken == [2]
    assert runtime.outbox.depth() == 2


def test_a_row_carries_the_event_as_it_was_given(runtime: Runtime) -> None:
    """A subscriber would otherwise get another event than the one that was kept."""
    add(runtime, event(1))
    (row,) = runtime.outbox.claim("me")
    assert (row.id, row.source, row.type, row.subject) == (
        "e-001",
        "intake",
        "referral_submitted",
        "case-1",
    )
    assert json.loads(row.body) == event(1)


def test_an_event_without_its_envelope_is_refused_where_it_is_made(runtime: Runtime) -> None:
    """A broken event would otherwise be found by each of its subscribers."""
    broken = event(1)
    del broken["subject"]
    with (
        transaction(runtime.database) as session,
        pytest.raises(ValueError, match="an event needs subject"),
    ):
        runtime.outbox.add(broken, session)


def test_events_come_oldest_first_and_leave_when_sent(runtime: Runtime) -> None:
    """A case would otherwise be taken on an agenda before it was referred."""
    add(runtime, *(event(number) for number in range(25)))
    assert ids(runtime.outbox.claim("me", limit=10)) == [f"e-{n:03}" for n in range(10)]
    runtime.outbox.mark_sent([f"e-{n:03}" for n in range(10)])
    assert ids(runtime.outbox.claim("me")) == [f"e-{n:03}" for n in range(10, 25)]
    assert runtime.outbox.depth() == 15


def test_one_relay_at_a_time_has_the_rows(runtime: Runtime) -> None:
    """Two replicas would otherwise publish the events of a case in each other's way."""
    add(runtime, event(1), event(2))
    mine, theirs = runtime.outbox, Outbox(runtime.database)
    assert ids(mine.claim("me")) == ["e-001", "e-002"]
    assert theirs.claim("other") == []
    assert ids(mine.claim("me")) == ["e-001", "e-002"]
    mine.release("me")
    assert ids(theirs.claim("other")) == ["e-001", "e-002"]
    assert mine.claim("me") == []


def test_the_rows_of_a_dead_relay_pass_to_another(runtime: Runtime) -> None:
    """Events would otherwise wait for a machine that never comes back."""
    add(runtime, event(1))
    assert ids(runtime.outbox.claim("dead", seconds=-1.0)) == ["e-001"]
    assert ids(Outbox(runtime.database).claim("alive")) == ["e-001"]


def test_what_was_sent_is_looked_after_until_it_is_settled(runtime: Runtime) -> None:
    """An event that the broker lost would otherwise be lost."""
    outbox = runtime.outbox
    add(runtime, event(1), event(2), event(3))
    outbox.mark_sent(["e-001", "e-002"])
    assert outbox.unsettled("me", older_than_seconds=60) == []
    assert sorted(ids(outbox.unsettled("me", older_than_seconds=0))) == ["e-001", "e-002"]
    assert Outbox(runtime.database).unsettled("other", older_than_seconds=0) == []
    outbox.mark_settled(["e-001", "e-003"])
    assert ids(outbox.unsettled("me", older_than_seconds=0)) == ["e-002"]
    assert ids(outbox.claim("me")) == ["e-003"]


def test_an_event_that_stays_lacking_is_looked_at_ever_less_often(runtime: Runtime) -> None:
    """A subscriber that is away would otherwise find thousands of copies when it is back."""
    outbox = runtime.outbox
    add(runtime, event(1))
    outbox.mark_sent(["e-001"])
    pauses = []
    for _ in range(9):
        before = datetime.now(UTC)
        outbox.mark_checked(["e-001"])
        row = runtime.database.outbox.find_one({"_id": "e-001"})
        assert row is not None
        pauses.append(round((row["next_check"] - before).total_seconds()))
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert outbox.unsettled("me", older_than_seconds=0) == []


def test_settled_events_are_deleted_thirty_days_later(runtime: Runtime) -> None:
    """The outbox would otherwise grow without end."""
    add(runtime, event(1))
    runtime.outbox.mark_sent(["e-001"])
    runtime.outbox.mark_settled(["e-001"])
    row = runtime.database.outbox.find_one({"_id": "e-001"})
    assert row is not None
    assert datetime.now(UTC) - row["settled_at"] < timedelta(minutes=1)
    expiry = runtime.database.outbox.index_information()["settled_at_1"]["expireAfterSeconds"]
    assert expiry == 30 * 24 * 3600


def test_an_event_added_twice_rolls_its_transaction_back(runtime: Runtime) -> None:
    """Two different events could otherwise hide behind one id."""
    add(runtime, event(1))
    with pytest.raises(DuplicateKeyError):
        add(runtime, {**event(1), "subject": "case-2"})
    (row,) = runtime.outbox.claim("me")
    assert row.subject == "case-1"
