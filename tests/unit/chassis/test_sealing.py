"""What is sealed opens with its key, in its place, unchanged, and in no other way."""

import base64
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import kombu.serialization
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu.exceptions import DecodeError

from chassis.errors import Mangled
from chassis.sealing import (
    CONTENT_TYPE,
    SERIALIZER,
    KeyRing,
    dumps,
    keyed_hash,
    loads,
    register_serializer,
    sealed_with,
)

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def written(**keys: bytes) -> str:
    """A ring's keys as they stand in the environment."""
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items())


@pytest.fixture
def ring() -> KeyRing:
    """A ring with one key."""
    return KeyRing.parse(written(k1=ONE))


@given(plain=st.binary(max_size=2000), context=st.binary(max_size=100))
def test_what_was_sealed_opens_unchanged(plain: bytes, context: bytes) -> None:
    """A partner would otherwise read something else than was entrusted."""
    ring = KeyRing({"k1": ONE})
    sealed = ring.seal(plain, context)
    assert ring.open(sealed, context) == plain
    assert len(plain) < 8 or plain not in sealed


@given(data=st.data())
def test_one_changed_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    """Somebody with access to the disk could otherwise change what a partner said."""
    ring = KeyRing({"k1": ONE})
    sealed = bytearray(ring.seal(b"content", b"place"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Mangled):
        ring.open(bytes(sealed), b"place")


@given(junk=st.binary(max_size=60))
def test_junk_is_mangled_and_nothing_worse(junk: bytes) -> None:
    """A stray message could otherwise bring a consumer down."""
    with pytest.raises(Mangled):
        KeyRing({"k1": ONE}).open(junk, b"")


def test_every_prefix_of_a_sealed_value_is_mangled(ring: KeyRing) -> None:
    """A value that was cut off could otherwise be taken for a shorter one."""
    sealed = ring.seal(b"content", b"place")
    for length in range(len(sealed)):
        with pytest.raises(Mangled):
            ring.open(sealed[:length], b"place")


def test_a_value_does_not_open_in_another_place(ring: KeyRing) -> None:
    """A safe address could otherwise be moved to where everybody reads."""
    with pytest.raises(Mangled):
        ring.open(ring.seal(b"content", b"whereabouts"), b"summary")


def test_the_same_content_never_looks_the_same_twice(ring: KeyRing) -> None:
    """Two families with the same problem could otherwise be told from the database alone."""
    assert len({ring.seal(b"content", b"place") for _ in range(100)}) == 100


def test_keys_are_replaced_without_losing_what_was_sealed_before() -> None:
    """A leaked key could otherwise not be retired while messages are on their way."""
    old = KeyRing.parse(written(k1=ONE))
    both = KeyRing.parse(written(k2=TWO, k1=ONE))
    new = KeyRing.parse(written(k2=TWO))
    before, after = old.seal(b"a", b""), both.seal(b"b", b"")
    assert (sealed_with(before), sealed_with(after)) == ("k1", "k2")
    assert (both.open(before, b""), both.open(after, b"")) == (b"a", b"b")
    assert new.open(after, b"") == b"b"
    with pytest.raises(Mangled):
        new.open(before, b"")
    with pytest.raises(Mangled):
        old.open(after, b"")


def test_another_key_under_the_same_id_does_not_open(ring: KeyRing) -> None:
    """A mix-up of two environments could otherwise go unnoticed."""
    with pytest.raises(Mangled):
        KeyRing({"k1": TWO}).open(ring.seal(b"content", b""), b"")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k1",
        "k1:",
        ":" + base64.b64encode(ONE).decode(),
        "k1:" + base64.b64encode(ONE[:16]).decode(),
        "k1:not base64!",
        written(k1=ONE) + "," + written(k1=TWO),
        "k" * 64 + ":" + base64.b64encode(ONE).decode(),
        "ké:" + base64.b64encode(ONE).decode(),
    ],
)
def test_a_ring_that_is_written_wrongly_is_refused(text: str) -> None:
    """A service would otherwise seal with a key nobody meant."""
    with pytest.raises(ValueError, match="key"):
        KeyRing.parse(text)


def test_a_ring_can_be_printed_without_its_keys(ring: KeyRing) -> None:
    """A debug print would otherwise hand out the keys."""
    assert repr(ring) == "KeyRing(ids=['k1'])"


def test_json_values_travel_sealed(ring: KeyRing) -> None:
    """The broker's operator could otherwise read every case."""
    value = {"name": "CANARY", "n": [1, 2.5, None, True], "é": "ë"}
    sealed = dumps(ring, value)
    assert b"CANARY" not in sealed
    assert loads(ring, sealed) == value
    moment, one_id = datetime(2025, 3, 1, 9, 30, tzinfo=UTC), uuid.UUID(int=7)
    assert loads(ring, dumps(ring, [moment, one_id])) == ["2025-03-01T09:30:00Z", str(one_id)]
    with pytest.raises(Mangled):
        loads(ring, ring.seal(b"not json", b"bus"))
    with pytest.raises(Mangled):
        loads(ring, b'{"plain": "json"}')


@pytest.fixture
def registered(ring: KeyRing) -> Iterator[KeyRing]:
    """The serializer, known to kombu for the length of a test."""
    register_serializer(ring)
    yield ring
    kombu.serialization.unregister(SERIALIZER)


def test_kombu_seals_and_opens_by_name(registered: KeyRing) -> None:
    """A message sent through kombu would otherwise leave in clear, or arrive unreadable."""
    content_type, encoding, body = kombu.serialization.dumps({"name": "CANARY"}, SERIALIZER)
    assert (content_type, encoding) == (CONTENT_TYPE, "binary")
    assert b"CANARY" not in body
    assert loads(registered, body) == {"name": "CANARY"}
    opened = kombu.serialization.loads(body, content_type, encoding, accept=[CONTENT_TYPE])
    assert opened == {"name": "CANARY"}
    with pytest.raises(DecodeError):
        kombu.serialization.loads(b"junk", content_type, encoding, accept=[CONTENT_TYPE])


def test_keyed_hashes_are_stable_and_keep_their_parts_apart() -> None:
    """Two different persons could otherwise match, or the same person not."""
    key = b"k" * 32
    assert keyed_hash(key, "person", "An", "1980") == keyed_hash(key, "person", "An", "1980")
    different = [
        keyed_hash(key, "a", "bc"),
        keyed_hash(key, "ab", "c"),
        keyed_hash(key, "abc"),
        keyed_hash(key, "abc", ""),
        keyed_hash(key),
        keyed_hash(b"l" * 32, "abc"),
    ]
    assert len(set(different)) == len(different)
    assert all(len(value) == 64 for value in different)
