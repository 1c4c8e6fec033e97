"""Reading a log to its end: every kind of change is found, and named as exactly as can be."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.domain import leaf, tree
from services.audit.domain.checkpoint import Checkpoint, Signer
from services.audit.domain.entry import read_entry
from services.audit.domain.log_check import MAX_PROBLEMS, LogCheck, Report
from services.audit.domain.tree import Frontier
from tests.unit.audit.entries import entry

Documents = list[dict[str, Any]]

COUNT = 37
SIGNED = (1, 10, 16, 29, 35)
SIGNER = Signer("sample-log", Ed25519PrivateKey.generate())


def a_log() -> tuple[Documents, dict[int, Checkpoint]]:
    """A log of COUNT entries, and checkpoints at the sizes in SIGNED."""
    frontier, documents, checkpoints = Frontier(), [], {}
    for number in range(COUNT):
        sealed = leaf.commit_detail(read_entry(entry()), bytes([number] * 32))
        moment = f"2026-03-02T09:30:{number:02d}.000000Z"
        documents.append(leaf.append_entry(sealed, frontier, moment))
        if frontier.size in SIGNED:
            checkpoints[frontier.size] = SIGNER.sign(frontier.head, moment)
    return documents, checkpoints


LOG, CHECKPOINTS = a_log()


def read(documents: Documents, held: Any = None, stored: Any = None) -> Report:
    """The report on documents in the order in which a database gives them."""
    held = CHECKPOINTS if held is None else held
    reading = LogCheck(held, held if stored is None else stored, [])
    for document in sorted(documents, key=lambda each: float(each["_id"])):
        reading.add(document)
    return reading.finish()


def rehash(documents: Documents) -> None:
    """What a skilled forger does: make the index, each hash and each commitment fit again."""
    frontier = Frontier()
    for index, document in enumerate(documents):
        document["_id"] = document["leaf"]["index"] = index
        document["leaf"]["detail"] = leaf.commitment(document["detail"])
        document["nodes"] = frontier.append(tree.leaf_hash(leaf.canonical(document["leaf"])))


def tampered(change: Callable[[Documents], object]) -> Report:
    documents = copy.deepcopy(LOG)
    change(documents)
    return read(documents)


def test_an_untouched_log_stands_and_the_report_says_what_was_checked() -> None:
    """An auditor would be alarmed for nothing, or not know what was checked."""
    report = read(LOG)
    assert report.is_intact
    assert report == Report(
        entries=COUNT,
        size=COUNT,
        checkpoints=len(SIGNED),
        stored_checkpoints=len(SIGNED),
        covered=35,
        held=35,
        first="2026-03-02T09:30:00.000000Z",
        last="2026-03-02T09:30:36.000000Z",
        root=report.root,
        problems=(),
        more_problems=0,
    )
    assert dict(report.facts()) == {
        "entries": "37 (leaf, detail and hashes of each computed again)",
        "recorded": "2026-03-02T09:30:00.000000Z to 2026-03-02T09:30:36.000000Z",
        "checkpoints": "5 in the file, 5 stored",
        "signed": "the first 35 entries, 2 not yet",
        "held outside": "the first 35 entries",
        "root": report.root,
    }


def test_an_empty_log_stands() -> None:
    """A platform that was just started would seem broken."""
    report = read([], held={})
    assert (report.is_intact, report.entries, report.covered) == (True, 0, 0)


@pytest.mark.parametrize("index", [0, 7, 15, 16, 36])
@pytest.mark.parametrize("member", ["person", "outcome", "time", "agreement"])
def test_a_changed_leaf_is_named(index: int, member: str) -> None:
    """Who looked at a case could be rewritten."""
    report = tampered(lambda log: log[index]["leaf"].update({member: "another"}))
    assert report.problems == (f"entry {index}: was changed, its content does not have its hash",)


def test_a_member_put_into_a_leaf_or_an_entry_is_named() -> None:
    """A log could be made to seem to hold more than it did."""
    report = tampered(lambda log: log[3]["leaf"].update({"note": "x"}))
    assert report.problems == ("entry 3: was changed, its content does not have its hash",)
    report = tampered(lambda log: log[3].update({"note": "x"}))
    assert report.problems == ("entry 3: has other members than an entry has",)


@pytest.mark.parametrize(
    "change",
    [
        {"decision": b'{"input":{},"result":{}}'},
        {"case_persons": []},
        {"fragments": []},
        {"reasons": []},
        {"salt": bytes(32)},
        {"salt": 10**12},
        {"decision": None},
        {"more": 1},
    ],
)
def test_a_changed_detail_is_named(change: dict[str, Any]) -> None:
    """What a person was shown could be rewritten."""
    report = tampered(lambda log: log[12]["detail"].update(change))
    assert report.problems == ("entry 12: its detail was changed",)


def test_a_removed_detail_is_named() -> None:
    """What a person was shown could be made to vanish."""
    report = tampered(lambda log: log[12].update({"detail": None}))
    assert report.problems == ("entry 12: its detail was removed",)


@pytest.mark.parametrize("index", [0, 7, 16, 30])
def test_a_removed_entry_is_named_and_the_rest_still_checked(index: int) -> None:
    """A look at a file could be made never to have happened."""
    report = tampered(lambda log: log.pop(index))
    assert report.problems == (f"entry {index}: removed",)
    assert report.entries == COUNT - 1


def test_a_removed_entry_hides_no_change_elsewhere() -> None:
    """One known loss would excuse everything else."""
    documents = copy.deepcopy(LOG)
    documents[20]["leaf"]["person"] = "another"
    documents[2]["leaf"]["person"] = "another"
    del documents[7]
    assert read(documents).problems == (
        "entry 2: was changed, its content does not have its hash",
        "entry 7: removed",
        "entry 20: was changed, its content does not have its hash",
    )


def test_the_last_entries_cut_off_are_named() -> None:
    """A bad evening could be made to end the log."""
    report = tampered(lambda log: log.__delitem__(slice(-10, None)))
    assert report.problems == (
        "entries 27 to 34: cut off, 35 entries were signed and 27 are there",
    )


def test_everything_removed_is_named() -> None:
    """An emptied database would look like a new one."""
    assert tampered(lambda log: log.clear()).problems == (
        "entries 0 to 34: cut off, 35 entries were signed and 0 are there",
    )


def test_two_entries_that_changed_places_are_named() -> None:
    """Who knew first could be turned round."""

    def swap(log: Documents) -> None:
        log[5]["_id"], log[6]["_id"] = 6, 5

    report = tampered(swap)
    assert not report.is_intact
    for here, there in ((5, 6), (6, 5)):
        moved = f"entry {here}: stands in the place of another, it says that it is entry {there}"
        assert moved in report.problems


def test_contents_that_changed_places_are_named() -> None:
    """The same, by somebody who leaves the hashes in their places."""

    def swap(log: Documents) -> None:
        for part in ("leaf", "detail"):
            log[5][part], log[6][part] = log[6][part], log[5][part]

    report = tampered(swap)
    assert {problem.split(":")[0] for problem in report.problems} == {"entry 5", "entry 6"}


@pytest.mark.parametrize("place", [-1, 5.5, 10**15, True])
def test_an_entry_put_in_where_there_is_no_place_is_named(place: Any) -> None:
    """Something could be added that never happened."""
    if place is True:
        documents = [{**copy.deepcopy(LOG[1]), "_id": True}, *(LOG[:1] + LOG[2:])]
        report = read(documents)
        assert report.problems[0].startswith("entry True: put in")
        return
    report = tampered(lambda log: log.append({**copy.deepcopy(log[5]), "_id": place}))
    assert report.problems == (f"entry {place}: put in, the log has no such place",)


def test_an_entry_repeated_at_the_end_is_named() -> None:
    """One look could be made to seem two."""
    report = tampered(lambda log: log.append({**copy.deepcopy(log[5]), "_id": COUNT}))
    assert (
        f"entry {COUNT}: stands in the place of another, it says that it is entry 5"
        in report.problems
    )
    assert f"entry {COUNT}: was recorded before, it stands in the log twice" in report.problems


@pytest.mark.parametrize("level", [0, 1, 2, 4])
def test_a_changed_hash_of_the_tree_is_named(level: int) -> None:
    """A forger could prepare the ground unseen, or proofs would stop to work."""

    def change(log: Documents) -> None:
        log[15]["nodes"][level] = bytes(32)

    report = tampered(change)
    wanted = "was changed, its content" if level == 0 else f"hash of level {level} was changed"
    assert wanted in report.problems[0]
    assert report.problems[0].startswith("entry 15: ")


@pytest.mark.parametrize("nodes", [None, [], "x", [b"x"], [1]])
def test_hashes_of_the_tree_that_are_none_are_named(nodes: Any) -> None:
    """A damaged entry would break the tool instead of being reported."""
    report = tampered(lambda log: log[4].update({"nodes": nodes}))
    assert report.problems[0].startswith("entry 4: ")


def test_superfluous_hashes_are_named() -> None:
    """Something could be hidden in the log."""
    report = tampered(lambda log: log[4]["nodes"].append(bytes(32)))
    assert report.problems == ("entry 4: has more hashes of the tree than end with it",)


@pytest.mark.parametrize(
    ("change", "interval"),
    [
        (lambda log: log[12]["leaf"].update({"person": "another"}), "entries 10 to 15"),
        (lambda log: log[0]["leaf"].update({"person": "another"}), "entry 0"),
        (lambda log: log[20]["detail"].update({"reasons": ["x"]}), "entries 16 to 28"),
        (lambda log: log.insert(30, copy.deepcopy(log[2])), "entries 29 to 34"),
        (lambda log: log.pop(30), "entries 29 to 34"),
        (lambda log: log.insert(17, log.pop(18)), "entries 16 to 28"),
    ],
    ids=["changed", "changed first", "changed detail", "put in", "removed", "swapped"],
)
def test_who_makes_everything_fit_again_is_found_by_the_checkpoints(
    change: Callable[[Documents], object], interval: str
) -> None:
    """A forger who knows the format would go unnoticed."""

    def forge(log: Documents) -> None:
        change(log)
        rehash(log)

    report = tampered(forge)
    size = 1 if interval == "entry 0" else int(interval.split()[-1]) + 1
    reply = f"{interval}: not those that were signed at {size} entries on "
    assert [problem for problem in report.problems if problem.startswith(reply)]


def test_a_log_cut_off_and_grown_again_is_found() -> None:
    """A bad evening could be replaced by an innocent one."""
    documents = copy.deepcopy(LOG[:27])
    documents += copy.deepcopy(a_log()[0][27:])
    rehash(documents)
    (problem,) = read(documents).problems
    assert problem.startswith("entries 16 to 28: not those that were signed at 29 entries on ")


def test_a_checkpoint_only_the_database_holds_is_compared_too() -> None:
    """An auditor with an old copy of the file would learn less than the database can show."""
    documents = copy.deepcopy(LOG)
    documents[33]["leaf"]["person"] = "another"
    rehash(documents)
    old = {size: CHECKPOINTS[size] for size in (1, 10)}
    assert read(documents, held=old, stored=old).is_intact
    assert not read(documents, held=old, stored=CHECKPOINTS).is_intact


def test_the_database_cannot_overrule_the_file() -> None:
    """Who can sign today could put a new checkpoint over one that an auditor holds."""
    documents = copy.deepcopy(LOG)
    documents[12]["leaf"]["person"] = "another"
    rehash(documents)
    frontier = Frontier()
    for document in documents[:16]:
        frontier.append(document["nodes"][0])
    forged = {16: SIGNER.sign(frontier.head, CHECKPOINTS[16].time)}
    held = {16: CHECKPOINTS[16]}
    (problem,) = read(documents, held=held, stored=forged).problems
    assert problem.startswith("entries 0 to 15: not those that were signed at 16 entries on ")


def test_of_a_great_many_problems_some_are_named_and_the_others_counted() -> None:
    """A wrecked log would scroll for hours."""
    documents = [{"_id": -number} for number in range(1, MAX_PROBLEMS + 8)]
    report = read([*documents, *LOG])
    assert (len(report.problems), report.more_problems) == (MAX_PROBLEMS, 7)
    assert not report.is_intact


@pytest.mark.parametrize("leaf_", [None, [], {}, {"index": {}, "entry_id": 5, "recorded": 7}])
def test_an_entry_that_is_none_does_not_stop_the_reading(leaf_: Any) -> None:
    """One damaged entry would hide all that come after it."""
    documents = copy.deepcopy(LOG)
    documents[9]["leaf"] = leaf_
    documents[20]["leaf"]["person"] = "another"
    problems = read(documents).problems
    assert "entry 9: was changed, its content does not have its hash" in problems
    assert problems[-1] == "entry 20: was changed, its content does not have its hash"
