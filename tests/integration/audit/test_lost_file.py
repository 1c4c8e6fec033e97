"""The file of checkpoints is gone: nothing is recorded until a person has decided."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.errors import CodedError
from deploy import audit_verification
from services.audit.application import Audit
from services.audit.checkpoint_publisher import CheckpointsLost
from services.audit.domain import checkpoint as notes
from tests.integration.audit.conftest import Installation, record
from tests.unit.audit.entries import entry

LOSSES: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "emptied": lambda file: file.write_bytes(b""),
}


def sizes(installation: Installation) -> list[int]:
    """What the checkpoints of the file say, in their order."""
    return [each.size for each in notes.read_notes(installation.file.read_text())]


@pytest.fixture
def signed(installation: Installation, audit: Audit) -> Audit:
    """A process that signed at 2 and at 4 entries."""
    for _ in range(2):
        record(audit, entry(), entry())
        audit.tick()
    return audit


def refuses(audit: Audit) -> bool:
    """Whether the process neither signs nor records, and says that it is not ready."""
    with pytest.raises(CheckpointsLost):
        audit.tick()
    with pytest.raises(CodedError) as refused:
        record(audit, entry())
    assert refused.value.code == "audit_unavailable"
    return not audit.ready()


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("again", [False, True], ids=["running", "started again"])
def test_a_lost_file_stops_the_record_until_it_is_put_back(
    installation: Installation, signed: Audit, lose: Callable[[Path], object], again: bool
) -> None:
    """Who controls the database could empty the file and have a forged log signed."""
    kept = installation.file.read_text()
    audit = installation.open() if again else signed
    lose(installation.file)
    assert refuses(audit)
    assert installation.file.read_text() == ""
    assert installation.database["leaves"].count_documents({}) == 4
    installation.file.write_text(kept)
    audit.tick()
    record(audit, entry())
    audit.tick()
    assert sizes(installation) == [2, 4, 5]


@pytest.mark.parametrize("lost_at", [0, 2, 5])
def test_only_the_decision_about_this_loss_counts(
    installation: Installation, signed: Audit, lost_at: int
) -> None:
    """A setting left over from an earlier accident would open the door for good."""
    installation.file.unlink()
    assert refuses(installation.open(lost_at=lost_at))
    audit = installation.open(lost_at=4)
    assert audit.ready()
    audit.tick()
    record(audit, entry())
    audit.tick()
    assert sizes(installation) == [2, 4, 5]
    installation.file.unlink()
    assert refuses(installation.open(lost_at=4))


def test_giving_the_file_up_does_not_give_up_the_log(
    installation: Installation, signed: Audit
) -> None:
    """The decision about a lost file would also let a shortened log pass."""
    installation.file.unlink()
    installation.database["leaves"].delete_many({"_id": {"$gte": 3}})
    audit = installation.open(lost_at=4)
    with pytest.raises(CodedError, match="audit_unavailable"):
        record(audit, entry())
    assert not audit.ready()


def test_a_running_process_signs_nothing_smaller_than_it_signed(
    installation: Installation, signed: Audit
) -> None:
    """Log, checkpoints and file could be set back together behind the back of the service."""
    first = next(notes.read_notes(installation.file.read_text()))
    for left in (first.note, ""):
        installation.file.write_text(left)
        installation.database["checkpoints"].delete_many(
            {"_id": {"$gt": first.size if left else 0}}
        )
        installation.database["leaves"].delete_many({"_id": {"$gte": 2}})
        assert refuses(signed)
        assert installation.file.read_text() == left


def test_the_log_of_the_service_says_what_is_to_be_decided(
    installation: Installation, signed: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who is woken up at night would only read that nothing is recorded."""
    installation.file.unlink()
    assert not installation.open().ready()
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in (captured.out + captured.err).splitlines()]
    (reply,) = (line for line in lines if line["event"] == "checkpoint_file_lost")
    assert (reply["held"], reply["before"], reply["newest_stored"]) == (0, 4, 4)


def test_verifying_reports_the_loss(installation: Installation, signed: Audit) -> None:
    """An auditor would take a missing file for a fresh installation."""
    key = installation.signer.public_key
    report = audit_verification.verify(installation.database, "", key, lambda count: None)
    assert report.problems == ("checkpoint file: holds none of the 2 of the database",)
