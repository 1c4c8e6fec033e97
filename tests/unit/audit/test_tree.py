"""The Merkle tree against the RFC's own recursive definitions."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import tree
from services.audit.domain.tree import Frontier, Subtree, TreeHead


def leaves(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


def defined_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + defined_root(entries[:k]) + defined_root(entries[k:])).digest()


def defined_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*defined_path(m, entries[:k]), defined_root(entries[k:])]
    return [*defined_path(m - k, entries[k:]), defined_root(entries[:k])]


def defined_proof(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    n = len(entries)
    if m == n:
        return [] if whole else [defined_root(entries)]
    k = split(n)
    if m <= k:
        return [*defined_proof(m, entries[:k], whole), defined_root(entries[k:])]
    return [*defined_proof(m - k, entries[k:], False), defined_root(entries[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def grown(count: int) -> tuple[Frontier, dict[Subtree, bytes]]:
    """A tree of `count` leaves, and every hash that its leaves would store."""
    frontier, stored = Frontier(), {}
    for index, leaf in enumerate(leaves(count)):
        for level, hashed in enumerate(frontier.append(tree.leaf_hash(leaf))):
            stored[Subtree(level, index >> level)] = hashed
    return frontier, stored


SIZES = st.integers(min_value=1, max_value=130)


def test_an_empty_log_has_the_root_that_the_standard_gives() -> None:
    """A first checkpoint of an empty log would be refused by other tools."""
    assert Frontier().head == TreeHead(0, sha256(b"").digest())


@pytest.mark.parametrize("size", range(1, 70))
def test_the_root_grows_as_the_standard_defines_it(size: int) -> None:
    """An auditor's own tool would compute another root than we signed."""
    frontier, _ = grown(size)
    assert frontier.head == TreeHead(size, defined_root(leaves(size)))


@given(SIZES)
def test_the_stored_hashes_suffice_to_go_on_after_a_restart(size: int) -> None:
    """After a restart the log would continue with another root than it had."""
    frontier, stored = grown(size)
    again = Frontier(size, [stored[peak] for peak in tree.peaks(size)])
    assert again.head == frontier.head
    assert again.append(b"x" * 32) == frontier.append(b"x" * 32)
    assert again.head == frontier.head


@given(SIZES)
def test_a_hash_is_stored_with_the_leaf_that_completes_its_subtree(size: int) -> None:
    """A proof would be looked for in the wrong entries."""
    _, stored = grown(size)
    assert len(stored) == 2 * size - size.bit_count()
    for subtree in stored:
        above = Subtree(subtree.level, subtree.number + 1)
        assert subtree.last_leaf < size
        assert subtree.last_leaf + 1 == above.number << above.level


@given(SIZES, st.data())
def test_an_inclusion_proof_is_the_path_of_the_standard_and_proves(
    size: int, data: st.DataObject
) -> None:
    """An auditor could not prove that an entry is in the log."""
    index = data.draw(st.integers(0, size - 1))
    frontier, stored = grown(size)
    path = tree.hash_spans(tree.inclusion_spans(index, size), stored)
    leaf = tree.leaf_hash(leaves(size)[index])
    assert path == defined_path(index, leaves(size))
    assert tree.is_included(leaf, index, path, frontier.head)


@given(SIZES, st.data())
def test_an_inclusion_proof_proves_nothing_else(size: int, data: st.DataObject) -> None:
    """A forged entry could pass for one of the log."""
    index = data.draw(st.integers(0, size - 1))
    frontier, stored = grown(size)
    path = tree.hash_spans(tree.inclusion_spans(index, size), stored)
    leaf = tree.leaf_hash(leaves(size)[index])
    forged = tree.leaf_hash(b"forged")
    assert not tree.is_included(forged, index, path, frontier.head)
    assert not tree.is_included(leaf, index, path, TreeHead(size, forged))
    assert not tree.is_included(leaf, index, [*path, forged], frontier.head)
    assert not tree.is_included(leaf, size, path, frontier.head)
    assert not tree.is_included(leaf, -1, path, frontier.head)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert not tree.is_included(leaf, other, path, frontier.head)
    if path:
        assert not tree.is_included(leaf, index, path[:-1], frontier.head)
        assert not tree.is_included(leaf, index, [forged, *path[1:]], frontier.head)


@given(SIZES, st.data())
def test_a_consistency_proof_is_the_one_of_the_standard_and_proves(
    new: int, data: st.DataObject
) -> None:
    """A log that only grew would look like one that was rewritten."""
    old = data.draw(st.integers(1, new))
    frontier, stored = grown(new)
    path = tree.hash_spans(tree.consistency_spans(old, new), stored)
    assert path == defined_proof(old, leaves(new))
    assert tree.is_consistent(grown(old)[0].head, frontier.head, path)


@given(SIZES, st.data())
def test_a_consistency_proof_fails_for_a_history_that_was_rewritten(
    new: int, data: st.DataObject
) -> None:
    """A rewritten log would be signed as if it had only grown."""
    old = data.draw(st.integers(1, new))
    frontier, stored = grown(new)
    before = grown(old)[0].head
    after = frontier.head
    path = tree.hash_spans(tree.consistency_spans(old, new), stored)
    forged = tree.leaf_hash(b"forged")
    assert not tree.is_consistent(TreeHead(old, forged), after, path)
    assert not tree.is_consistent(before, TreeHead(new, forged), path)
    assert not tree.is_consistent(before, after, [*path, forged])
    assert not tree.is_consistent(TreeHead(new + 1, before.root), after, path)
    assert not tree.is_consistent(TreeHead(0, before.root), after, path)
    if path:
        assert not tree.is_consistent(before, after, path[:-1])
        assert not tree.is_consistent(before, after, [])


def test_what_is_thrown_away_leaves_the_tree_as_it_was() -> None:
    """A batch that the database refused would shift every later entry."""
    frontier, _ = grown(5)
    before = frontier.head
    draft = frontier.copy()
    draft.append(b"y" * 32)
    assert frontier.head == before
    assert draft.head != before


def test_a_tree_is_not_rebuilt_from_too_few_hashes() -> None:
    """A damaged database would quietly give a log another past."""
    with pytest.raises(ValueError, match="one peak for each bit"):
        Frontier(3, [b"x" * 32])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_there_is_no_path_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    """A proof would be given for an entry that does not exist."""
    with pytest.raises(ValueError, match="no such leaf"):
        tree.inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_there_is_no_proof_that_a_log_grew_backwards(old: int, new: int) -> None:
    """A log that was cut off would seem to continue."""
    with pytest.raises(ValueError, match="earlier tree"):
        tree.consistency_spans(old, new)
