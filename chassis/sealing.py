"""Sealing: authenticated encryption in transit and at rest (AES-256-GCM, keys rotated by id).

A sealed value is: version (1 byte), length of the key id (1 byte), key id (clear, ASCII), nonce
(12 random bytes), ciphertext with its 16-byte tag. The header and the caller's context are the
associated data, so that a sealed value cannot be moved to another context.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kombu import serialization

from chassis.errors import Mangled

SERIALIZER = "sealed"
CONTENT_TYPE = "application/vnd.ketenaanpak.sealed"

_VERSION = 1
_NONCE_LENGTH = 12
_TAG_LENGTH = 16
_KEY_LENGTH = 32
_BUS = b"bus"


class KeyRing:
    """Keys by id. The first one seals, each of them opens.

    To rotate: put the new key first and keep the old one until nothing sealed with it is left.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("a key ring needs at least one key")
        for key_id, key in keys.items():
            if not (key_id.isascii() and key_id.isprintable() and 0 < len(key_id) < 64):
                raise ValueError("a key id is 1 to 63 printable ASCII characters")
            if len(key) != _KEY_LENGTH:
                raise ValueError(f"a key is {_KEY_LENGTH} bytes")
        self.current_id = next(iter(keys))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read ``id:base64key[,id:base64key]``. Raises ValueError that quotes no key."""
        keys: dict[str, bytes] = {}
        for part in text.split(","):
            key_id, separator, encoded = part.strip().partition(":")
            if not separator or key_id in keys:
                raise ValueError("keys are written id:base64key, separated by commas, ids unique")
            keys[key_id] = decode_key(encoded)
        return cls(keys)

    def __repr__(self) -> str:
        return f"KeyRing(ids={list(self.ids)})"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the one that seals first."""
        return tuple(self._ciphers)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal with the current key; ``context`` must be given again to open."""
        key_id = self.current_id.encode("ascii")
        header = bytes((_VERSION, len(key_id))) + key_id
        nonce = os.urandom(_NONCE_LENGTH)
        cipher = self._ciphers[self.current_id]
        return header + nonce + cipher.encrypt(nonce, plain, header + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The bytes that were sealed. Raises Mangled for a wrong key, context or byte."""
        sealed = bytes(sealed)
        key_id, header, rest = _parse(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Mangled("sealed with a key that is not on the ring")
        try:
            return cipher.decrypt(rest[:_NONCE_LENGTH], rest[_NONCE_LENGTH:], header + context)
        except InvalidTag as error:
            raise Mangled("does not open with its key and context") from error


def sealed_with(sealed: bytes) -> str:
    """The id of the key that sealed this; Mangled when it is no sealed value."""
    return _parse(bytes(sealed))[0]


def _parse(sealed: bytes) -> tuple[str, bytes, bytes]:
    if len(sealed) < 2 or sealed[0] != _VERSION:
        raise Mangled("not a sealed value of a known version")
    header_length = 2 + sealed[1]
    header, rest = sealed[:header_length], sealed[header_length:]
    if len(rest) < _NONCE_LENGTH + _TAG_LENGTH:
        raise Mangled("a sealed value that was cut off")
    return header[2:].decode("ascii", "replace"), header, rest


def decode_key(encoded: str) -> bytes:
    """Base64 to bytes; ValueError without the value in it."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is written in base64") from None


def dumps(ring: KeyRing, value: Any) -> bytes:
    """A JSON value as sealed bytes for the bus; datetimes and UUIDs become ISO strings."""
    return ring.seal(orjson.dumps(value, option=orjson.OPT_UTC_Z), _BUS)


def loads(ring: KeyRing, sealed: bytes) -> Any:
    """The JSON value of sealed bytes from the bus. Raises Mangled."""
    try:
        return orjson.loads(ring.open(sealed, _BUS))
    except orjson.JSONDecodeError:
        raise Mangled("sealed, but not JSON inside") from None


def register_serializer(ring: KeyRing) -> None:
    """Register our content type with kombu, which then seals and opens messages of it."""
    serialization.register(  # type: ignore[no-untyped-call]
        SERIALIZER,
        lambda value: dumps(ring, value),
        lambda sealed: loads(ring, sealed),
        content_type=CONTENT_TYPE,
        content_encoding="binary",
    )


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 (hex) of the parts, in order; no two lists of parts give the same bytes."""
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
