"""Content at rest: sealed, moved nowhere, destroyed for good."""

import base64
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.errors import Mangled, coded
from chassis.mongo import Conflict, transaction
from chassis.runtime import Runtime
from chassis.sealing import KeyRing
from chassis.vault import KeyDestroyed, RewrapCounts, Vault, count_wrapped

VALUE = {"address": "CANARY street 1", "n": [1, None, "é"]}


def other_process(runtime: Runtime, ring: KeyRing | None = None) -> Vault:
    """The vault as another process of the same service sees it: with nothing in memory."""
    return Vault(runtime.database, ring or runtime.config.master_keys, "sample")


def test_a_value_opens_in_its_own_place_and_nowhere_else(runtime: Runtime) -> None:
    """A safe address could otherwise be moved into a field that everybody may read."""
    vault = runtime.vault
    sealed = vault.seal("case-1", "item/1/full", VALUE)
    vault.seal("case-2", "item/1/full", VALUE)
    assert vault.open("case-1", "item/1/full", sealed) == VALUE
    assert other_process(runtime).open("case-1", "item/1/full", sealed) == VALUE
    assert b"CANARY" not in sealed
    for owner, context in (("case-1", "item/1/summary"), ("case-2", "item/1/full")):
        with pytest.raises(Mangled):
            vault.open(owner, context, sealed)
    with pytest.raises(Mangled):
        vault.open("case-3", "item/1/full", sealed)
    with pytest.raises(Mangled):
        Vault(runtime.database, runtime.config.master_keys, "other").open(
            "case-1", "item/1/full", sealed
        )


def test_a_key_made_in_a_transaction_goes_with_it(runtime: Runtime) -> None:
    """Content could otherwise be sealed with a key that was never kept."""
    vault = runtime.vault

    def refused_halfway() -> None:
        with transaction(runtime.database) as session:
            sealed = vault.seal("case-1", "a", VALUE, session)
            assert vault.open("case-1", "a", sealed, session) == VALUE
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_halfway()
    assert runtime.database["keys"].count_documents({}) == 0
    with transaction(runtime.database) as session:
        sealed = vault.seal("case-1", "a", VALUE, session)
        second = vault.seal("case-1", "b", VALUE, session)
    for reader in (vault, other_process(runtime)):
        assert reader.open("case-1", "a", sealed) == VALUE
        assert reader.open("case-1", "b", second) == VALUE


def test_two_who_make_the_same_key_in_transactions_agree_or_one_rolls_back(
    runtime: Runtime,
) -> None:
    """What one of the two sealed could otherwise never be opened again."""
    vault = runtime.vault
    with transaction(runtime.database) as first:
        sealed = vault.seal("case-1", "a", VALUE, first)
        with pytest.raises(Conflict), transaction(runtime.database) as second:
            other_process(runtime).seal("case-1", "b", VALUE, second)
    assert other_process(runtime).open("case-1", "a", sealed) == VALUE


def test_twenty_who_make_the_same_key_outside_a_transaction_agree(runtime: Runtime) -> None:
    """What nineteen of them sealed could otherwise never be opened again."""
    together = threading.Barrier(20)

    def seal(number: int) -> bytes:
        together.wait(10)
        return other_process(runtime).seal("case-1", f"item/{number}", number)

    with ThreadPoolExecutor(20) as pool:
        sealed = list(pool.map(seal, range(20)))
    opened = [
        runtime.vault.open("case-1", f"item/{number}", value) for number, value in enumerate(sealed)
    ]
    assert opened == list(range(20))


