"""Somebody with all rights on the database changes the log: `ketenaanpak audit verify` says so."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.mongo import Store
from deploy import audit_verification
from services.audit.application import Audit
from services.audit.domain import checkpoint as notes
from services.audit.domain import leaf, tree
from services.audit.domain.checkpoint import Signer
from services.audit.domain.log_check import Report
from services.audit.domain.tree import Frontier
from tests.integration.audit.conftest import Installation, record
from tests.unit.audit.entries import entry, full_entry

ROOT = Path(__file__).parents[3]
COUNT = 40
SIGNED = (8, 20, 33, 38)


@dataclass
class Scene:
    """A log of COUNT entries, signed at the sizes in SIGNED, for a forger to work on."""

    installation: Installation
    file: str

    @property
    def leaves(self) -> Any:
        return self.installation.database["leaves"]

    def change(self, index: int, **members: Any) -> None:
        """Set members of one stored entry."""
        reply = {name.replace("__", "."): value for name, value in members.items()}
        assert self.leaves.update_one({"_id": index}, {"$set": reply}).modified_count == 1

    def rebuild(self, documents: list[dict[str, Any]]) -> None:
        """Put these in place of the log, with every index, commitment and hash made to fit."""
        frontier = Frontier()
        for index, document in enumerate(documents):
            document["_id"] = document["leaf"]["index"] = index
            document["leaf"]["detail"] = leaf.commitment(document["detail"])
            hashed = tree.leaf_hash(leaf.canonical(document["leaf"]))
            document["nodes"] = frontier.append(hashed)
        self.leaves.drop_indexes()
        self.leaves.delete_many({})
        self.leaves.insert_many(documents)

    def documents(self) -> list[dict[str, Any]]:
        return list(self.leaves.find({}, sort=[("_id", 1)]))

    def verify(self, file: str | None = None) -> Report:
        text = self.file if file is None else file
        key = self.installation.signer.public_key
        return audit_verification.verify(self.installation.database, text, key, lambda count: None)


@pytest.fixture
def scene(installation: Installation, audit: Audit) -> Scene:
    for number in range(COUNT):
        record(audit, entry() if number % 3 else full_entry())
        if number + 1 in SIGNED:
            audit.tick()
    return Scene(installation, installation.file.read_text())


def test_an_untouched_log_stands(scene: Scene) -> None:
    """An auditor would be alarmed for nothing."""
    report = scene.verify()
    assert report.is_intact
    assert (report.entries, report.checkpoints, report.stored_checkpoints) == (COUNT, 4, 4)
    assert report.covered == 38


def test_an_old_copy_of_the_file_proves_what_it_covers(scene: Scene) -> None:
    """An auditor who took a copy last month could not use it."""
    old = "\n".join(each.note for each in list(notes.read_notes(scene.file))[:2])
    report = scene.verify(old)
    assert (report.is_intact, report.checkpoints, report.stored_checkpoints) == (True, 2, 4)
    reply = "the first 20 entries, the 18 signed after them rest on the database alone"
    assert dict(report.facts())["held outside"] == reply
    assert dict(scene.verify().facts())["held outside"] == "the first 38 entries"


def test_a_checkpoint_taken_out_of_the_file_is_reported(scene: Scene) -> None:
    """Whoever takes one out would leave a span of entries that nothing outside proves."""
    kept = [each.note for each in notes.read_notes(scene.file) if each.size != 20]
    problems = scene.verify("\n".join(kept)).problems
    assert problems == ("checkpoint at 20 entries: removed from the file",)


def swap(scene: Scene) -> None:
    documents = scene.documents()
    documents[11], documents[12] = documents[12], documents[11]
    documents[11]["_id"], documents[12]["_id"] = 11, 12
    scene.leaves.delete_many({"_id": {"$in": [11, 12]}})
    scene.leaves.insert_many(documents[11:13])


def put_in(scene: Scene) -> None:
    forged = copy.deepcopy(scene.documents()[12])
    forged["leaf"]["entry_id"] = entry()["entry_id"]
    scene.leaves.insert_one({**forged, "_id": 12.5})


SIMPLE: list[tuple[str, Callable[[Scene], object], str]] = [
    (
        "a leaf",
        lambda scene: scene.change(12, leaf__person="p-nobody"),
        "entry 12: was changed, its content does not have its hash",
    ),
    (
        "a detail",
        lambda scene: scene.change(12, detail__decision=b"{}"),
        "entry 12: its detail was changed",
    ),
    (
        "one fragment's level",
        lambda scene: scene.change(12, detail__fragments__0__level="none-at-all"),
        "entry 12: its detail was changed",
    ),
    ("one deleted", lambda scene: scene.leaves.delete_one({"_id": 12}), "entry 12: removed"),
    (
        "the last ten deleted",
        lambda scene: scene.leaves.delete_many({"_id": {"$gte": COUNT - 10}}),
        "entries 30 to 37: cut off, 38 entries were signed and 30 are there",
    ),
    (
        "two swapped",
        swap,
        "entry 11: stands in the place of another, it says that it is entry 12",
    ),
    ("one put in", put_in, "entry 12.5: put in, the log has no such place"),
    (
        "a hash of the tree",
        lambda scene: scene.change(15, nodes__2=bytes(32)),
        "entry 15: the tree's hash of level 2 was changed",
    ),
    (
        "a checkpoint removed",
        lambda scene: scene.installation.database["checkpoints"].delete_one({"_id": 20}),
        "checkpoint at 20 entries: removed from the database",
    ),
    (
        "a checkpoint changed",
        lambda scene: scene.installation.database["checkpoints"].update_one(
            {"_id": 20}, {"$set": {"root": "0" * 64}}
        ),
        "checkpoint at 20 entries (database): not signed with this key",
    ),
    (
        "everything removed",
        lambda scene: scene.leaves.delete_many({}),
        "entries 0 to 37: cut off, 38 entries were signed and 0 are there",
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [each[1:] for each in SIMPLE], ids=[e[0] for e in SIMPLE]
)
def test_a_change_is_named(scene: Scene, change: Callable[[Scene], object], expected: str) -> None:
    """Somebody with the password of the database could rewrite who saw what."""
    change(scene)
    assert expected in scene.verify().problems


def test_an_entry_repeated_as_the_next_one_is_named(scene: Scene) -> None:
    """One look could be made to seem two."""
    scene.leaves.drop_indexes()
    scene.leaves.insert_one({**scene.documents()[5], "_id": COUNT})
    problems = scene.verify().problems
    assert f"entry {COUNT}: was recorded before, it stands in the log twice" in problems


NOT_OURS = "not signed with this key"


def not_signed(interval: str, size: int) -> str:
    """The problem that entries differ from those under the checkpoint of that size."""
    time = "2026-03-02T09:30:00.000000Z"
    return f"{interval}: not those that were signed at {size} entries on {time}"


FORGED: list[tuple[str, Callable[[list[dict[str, Any]]], object], str]] = [
    ("changed", lambda log: log[12]["leaf"].update(person="p-nobody"), "entries 8 to 19"),
    ("detail", lambda log: log[35]["detail"].update(reasons=["other"]), "entries 33 to 37"),
    ("deleted", lambda log: log.pop(2), "entries 0 to 7"),
    ("put in", lambda log: log.insert(21, copy.deepcopy(log[3])), "entries 20 to 32"),
    ("swapped", lambda log: log.insert(30, log.pop(31)), "entries 20 to 32"),
]


@pytest.mark.parametrize(
    ("change", "interval"), [each[1:] for each in FORGED], ids=[each[0] for each in FORGED]
)
def test_a_forger_who_makes_all_hashes_fit_is_found_by_the_file(
    scene: Scene, change: Callable[[list[dict[str, Any]]], object], interval: str
) -> None:
    """Who knows the format could rewrite the log and leave no trace in it."""
    documents = scene.documents()
    change(documents)
    scene.rebuild(documents)
    size = int(interval.split()[-1]) + 1
    assert scene.verify().problems[-1] == not_signed(interval, size)


def test_a_forger_with_a_key_of_his_own_is_found(scene: Scene) -> None:
    """Who replaces log and checkpoints could sign them himself."""
    documents = scene.documents()
    documents[12]["leaf"]["person"] = "p-nobody"
    scene.rebuild(documents)
    forger = Signer(scene.installation.signer.origin, Ed25519PrivateKey.generate())
    frontier, forged = Frontier(), []
    times = {each.size: each.time for each in notes.read_notes(scene.file)}
    for document in documents:
        frontier.append(document["nodes"][0])
        if frontier.size in SIGNED:
            forged.append(forger.sign(frontier.head, times[frontier.size]))
    put(scene.installation.database, forged)
    by_another_key = [f"checkpoint at {size} entries (database): {NOT_OURS}" for size in SIGNED]
    assert scene.verify().problems == (
        *by_another_key,
        *(f"checkpoint at {size} entries: removed from the database" for size in SIGNED),
        not_signed("entries 8 to 19", 20),
    )
    assert scene.verify("\n".join(each.note for each in forged)).problems == (
        *(f"checkpoint at {size} entries (file): {NOT_OURS}" for size in SIGNED),
        *by_another_key,
        "checkpoints: none in the file and none in the database, nothing proves these entries",
    )


def put(database: Store, checkpoints: list[notes.Checkpoint]) -> None:
    database["checkpoints"].delete_many({})
    for each in checkpoints:
        members = each.as_json()
        database["checkpoints"].insert_one({"_id": members.pop("size"), **members})


def test_a_log_cut_off_and_grown_again_is_found_by_the_file(scene: Scene) -> None:
    """A bad evening could be replaced by an innocent one, checkpoints in the database and all."""
    scene.rebuild(scene.documents()[:25])
    scene.installation.database["checkpoints"].delete_many({"_id": {"$gt": 25}})
    scene.installation.file.unlink()
    again = scene.installation.open(lost_at=20)
    for _ in range(3):
        record(again, *(entry() for _ in range(6)))
        again.tick()
    assert scene.verify().problems == (
        "checkpoint at 33 entries: removed from the database",
        "checkpoint at 38 entries: removed from the database",
        "checkpoint at 31 entries: removed from the file",
        "checkpoint at 37 entries: removed from the file",
        not_signed("entries 20 to 32", 33),
    )


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (lambda text: "", ("checkpoint file: holds none of the 4 of the database",)),
        (
            lambda text: text + "garbage",
            ("checkpoint file: line 28 does not begin a checkpoint",),
        ),
        (
            lambda text: text.replace("\n20\n", "\n21\n"),
            (
                f"checkpoint at 21 entries (file): {NOT_OURS}",
                "checkpoint at 20 entries: removed from the file",
            ),
        ),
        (
            lambda text: "\n".join(each.note for each in list(notes.read_notes(text))[::-1]),
            tuple(
                f"checkpoint at {size} entries (file): older than the one before it"
                for size in (33, 20, 8)
            ),
        ),
    ],
    ids=["emptied", "damaged", "changed", "turned round"],
)
def test_a_file_that_was_tampered_with_is_reported(
    scene: Scene, file: Callable[[str], str], expected: tuple[str, ...]
) -> None:
    """The file itself would be the weak spot."""
    assert scene.verify(file(scene.file)).problems == expected


def run(scene: Scene, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an auditor runs it, with a copy of the file and the key."""
    (folder / "held.txt").write_text(scene.file)
    (folder / "key.pem").write_text(notes.public_pem(scene.installation.signer.public_key))
    url = scene.installation.runtime.config.mongo_url.replace(
        "/?", f"/{scene.installation.database.name}?authSource=admin&"
    )
    given = ("--checkpoints", str(folder / "held.txt"), "--public-key", str(folder / "key.pem"))
    return subprocess.run(
        [sys.executable, "-m", "ops.cli", "audit", "verify", *given, *arguments],
        env={**os.environ, "KETENAANPAK_MONGO_URL": url, "COLUMNS": "200"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_says_what_it_checked_and_ends_well(scene: Scene, tmp_path: Path) -> None:
    """An auditor would not know whether anything was checked at all."""
    ended = run(scene, tmp_path)
    assert ended.returncode == 0, ended.stderr
    frontier = Frontier()
    for document in scene.documents():
        frontier.append(document["nodes"][0])
    for reply in (
        "40 (leaf, detail and hashes of each computed again)",
        "4 in the file, 4 stored",
        "the first 38 entries, 2 not yet",
        "2026-03-02T09:30:00.000000Z to 2026-03-02T09:30:00.000000Z",
        frontier.head.root.hex(),
        "the record stands",
    ):
        assert reply in ended.stdout


def test_the_command_names_the_entry_and_fails(scene: Scene, tmp_path: Path) -> None:
    """A nightly check would go on in silence."""
    scene.change(12, leaf__person="p-nobody")
    ended = run(scene, tmp_path)
    assert ended.returncode == 1
    assert "entry 12: was changed" in ended.stdout
    assert "the record is broken" in ended.stdout


def test_the_command_reports_a_file_that_is_gone(scene: Scene, tmp_path: Path) -> None:
    """Who removes the file would turn an alarm into a mistake of the auditor's."""
    ended = run(scene, tmp_path, "--checkpoints", "nowhere.txt")
    assert ended.returncode == 1
    assert "checkpoint file: nowhere.txt is not there" in ended.stdout
    assert "holds none of the 4 of the database" in ended.stdout
    assert "the record is broken" in ended.stdout


def test_entries_of_which_none_was_ever_signed_do_not_pass(scene: Scene) -> None:
    """Who removes every checkpoint, here and there, would leave a log that anybody can rewrite."""
    put(scene.installation.database, [])
    assert scene.verify("").problems == (
        "checkpoints: none in the file and none in the database, nothing proves these entries",
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--public-key", "README.md"), "README.md holds no Ed25519 public key in PEM"),
        (
            ("--mongo-url", "mongodb://127.0.0.1:1/audit"),
            "the database could not be read (ServerSelectionTimeoutError)",
        ),
    ],
)
def test_the_command_says_what_is_missing_and_what_to_do(
    scene: Scene, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """An auditor would look at a traceback."""
    ended = run(scene, tmp_path, *arguments)
    assert ended.returncode == 1
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr
