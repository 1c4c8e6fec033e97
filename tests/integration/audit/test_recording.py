"""Recording on the real database: durable, once, in order, all or none."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.errors import CodedError
from contracts.rpc.audit import RecordReply
from services.audit.application import Audit
from services.audit.checkpoint_publisher import HistoryChanged
from services.audit.domain import tree
from tests.integration.audit.conftest import Installation, question, record
from tests.unit.audit.entries import entry, full_entry, new_id


def indexes(installation: Installation) -> list[int]:
    """The indexes in the log, in order."""
    return [
        each["_id"]
        for each in installation.database["leaves"].find({}, {"_id": 1}, sort=[("_id", 1)])
    ]


def is_intact(installation: Installation) -> bool:
    """Whether the stored hashes are those of the leaves, from the first to the last."""
    frontier = tree.Frontier()
    for document in installation.database["leaves"].find({}, {"nodes": 1}, sort=[("_id", 1)]):
        if frontier.append(document["nodes"][0]) != document["nodes"]:
            return False
    return True


def test_entries_get_places_one_after_the_other(installation: Installation, audit: Audit) -> None:
    """A receipt would not say where the entry is."""
    given = [entry() for _ in range(5)]
    receipts = record(audit, given[0]) + record(audit, *given[1:])
    assert RecordReply().validate({"receipts": receipts}) == {}
    assert [receipt["entry_id"] for receipt in receipts] == [each["entry_id"] for each in given]
    assert [receipt["index"] for receipt in receipts] == [0, 1, 2, 3, 4] == indexes(installation)
    found = audit.search(question(limit=10))["entries"]
    assert [each["leaf_hash"] for each in found] == [each["leaf_hash"] for each in receipts]


def test_what_was_recorded_comes_back_whole(audit: Audit) -> None:
    """The record could not be used to decide again what was decided."""
    given = full_entry()
    (receipt,) = record(audit, given)
    (found,) = audit.search(question(detail=True))["entries"]
    place = {"index": 0, "leaf_hash": receipt["leaf_hash"]}
    assert found == {**given, "time": "2026-03-02T09:30:00.000000Z", **place}


def test_the_same_entry_again_answers_the_first_receipt(
    installation: Installation, audit: Audit
) -> None:
    """A gateway that asks again after a timeout would record a second look at the file."""
    first, second, third = entry(), entry(), entry()
    reply = record(audit, first, second)
    record(audit, third)
    assert record(audit, copy.deepcopy(first)) == reply[:1]
    assert record(audit, second, entry(), first)[::2] == reply[::-1]
    assert record(installation.open(), first, second) == reply
    assert indexes(installation) == [0, 1, 2, 3]


def test_the_same_entry_twice_in_one_request_is_one_entry(
    installation: Installation, audit: Audit
) -> None:
    """One look at a file would be recorded as two."""
    given = entry()
    receipts = record(audit, given, copy.deepcopy(given))
    assert receipts[0] == receipts[1]
    assert indexes(installation) == [0]


def test_an_id_used_again_for_something_else_is_refused(
    installation: Installation, audit: Audit
) -> None:
    """Content would leave with a receipt that is for another decision."""
    given = entry()
    record(audit, given)
    clashes = [
        [{**given, "outcome": "denied"}],
        [entry(), {**given, "reasons": ["other"]}],
        [{**(other := entry()), "outcome": "error"}, other],
    ]
    for entries in clashes:
        with pytest.raises(CodedError) as refused:
            record(audit, *entries)
        assert refused.value.code == "idempotency_key_reused"
    assert indexes(installation) == [0]


def test_an_invalid_entry_takes_the_others_of_its_request_with_it(
    installation: Installation, audit: Audit
) -> None:
    """Half of a page would be recorded, and none of it shown."""
    with pytest.raises(CodedError, match="validation_failed"):
        record(audit, entry(), entry(outcome="perhaps"))
    assert indexes(installation) == []


def test_two_thousand_at_once_are_all_kept_in_one_gapless_log(
    installation: Installation, audit: Audit
) -> None:
    """On a busy morning looks at files would be lost or overwrite each other."""
    given = [entry() for _ in range(2000)]
    with ThreadPoolExecutor(64) as pool:
        receipts = [reply for (reply,) in pool.map(lambda each: record(audit, each), given)]
    assert (
        sorted(receipt["index"] for receipt in receipts)
        == list(range(2000))
        == indexes(installation)
    )
    assert [reply["entry_id"] for reply in receipts] == [each["entry_id"] for each in given]
    kept = {
        each["leaf"]["entry_id"]: each["_id"] for each in installation.database["leaves"].find()
    }
    assert kept == {reply["entry_id"]: reply["index"] for reply in receipts}
    assert is_intact(installation)


def test_two_processes_on_one_log_take_turns(installation: Installation) -> None:
    """A second copy of the service would fork the log."""
    one, other = installation.open(), installation.open()
    given = [[entry() for _ in range(1 + number % 3)] for number in range(300)]

    def send(number: int) -> list[int]:
        receipts = record((one, other)[number % 2], *given[number])
        return [receipt["index"] for receipt in receipts]

    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(send, range(300)))
    taken = sorted(place for each in places for place in each)
    assert taken == list(range(600)) == indexes(installation)
    assert all(each == list(range(each[0], each[0] + len(each))) for each in places)
    assert is_intact(installation)
    assert len(record(installation.open(), entry())) == 1


def test_the_same_entry_sent_to_two_processes_is_recorded_once(installation: Installation) -> None:
    """A request that was sent again would be recorded twice when the first was only slow."""
    one, other = installation.open(), installation.open()
    given = [entry() for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        firsts = pool.map(lambda each: record(one, each), given)
        seconds = pool.map(lambda each: record(other, each), given)
        assert list(firsts) == list(seconds)
    assert indexes(installation) == list(range(40))


def test_a_restarted_process_goes_on_from_a_few_entries(installation: Installation) -> None:
    """After a restart the log would begin anew, or take minutes to read."""
    audit = installation.open()
    for size in (1, 2, 4, 30, 90):
        record(audit, *(entry() for _ in range(size)))
        audit = installation.open()
    database = installation.database
    database.command("profile", 2)
    try:
        assert record(audit, entry())[0]["index"] == 127
    finally:
        database.command("profile", 0)
    looked = database["system.profile"].find({"ns": f"{database.name}.leaves", "op": "query"})
    assert sum(each["docsExamined"] for each in looked) < 20
    assert is_intact(installation)


def test_nothing_is_added_to_a_log_that_lost_its_end(
    installation: Installation, audit: Audit
) -> None:
    """The service itself would overwrite the traces of what was cut off."""
    record(audit, *(entry() for _ in range(20)))
    audit.tick()
    installation.database["leaves"].delete_many({"_id": {"$gte": 15}})
    with pytest.raises(HistoryChanged):
        audit.tick()
    for process in (audit, installation.open()):
        for _ in range(2):
            with pytest.raises(CodedError) as refused:
                record(process, entry(), entry())
            assert refused.value.code == "audit_unavailable"
        assert not process.ready()
    assert indexes(installation) == list(range(15))


def test_nothing_is_added_to_a_log_that_was_rewritten(
    installation: Installation, audit: Audit
) -> None:
    """A forger who restarts the service would have his log continued and signed."""
    record(audit, *(entry() for _ in range(20)))
    audit.tick()
    installation.database["leaves"].update_one({"_id": 15}, {"$set": {"nodes.4": bytes(32)}})
    process = installation.open()
    assert not process.ready()
    with pytest.raises(CodedError) as refused:
        record(process, entry())
    assert refused.value.code == "audit_unavailable"


def test_every_event_that_the_log_lacks_is_returned(audit: Audit) -> None:
    """An event lost on the way would never be sent again."""
    given = [entry(), entry()]
    record(audit, *given)
    lost = [new_id(), new_id()]
    assert audit.lacking([lost[0], given[0]["entry_id"], lost[1], given[1]["entry_id"]]) == lost
    assert audit.lacking([]) == []
