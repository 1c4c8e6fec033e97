"""Checkpoints: signed notes that other tools can read, and the file that holds them."""

import base64
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from contracts.rpc.audit import Checkpoint as Contract
from services.audit.checkpoint_file import CheckpointFile
from services.audit.domain import checkpoint as notes
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, Signer
from services.audit.domain.tree import TreeHead

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer("sample-log", KEY)
TIME = "2026-03-02T09:30:00.000000Z"


def signed(size: int) -> Checkpoint:
    return SIGNER.sign(TreeHead(size, sha256(str(size).encode()).digest()), TIME)


def test_a_note_is_what_the_format_of_transparency_logs_says() -> None:
    """A witness with a tool of its own could not check what we signed."""
    root = base64.b64encode(sha256(b"42").digest()).decode()
    body = f"sample-log\n42\n{root}\n{TIME}\n"
    raw = KEY.public_key().public_bytes_raw()
    key_id = sha256(b"sample-log\n\x01" + raw).digest()[:4]
    signature = base64.b64encode(key_id + KEY.sign(body.encode())).decode()
    assert signed(42).note == f"{body}\n— sample-log {signature}\n"


def test_a_checkpoint_fits_the_contract_and_comes_back_from_its_note() -> None:
    """An auditor could not compare the answer over HTTP with the file."""
    written = [signed(1), signed(20), signed(300)]
    assert all(Contract().validate(each.as_json()) == {} for each in written)
    assert list(notes.read_notes("\n".join(each.note for each in written))) == written
    assert list(notes.read_notes("")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"size": 43},
        {"root": "0" * 64},
        {"time": "2026-03-02T09:30:00.000001Z"},
        {"origin": "other-log"},
        {"key_id": "00000000"},
        {"signature": base64.b64encode(bytes(64)).decode()},
    ],
)
def test_a_changed_checkpoint_is_not_signed(change: dict[str, object]) -> None:
    """Somebody could sign for us."""
    assert notes.is_signed(signed(42), KEY.public_key())
    assert not notes.is_signed(replace(signed(42), **change), KEY.public_key())


def test_another_key_does_not_sign_for_us() -> None:
    """Who rewrites the log could sign it with a key of his own."""
    other = Signer("sample-log", Ed25519PrivateKey.generate())
    theirs = other.sign(signed(42).head, TIME)
    assert notes.is_signed(theirs, other.public_key)
    assert not notes.is_signed(theirs, KEY.public_key())
    assert not notes.is_signed(replace(theirs, key_id=signed(42).key_id), KEY.public_key())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello\n", 1),
        (signed(1).note + "\n" + signed(2).note[:-1], 8),
        (signed(1).note + "x" + signed(2).note, 7),
        (signed(1).note.replace("\n1\n", "\n01\n"), 1),
        ("\n" + signed(1).note, 1),
    ],
)
def test_what_is_no_checkpoint_is_reported_with_its_line(text: str, line: int) -> None:
    """A damaged file would pass as one with fewer checkpoints."""
    with pytest.raises(NotACheckpoint, match=f"line {line} "):
        list(notes.read_notes(text))


def test_a_key_that_is_none_is_refused_without_telling_it() -> None:
    """A service would start and never sign, or a secret would stand in a log."""
    rsa = generate_private_key(65537, 2048)
    pem = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for text in (pem, "secret words", ""):
        with pytest.raises(ValueError, match="not an Ed25519 private key in PEM") as refused:
            Signer.from_pem("sample-log", text)
        assert "secret" not in str(refused.value)
    with pytest.raises(ValueError, match="visible ASCII"):
        Signer("two words", KEY)


def test_keys_go_round_in_pem() -> None:
    """An auditor could not use the key that we hand out."""
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    signer = Signer.from_pem("sample-log", pem)
    public = notes.public_key(notes.public_pem(signer.public_key))
    assert notes.is_signed(signer.sign(TreeHead(7, bytes(32)), TIME), public)


def test_the_file_holds_checkpoints_one_after_the_other(tmp_path: Path) -> None:
    """The auditor's copy would lack some, or hold some twice."""
    file = CheckpointFile(tmp_path / "new" / "folder")
    assert file.last() is None
    file.extend([signed(1), signed(5)])
    file.extend([])
    CheckpointFile(file.path.parent).extend([signed(5), signed(9)])
    assert list(notes.read_notes(file.path.read_text())) == [signed(1), signed(5), signed(9)]
    assert file.last() == signed(9)


def test_the_last_checkpoint_of_a_long_file_is_found(tmp_path: Path) -> None:
    """After a year the service would compare with an old checkpoint, or read for minutes."""
    file = CheckpointFile(tmp_path)
    file.extend([signed(number) for number in range(1, 60)])
    assert file.last() == signed(59)
    assert len(list(notes.read_notes(file.path.read_text()))) == 59


def test_a_checkpoint_that_a_crash_left_half_written_is_written_again(tmp_path: Path) -> None:
    """After a power cut the file would be unreadable, or the next checkpoint lost in it."""
    file = CheckpointFile(tmp_path)
    file.extend([signed(number) for number in range(1, 9)])
    whole, torn = file.path.read_bytes(), ("\n" + signed(9).note).encode()
    for kept in range(1, len(torn)):
        file.path.write_bytes(whole + torn[:kept])
        assert file.last() == signed(8)
        assert file.path.read_bytes() == whole
    file.extend([signed(9)])
    assert list(notes.read_notes(file.path.read_text()))[7:] == [signed(8), signed(9)]


def test_a_first_checkpoint_that_a_crash_left_half_written_is_written_again(
    tmp_path: Path,
) -> None:
    """A service that crashed in its first minute would never sign again."""
    file = CheckpointFile(tmp_path)
    file.path.write_bytes(signed(1).note.encode()[:90])
    assert file.last() is None
    file.extend([signed(1)])
    assert file.path.read_text() == signed(1).note


def test_a_file_that_somebody_changed_is_left_as_it_is(tmp_path: Path) -> None:
    """The traces of a forger would be cleaned away by the service itself."""
    file = CheckpointFile(tmp_path)
    file.extend([signed(1)])
    file.path.write_text(file.path.read_text() + "x" * 600)
    before = file.path.read_text()
    with pytest.raises(NotACheckpoint):
        file.last()
    with pytest.raises(NotACheckpoint):
        file.extend([signed(2)])
    assert file.path.read_text() == before
