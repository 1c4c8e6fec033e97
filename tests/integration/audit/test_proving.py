"""Checkpoints and proofs: what an auditor can check alone, and what nobody gets signed."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.errors import CodedError
from contracts.rpc.audit import CheckpointsReply, ProofReply
from services.audit.application import Audit
from services.audit.checkpoint_publisher import CheckpointInterval, HistoryChanged
from services.audit.domain import checkpoint as notes
from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, Signer
from services.audit.store import LogDamaged
from tests.integration.audit.conftest import Installation, question, record
from tests.unit.audit.entries import entry

BRUGGE = ["sample-brugge"]


def fill(audit: Audit, count: int) -> None:
    record(audit, *(entry() for _ in range(count)))


def held(installation: Installation) -> list[Checkpoint]:
    """What the file outside the database holds."""
    return list(notes.read_notes(installation.file.read_text()))


def proof(audit: Audit, index: int, size: int | None = None) -> dict[str, Any]:
    answer = audit.proof({"agreements": BRUGGE, "index": index, "size": size})
    assert ProofReply().validate(answer) == {}
    return answer


def stored(installation: Installation) -> list[int]:
    return [each["_id"] for each in installation.database["checkpoints"].find(sort=[("_id", 1)])]


def test_checkpoints_are_made_when_something_is_new(
    installation: Installation, audit: Audit
) -> None:
    """An auditor's copy would fall behind, or fill with repetitions."""
    audit.tick()
    assert held(installation) == [] == stored(installation)
    fill(audit, 3)
    audit.tick()
    audit.tick()
    installation.clock.advance(timedelta(seconds=5))
    fill(audit, 4)
    audit.tick()
    assert [each.size for each in held(installation)] == [3, 7] == stored(installation)
    assert [each.time[:19] for each in held(installation)] == [
        "2026-03-02T09:30:00",
        "2026-03-02T09:30:05",
    ]
    assert all(notes.is_signed(each, installation.signer.public_key) for each in held(installation))


def test_checkpoints_wait_for_their_rhythm(installation: Installation) -> None:
    """Each look at a file would cost a signature and a write to disk."""
    audit = installation.open(CheckpointInterval(entries=5, seconds=3600))
    fill(audit, 1)
    audit.tick()  # the first is made at once: a log without any proves nothing
    fill(audit, 4)
    audit.tick()
    assert stored(installation) == [1]
    fill(audit, 1)
    audit.tick()
    assert stored(installation) == [1, 6]


def test_an_auditor_gets_pages_of_checkpoints_and_the_key(
    installation: Installation, audit: Audit
) -> None:
    """An auditor could not fetch what has to be held elsewhere."""
    for _ in range(5):
        fill(audit, 2)
        audit.tick()
    first = audit.checkpoints(None, 3)
    rest = audit.checkpoints(first["next"], 3)
    assert CheckpointsReply().validate(first) == {}
    assert [each["size"] for each in first["checkpoints"]] == [10, 8, 6]
    assert [each["size"] for each in rest["checkpoints"]] == [4, 2]
    assert (first["next"], rest["next"]) == (6, None)
    reply = [Checkpoint(**each) for each in first["checkpoints"] + rest["checkpoints"]]
    assert reply[::-1] == held(installation)
    key = notes.public_key(first["public_key"])
    assert all(notes.is_signed(each, key) for each in reply)


def test_an_entry_is_proved_with_nothing_but_hashes(audit: Audit) -> None:
    """An auditor would have to believe us."""
    receipts = record(audit, *(entry() for _ in range(11)))
    audit.tick()
    fill(audit, 9)
    audit.tick()
    for index in range(11):
        for size in (11, 20, None):
            reply = proof(audit, index, size)
            leaf = reply["leaf"].encode()
            hashed = sha256(b"\x00" + leaf).digest()
            assert hashed.hex() == reply["leaf_hash"] == receipts[index]["leaf_hash"]
            path = [bytes.fromhex(step) for step in reply["path"]]
            checkpoint = Checkpoint(**reply["checkpoint"])
            assert checkpoint.size == reply["size"] == (size or 20)
            assert tree.is_included(hashed, index, path, checkpoint.head)
            assert rfc8785.dumps(json.loads(leaf)) == leaf


def test_an_entry_of_just_now_is_signed_to_be_proved(installation: Installation) -> None:
    """An auditor would have to wait without knowing how long."""
    audit = installation.open(CheckpointInterval(entries=1000, seconds=3600))
    fill(audit, 1)
    audit.tick()
    fill(audit, 4)
    reply = proof(audit, 4)
    assert reply["size"] == 5
    assert [each.size for each in held(installation)] == [1, 5]


@pytest.mark.parametrize(("index", "size"), [(99, None), (0, 3), (0, 99), (4, 4), (5, None)])
def test_what_cannot_be_proved_is_not_found(audit: Audit, index: int, size: int | None) -> None:
    """An auditor would be given a proof of nothing, or of another region's entry."""
    fill(audit, 4)
    audit.tick()
    record(audit, entry(), entry(agreement="sample-kortrijk"))
    audit.tick()
    with pytest.raises(CodedError) as refused:
        proof(audit, index, size)
    assert refused.value.code == "not_found"


def test_entries_of_no_agreement_are_proved_to_every_auditor(audit: Audit) -> None:
    """A look for a case that does not exist would be nobody's to check."""
    record(audit, entry(agreement=None))
    assert proof(audit, 0)["index"] == 0


