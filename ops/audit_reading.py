"""Reads the audit log from its first entry to its last, and says where it is not what it was.

A change is named as exactly as the evidence allows: an entry by its own hashes, else the entries
between two checkpoints. After a fault the stored hashes of the tree are used in its place, so that
what comes later is still checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.leaf import MEMBERS, VERSION, canonical, commitment
from services.audit.domain.tree import Head, Subtree

MOST_PROBLEMS = 50
"""Named one by one; of the others only the number is told."""

_HASH_BYTES = 32


@dataclass(frozen=True)
class Report:
    """What was checked, and what is wrong with it."""

    entries: int
    size: int
    checkpoints: int
    stored_checkpoints: int
    covered: int
    held: int
    first: str | None
    last: str | None
    root: str | None
    problems: tuple[str, ...]
    more_problems: int

    @property
    def stands(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    def facts(self) -> list[tuple[str, str]]:
        """What was checked, as names and values."""
        tail = self.size - self.covered
        behind = self.covered - self.held
        later = f"the {behind} signed after them rest on the database alone"
        return [
            ("entries", f"{self.entries} (leaf, detail and hashes of each computed again)"),
            ("recorded", f"{self.first or '–'} to {self.last or '–'}"),
            ("checkpoints", f"{self.checkpoints} in the file, {self.stored_checkpoints} stored"),
            ("signed", f"the first {self.covered} entries" + (f", {tail} not yet" if tail else "")),
            ("held outside", f"the first {self.held} entries" + (f", {later}" if behind else "")),
            ("root", self.root or "cannot be computed"),
        ]


class Reading:
    """A log that is being read, entry after entry in the order of their `_id`."""

    def __init__(
        self,
        held: Mapping[int, Checkpoint],
        stored: Mapping[int, Checkpoint],
        problems: list[str],
    ) -> None:
        """Beside checkpoints by size that are known to be signed: of the file, of the database."""
        self._held = held
        self._stored = stored
        self._problems = list(problems[:MOST_PROBLEMS])
        self._more = len(problems) - len(self._problems)
        self._read = self._size = 0
        self._peaks: dict[Subtree, bytes | None] = {}
        self._covered = 0
        self._parted = False
        self._seen: set[bytes] = set()
        self._first: str | None = None
        self._last: str | None = None

    def take(self, document: Mapping[str, Any]) -> None:
        """Check the next entry."""
        index = document["_id"]
        if not self._is_a_place(document):
            self._fault(f"entry {str(index)[:40]}: put in, the log has no such place")
            return
        if index > self._size:
            self._skip(index)
        self._read += 1
        self._grow(_Looked(document, self._fault, self._seen))
        self._check_root()

    def finish(self) -> Report:
        """The report, once the last entry has been taken."""
        signed = max((*self._held, *self._stored), default=0)
        if signed > self._size:
            self._fault(
                f"{_entries(self._size, signed)}: cut off, {signed} entries were signed and "
                f"{self._size} are there"
            )
        root = self._root()
        return Report(
            entries=self._read,
            size=self._size,
            checkpoints=len(self._held),
            stored_checkpoints=len(self._stored),
            covered=self._covered,
            held=min(max(self._held, default=0), self._covered),
            first=self._first,
            last=self._last,
            root=root.hex() if root else None,
            problems=tuple(self._problems),
            more_problems=self._more,
        )

    def _fault(self, what: str) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(what)
        else:
            self._more += 1

    def _is_a_place(self, document: Mapping[str, Any]) -> bool:
        """Whether it can be the next entry, or one behind others that were removed."""
        index, leaf = document["_id"], document.get("leaf")
        if not isinstance(index, int) or isinstance(index, bool) or index < self._size:
            return False
        return index == self._size or (isinstance(leaf, dict) and leaf.get("index") == index)

    def _skip(self, index: int) -> None:
        """Go on behind entries that are not there; subtrees before them stay known."""
        self._fault(f"{_entries(self._size, index)}: removed")
        self._peaks = {peak: self._peaks.get(peak) for peak in tree.peaks(index)}
        self._size = index

    def _grow(self, entry: "_Looked") -> None:
        index, rest = self._size, self._size
        reached, level = entry.leaf_hash, 0
        while rest & 1:
            left = self._peaks.pop(Subtree(level, rest - 1))
            rest >>= 1
            level += 1
            found = entry.node(level)
            computed = tree.node_hash(left, reached) if left and reached else None
            if computed and found != computed:
                self._fault(f"entry {index}: the tree's hash of level {level} was changed")
            reached = computed or found
        self._peaks[Subtree(level, rest)] = reached
        self._size += 1
        self._first = self._first or entry.recorded
        self._last = entry.recorded or self._last

    def _root(self) -> bytes | None:
        peaks = [self._peaks[peak] for peak in tree.peaks(self._size)]
        known = [hashed for hashed in peaks if hashed is not None]
        return tree.Frontier(self._size, known).head.root if len(known) == len(peaks) else None

    def _check_root(self) -> None:
        """Compare with the checkpoints of this size; after the first that differs all would."""
        checkpoint = self._held.get(self._size) or self._stored.get(self._size)
        root = self._root() if checkpoint else None
        if checkpoint is None or root is None or self._parted:
            return
        if checkpoint.head == Head(self._size, root):
            # Between checkpoints of the file those of the database prove nothing: who can have a
            # forged log signed has them there too.
            if self._size in self._held or self._size > max(self._held, default=0):
                self._covered = self._size
            return
        self._parted = True
        self._fault(
            f"{_entries(self._covered, self._size)}: not those that were signed at "
            f"{self._size} entries on {checkpoint.time}"
        )


class _Looked:
    """One stored entry, looked at by itself; what is wrong with it goes to `fault`."""

    def __init__(self, document: Mapping[str, Any], fault: Any, seen: set[bytes]) -> None:
        self._index = document["_id"]
        self._fault = fault
        self._nodes = document.get("nodes")
        leaf = document.get("leaf")
        self._leaf: Mapping[str, Any] = leaf if isinstance(leaf, dict) else {}
        if document.keys() != MEMBERS:
            self._say("has other members than an entry has")
        self._look_at_place(seen)
        self._look_at_detail(document.get("detail"))
        self.leaf_hash = self._hashed()
        self.recorded = self._text("recorded")

    def node(self, level: int) -> bytes | None:
        """The stored hash of the subtree of this level that ends here, if it is one."""
        nodes = self._nodes
        found = nodes[level] if isinstance(nodes, list) and len(nodes) > level else None
        return found if isinstance(found, bytes) and len(found) == _HASH_BYTES else None

    def _say(self, what: str) -> None:
        self._fault(f"entry {self._index}: {what}")

    def _text(self, name: str) -> str | None:
        value = self._leaf.get(name)
        return value if isinstance(value, str) else None

    def _look_at_place(self, seen: set[bytes]) -> None:
        if self._leaf.get("v") != VERSION:
            self._say("is of no known version")
        if self._leaf.get("index") != self._index:
            said = str(self._leaf.get("index"))[:40]
            self._say(f"stands in the place of another, it says that it is entry {said}")
        name = (self._text("entry_id") or "").replace("-", "")
        try:
            entry_id = bytes.fromhex(name)
        except ValueError:
            entry_id = b""
        if entry_id in seen:
            self._say("was recorded before, it stands in the log twice")
        seen.add(entry_id)

    def _look_at_detail(self, detail: object) -> None:
        if not isinstance(detail, dict):
            self._say("its detail was removed")
            return
        try:
            fits = commitment(detail) == self._leaf.get("detail")
        except (KeyError, TypeError, ValueError):
            fits = False
        extra = detail.keys() - {"salt", "case_persons", "fragments", "reasons", "decision"}
        if not fits or extra:
            self._say("its detail was changed")

    def _hashed(self) -> bytes | None:
        """The hash of the leaf; the stored one instead when the two differ, which is told."""
        completes = (self._index ^ (self._index + 1)).bit_length()
        if isinstance(self._nodes, list) and len(self._nodes) > completes:
            self._say("has more hashes of the tree than end with it")
        try:
            computed = tree.leaf_hash(canonical(self._leaf))
        except TypeError:
            computed = None
        found = self.node(0)
        if computed != found:
            self._say("was changed, its content does not have its hash")
            return found
        return computed


def _entries(start: int, end: int) -> str:
    """The entries from `start` up to, not including, `end`, as a person says it."""
    return f"entry {start}" if end == start + 1 else f"entries {start} to {end - 1}"
