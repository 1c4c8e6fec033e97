"""Checkpoints: signed tree heads, held outside the database.

A checkpoint is a *signed note* (C2SP signed-note, tlog-checkpoint): the log's origin, its size,
its root in base64 and the time, an empty line, and a line with the signature (Ed25519) of the
lines above. Any tool for that format can verify it.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from services.audit.domain.tree import TreeHead

_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_NOTE = re.compile(
    r"(?P<origin>[!-~]{1,100})\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"(?P<time>[0-9-]{10}T[0-9:]{8}\.[0-9]{6}Z)\n\n"
    r"— (?P=origin) (?P<signature>[A-Za-z0-9+/]{91}=)\n"
)
"""One complete checkpoint."""

_NOTE_BYTES = re.compile(_NOTE.pattern.encode())


class NotACheckpoint(ValueError):
    """The text is not a sequence of checkpoints; the message names the first line that is not."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed tree head; `root` and `key_id` in hex, the signature in base64."""

    origin: str
    size: int
    root: str
    time: str
    key_id: str
    signature: str

    @property
    def head(self) -> TreeHead:
        """The tree head that is signed."""
        return TreeHead(self.size, bytes.fromhex(self.root))

    @property
    def body(self) -> str:
        """The signed text."""
        root = base64.b64encode(bytes.fromhex(self.root)).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{self.time}\n"

    @property
    def note(self) -> str:
        """The signed note."""
        signed = bytes.fromhex(self.key_id) + base64.b64decode(self.signature)
        return f"{self.body}\n— {self.origin} {base64.b64encode(signed).decode()}\n"

    def as_json(self) -> dict[str, Any]:
        """The members of contracts/rpc/audit.py."""
        return asdict(self)


class Signer:
    """Signs the tree heads of one log, with one key."""

    def __init__(self, origin: str, key: Ed25519PrivateKey) -> None:
        if not re.fullmatch(r"[!-~]{1,100}", origin):
            raise ValueError("an origin is 1 to 100 visible ASCII characters")
        self.origin = origin
        self.public_key = key.public_key()
        self._key = key

    @classmethod
    def from_pem(cls, origin: str, pem: str) -> "Signer":
        """From a private key (PEM, PKCS 8, not encrypted). Raises ValueError that quotes no key."""
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 private key in PEM")
        return cls(origin, key)

    def sign(self, head: TreeHead, time: str) -> Checkpoint:
        """A checkpoint; `time` as `entry.format_time` returns it."""
        name = key_id(self.origin, self.public_key)
        unsigned = Checkpoint(self.origin, head.size, head.root.hex(), time, name, "")
        signature = base64.b64encode(self._key.sign(unsigned.body.encode())).decode()
        return replace(unsigned, signature=signature)


def is_signed(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether this key signed it for its origin."""
    if checkpoint.key_id != key_id(checkpoint.origin, key):
        return False
    try:
        key.verify(base64.b64decode(checkpoint.signature), checkpoint.body.encode())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def key_id(origin: str, key: Ed25519PublicKey) -> str:
    """The key id (hex) of a key for an origin, as C2SP signed-note defines it."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(origin.encode() + b"\n" + _ED25519 + raw).digest()[:_KEY_ID_BYTES].hex()


def public_key(pem: str) -> Ed25519PublicKey:
    """The key of a PEM text. Raises ValueError."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return key


def public_pem(key: Ed25519PublicKey) -> str:
    """The PEM text of a key, for auditors."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_notes(text: str) -> Iterator[Checkpoint]:
    """The checkpoints in a text, separated by empty lines.

    Raises NotACheckpoint at the first that is none, after yielding those before it.
    """
    position = 0
    while position < len(text):
        found = _NOTE.match(text, position)
        if not found:
            line = text.count("\n", 0, position) + 1
            raise NotACheckpoint(f"line {line} does not begin a checkpoint")
        yield _checkpoint(found)
        position = found.end()
        if text[position : position + 1] == "\n":
            position += 1


def last_note(tail: bytes) -> tuple[Checkpoint, int] | None:
    """The last complete checkpoint in the tail of a file, and the position of its end."""
    found = list(_NOTE_BYTES.finditer(tail))
    if not found:
        return None
    (checkpoint,) = read_notes(found[-1].group().decode())
    return checkpoint, found[-1].end()


def _checkpoint(found: re.Match[str]) -> Checkpoint:
    signed = base64.b64decode(found["signature"])
    return Checkpoint(
        origin=found["origin"],
        size=int(found["size"]),
        root=base64.b64decode(found["root"]).hex(),
        time=found["time"],
        key_id=signed[:_KEY_ID_BYTES].hex(),
        signature=base64.b64encode(signed[_KEY_ID_BYTES:]).decode(),
    )