def test_no_proof_is_given_that_does_not_hold(installation: Installation, audit: Audit) -> None:
    """A changed entry would come with a proof that seems official."""
    fill(audit, 8)
    audit.tick()
    installation.database["leaves"].update_one({"_id": 3}, {"$set": {"leaf.person": "another"}})
    with pytest.raises(HistoryChanged):
        proof(audit, 3)
    assert proof(audit, 2)["size"] == 8


def test_a_rewritten_log_gets_no_signature(installation: Installation, audit: Audit) -> None:
    """A forger would have his log signed by the service itself."""
    fill(audit, 12)
    audit.tick()
    installation.database["leaves"].update_one({"_id": 7}, {"$set": {"nodes.3": bytes(32)}})
    fill(audit, 3)
    with pytest.raises(HistoryChanged, match="not the one that was signed at 12 entries"):
        audit.tick()
    assert [each.size for each in held(installation)] == [12] == stored(installation)


def test_a_log_that_lost_what_proves_it_gets_no_signature(
    installation: Installation, audit: Audit
) -> None:
    """A log with holes would be signed as if it were whole."""
    fill(audit, 12)
    audit.tick()
    installation.database["leaves"].delete_one({"_id": 11})
    fill(audit, 3)
    with pytest.raises((HistoryChanged, LogDamaged)):
        audit.tick()
    assert stored(installation) == [12]


def test_another_key_does_not_go_on_under_the_same_name(
    installation: Installation, audit: Audit
) -> None:
    """After a key was swapped nobody would notice."""
    fill(audit, 3)
    audit.tick()
    other = installation.open(
        signer=Signer(installation.signer.origin, Ed25519PrivateKey.generate())
    )
    with pytest.raises(HistoryChanged, match="not ours"):
        other.tick()
    assert not other.ready()
    with pytest.raises(CodedError, match="audit_unavailable"):
        record(other, entry())


def test_a_file_that_somebody_changed_stops_the_service(
    installation: Installation, audit: Audit
) -> None:
    """The service would sign on top of a forged past."""
    fill(audit, 3)
    audit.tick()
    installation.file.write_text("nothing of the kind\n" * 40)
    fill(audit, 1)
    with pytest.raises(NotACheckpoint):
        audit.tick()
    assert not audit.ready()


def test_what_a_crash_kept_out_of_the_file_is_brought_to_it(
    installation: Installation, audit: Audit
) -> None:
    """After a crash the auditor's file would have a hole."""
    fill(audit, 3)
    audit.tick()
    before = installation.file.read_text()
    fill(audit, 3)
    audit.tick()
    installation.file.write_text(before)
    installation.open().tick()
    assert [each.size for each in held(installation)] == [3, 6]


def test_what_a_crash_kept_out_of_the_database_is_brought_to_it(
    installation: Installation, audit: Audit
) -> None:
    """The very first checkpoint would seem to have been removed from the database."""
    fill(audit, 3)
    audit.tick()
    installation.database["checkpoints"].delete_many({})
    installation.open().tick()
    assert [each.size for each in held(installation)] == [3] == stored(installation)


def test_a_forged_checkpoint_in_the_database_does_not_reach_the_file(
    installation: Installation, audit: Audit
) -> None:
    """Who can write to the database could write to the auditor's file."""
    fill(audit, 3)
    audit.tick()
    stranger = Signer(installation.signer.origin, Ed25519PrivateKey.generate())
    for forged in (
        stranger.sign(tree.TreeHead(5, bytes(32)), held(installation)[0].time),
        installation.signer.sign(tree.TreeHead(5, bytes(32)), held(installation)[0].time),
    ):
        members = forged.as_json()
        installation.database["checkpoints"].replace_one(
            {"_id": members.pop("size")}, members, upsert=True
        )
        fill(audit, 3)
        with pytest.raises(HistoryChanged):
            audit.tick()
        assert [each.size for each in held(installation)] == [3]


def test_two_processes_share_one_file(installation: Installation) -> None:
    """A second copy of the service would garble the auditor's file."""
    processes = [installation.open(), installation.open()]
    for number in range(6):
        fill(processes[number % 2], 2)
        for process in processes:
            process.tick()
    assert (
        [each.size for each in held(installation)] == [2, 4, 6, 8, 10, 12] == stored(installation)
    )


def test_a_clock_that_stands_behind_does_not_sign_in_the_past(
    installation: Installation, audit: Audit
) -> None:
    """Checkpoints would contradict each other in time."""
    fill(audit, 1)
    audit.tick()
    runtime = replace(
        installation.runtime,
        clock=type(installation.clock)(installation.clock.now() - timedelta(hours=1)),
    )
    late = replace(installation, runtime=runtime).open()
    fill(late, 1)
    late.tick()
    assert held(installation)[0].time == held(installation)[1].time


def test_asking_for_checkpoints_shows_no_entry(audit: Audit) -> None:
    """A checkpoint is for everybody; it must name nobody."""
    fill(audit, 2)
    audit.tick()
    (reply,) = audit.checkpoints(None, 1)["checkpoints"]
    assert set(reply) == {"origin", "size", "root", "time", "key_id", "signature"}
    assert audit.search(question(limit=1))["entries"][0]["leaf_hash"] not in str(reply)