def test_what_was_destroyed_can_neither_be_opened_nor_sealed_again(runtime: Runtime) -> None:
    """A family whose case was destroyed would otherwise still be readable."""
    vault = runtime.vault
    sealed = vault.seal("case-1", "a", VALUE)
    kept = vault.seal("case-2", "a", VALUE)
    vault.destroy("case-1")
    for witness in (vault, other_process(runtime)):
        with pytest.raises(KeyDestroyed) as refused:
            witness.open("case-1", "a", sealed)
        described = coded(refused.value)
        assert described is not None
        assert (described.code, described.next_step) == ("content_destroyed", "refuse")
        with pytest.raises(KeyDestroyed):
            witness.seal("case-1", "a", VALUE)
        with transaction(runtime.database) as session, pytest.raises(KeyDestroyed):
            witness.seal("case-1", "a", VALUE, session)
    assert runtime.database["keys"].find_one({"_id": "case-1"}) == {
        "_id": "case-1",
        "destroyed": True,
    }
    assert vault.open("case-2", "a", kept) == VALUE


def test_destroying_in_a_transaction_that_rolls_back_destroys_nothing(runtime: Runtime) -> None:
    """A case could otherwise be lost by a command that was refused."""
    sealed = runtime.vault.seal("case-1", "a", VALUE)

    def refused_halfway() -> None:
        with transaction(runtime.database) as session:
            runtime.vault.destroy("case-1", session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_halfway()
    assert runtime.vault.open("case-1", "a", sealed) == VALUE
    with transaction(runtime.database) as session:
        runtime.vault.destroy("case-1", session)
    with pytest.raises(KeyDestroyed):
        runtime.vault.open("case-1", "a", sealed)


def test_another_process_forgets_a_destroyed_key_within_five_seconds(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Destroyed content could otherwise be read for as long as a process lives."""
    passed = [100.0]
    monkeypatch.setattr("chassis.vault.time.monotonic", lambda: passed[0])
    other = other_process(runtime)
    sealed = runtime.vault.seal("case-1", "a", VALUE)
    assert other.open("case-1", "a", sealed) == VALUE
    runtime.vault.destroy("case-1")
    passed[0] += 5.0
    with pytest.raises(KeyDestroyed):
        other.open("case-1", "a", sealed)


def test_a_master_key_can_be_replaced_while_content_stays(runtime: Runtime) -> None:
    """A master key that leaked could otherwise never be retired."""
    sealed = {owner: runtime.vault.seal(owner, "a", VALUE) for owner in ("c1", "c2", "c3")}
    runtime.vault.destroy("c3")
    new = f"k2:{base64.b64encode(os.urandom(32)).decode()}"
    old = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
    both = other_process(runtime, KeyRing.parse(f"{new},{old}"))
    assert both.open("c1", "a", sealed["c1"]) == VALUE
    assert count_wrapped(runtime.database) == {"k1": 2}
    assert both.rewrap() == RewrapCounts(rewrapped=2, stuck=0)
    assert both.rewrap() == RewrapCounts(rewrapped=0, stuck=0)
    assert count_wrapped(runtime.database) == {"k2": 2}
    only_new = other_process(runtime, KeyRing.parse(new))
    assert only_new.open("c1", "a", sealed["c1"]) == VALUE
    assert only_new.open("c2", "a", sealed["c2"]) == VALUE
    with pytest.raises(KeyDestroyed):
        only_new.open("c3", "a", sealed["c3"])
    with pytest.raises(Mangled):
        other_process(runtime).open("c1", "a", sealed["c1"])


def test_one_key_that_cannot_be_opened_does_not_keep_the_others(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One damaged case would keep a leaked master key in use for all others."""
    monkeypatch.setattr("chassis.vault._PAGE_SIZE", 2)
    sealed = {owner: runtime.vault.seal(owner, "a", VALUE) for owner in "abcde"}
    runtime.database["keys"].update_one({"_id": "b"}, {"$set": {"wrapped": b"damaged"}})
    new = f"k2:{base64.b64encode(os.urandom(32)).decode()}"
    old = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
    both = other_process(runtime, KeyRing.parse(f"{new},{old}"))
    assert both.rewrap() == RewrapCounts(rewrapped=4, stuck=1)
    assert count_wrapped(runtime.database) == {"k2": 4, "?": 1}
    only_new = other_process(runtime, KeyRing.parse(new))
    assert [only_new.open(owner, "a", sealed[owner]) for owner in "acde"] == [VALUE] * 4
