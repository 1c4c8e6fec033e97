"""The Merkle tree over the log (RFC 9162, section 2.1): hashes, proofs and their verification.

A *complete* subtree of level `l` has 2**l leaves; the `n`-th of a level covers the leaves from
n * 2**l on. A stored leaf carries the hashes of the complete subtrees that end with it, so every
proof is computed from a logarithmic number of stored hashes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()


class Subtree(NamedTuple):
    """A complete subtree by its level and its number on that level."""

    level: int
    number: int

    @property
    def last_leaf(self) -> int:
        """The index of the leaf that completes it, which stores its hash."""
        return ((self.number + 1) << self.level) - 1


class TreeHead(NamedTuple):
    """A tree head: the number of leaves and the root hash."""

    size: int
    root: bytes


Span = tuple[int, int]
"""Leaves from the first index up to, not including, the second."""

Hashes = Mapping[Subtree, bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, domain-separated from that of nodes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of a tree's complete subtrees: enough to append to it and to compute its root."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError("a tree has one peak for each bit of its size")

    def copy(self) -> "Frontier":
        """A copy, to be thrown away when what was appended to it is not stored."""
        return Frontier(self.size, self._peaks)

    def append(self, hashed_leaf: bytes) -> list[bytes]:
        """Append a leaf; returns the hashes of the complete subtrees it ends, lowest first."""
        completed = [hashed_leaf]
        rest = self.size
        while rest & 1:
            completed.append(node_hash(self._peaks.pop(), completed[-1]))
            rest >>= 1
        self._peaks.append(completed[-1])
        self.size += 1
        return completed

    @property
    def head(self) -> TreeHead:
        """The tree's size and root."""
        return TreeHead(self.size, _fold(self._peaks))


def peaks(size: int) -> list[Subtree]:
    """The complete subtrees that a tree of `size` consists of, from left to right."""
    return list(_cover((0, size)))


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose roots are the inclusion path of leaf `index`, from the leaf upwards.

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the tree has no such leaf")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose roots prove that the tree of size `old` is a prefix of that of size `new`.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError("an earlier tree has at least one leaf and no more than the later one")
    spans: list[Span] = []
    start, end = 0, new
    while end != old:
        middle = start + _left_width(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start > 0:
        spans.append((start, end))
    return spans[::-1]


def subtrees(spans: Iterable[Span]) -> list[Subtree]:
    """The complete subtrees whose hashes must be known to hash these spans."""
    return [subtree for span in spans for subtree in _cover(span)]


def hash_spans(spans: Iterable[Span], hashes: Hashes) -> list[bytes]:
    """The root of each span. Raises KeyError when a hash is lacking."""
    return [_fold([hashes[subtree] for subtree in _cover(span)]) for span in spans]


def is_included(hashed_leaf: bytes, index: int, path: Sequence[bytes], head: TreeHead) -> bool:
    """Verify an inclusion proof (RFC 9162, section 2.1.3.2, whose variable names these are)."""
    if not 0 <= index < head.size:
        return False
    fn, sn, r = index, head.size - 1, hashed_leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == head.root


def is_consistent(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> bool:
    """Verify a consistency proof (RFC 9162, section 2.1.4.2, whose variable names these are)."""
    if old.size == new.size:
        return old == new and not path
    if not 0 < old.size < new.size:
        return False
    proof = list(path)
    if old.size & (old.size - 1) == 0:
        proof.insert(0, old.root)
    if not proof:
        return False
    fn, sn = old.size - 1, new.size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old.root and sr == new.root


def _left_width(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _cover(span: Span) -> Iterator[Subtree]:
    """The complete subtrees of a span, whose start is a multiple of a power of two ≥ its width."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield Subtree(level, start >> level)
        start += 1 << level


def _fold(roots: Sequence[bytes]) -> bytes:
    if not roots:
        return EMPTY_ROOT
    folded = roots[-1]
    for root in reversed(roots[:-1]):
        folded = node_hash(root, folded)
    return folded
