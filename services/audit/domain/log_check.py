"""Verifies the stored log entry by entry, and names what was changed.

A change is located as exactly as the evidence allows: in an entry by its own hashes, else between
two checkpoints. After a fault verification continues with the stored hashes of the tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.leaf import VERSION, Detail, Leaf, canonical, commitment
from services.audit.domain.tree import Subtree, TreeHead

MAX_PROBLEMS = 50
"""Problems that a report lists; of the others it gives the number."""

_HASH_BYTES = 32


@dataclass(frozen=True)
class Report:
    """What was verified, and what is wrong with it.

    `entries` were read and `size` is the index after the last; the first `covered` entries are
    proved by a checkpoint, the first `held` of them by one of the file outside the database.
    """

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
    def is_intact(self) -> bool:
        """Whether there is no problem."""
        return not self.problems

    def facts(self) -> list[tuple[str, str]]:
        """What was verified, as names and values."""
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


class LogCheck:
    """Verifies a log whose entries are added in the order of their `_id`."""

    def __init__(
        self,
        held: Mapping[int, Checkpoint],
        stored: Mapping[int, Checkpoint],
        problems: list[str],
    ) -> None:
        """Checkpoints by size with verified signatures: those of the file, of the database."""
        self._held = held
        self._stored = stored
        self._problems = list(problems[:MAX_PROBLEMS])
        self._more = len(problems) - len(self._problems)
        self._read = self._size = 0
        self._peaks: dict[Subtree, bytes | None] = {}
        self._covered = 0
        self._diverged = False
        self._seen: set[bytes] = set()
        self._first: str | None = None
        self._last: str | None = None

    def add(self, document: Mapping[str, Any]) -> None:
        """Verify the next entry."""
        index = document["_id"]
        if not self._can_be_next(document):
            self._fault(f"entry {str(index)[:40]}: put in, the log has no such place")
            return
        if index > self._size:
            self._skip(index)
        self._read += 1
        self._append(_EntryCheck(document, self._fault, self._seen))
        self._check_root()

    def finish(self) -> Report:
        """The report, once the last entry has been added."""
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
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(what)
        else:
            self._more += 1

    def _can_be_next(self, document: Mapping[str, Any]) -> bool:
        """Whether it can be the next entry, or a later one after others that were removed."""
        index, leaf = document["_id"], document.get("leaf")
        if not isinstance(index, int) or isinstance(index, bool) or index < self._size:
            return False
        return index == self._size or (isinstance(leaf, dict) and leaf.get("index") == index)

    def _skip(self, index: int) -> None:
        """Continue after entries that are missing; complete subtrees before them stay known."""
        self._fault(f"{_entries(self._size, index)}: removed")
        self._peaks = {peak: self._peaks.get(peak) for peak in tree.peaks(index)}
        self._size = index

    def _append(self, entry: "_EntryCheck") -> None:
        index, rest = self._size, self._size
        peak, level = entry.leaf_hash, 0
        while rest & 1:
            left = self._peaks.pop(Subtree(level, rest - 1))
            rest >>= 1
            level += 1
            stored = entry.node(level)
            computed = tree.node_hash(left, peak) if left and peak else None
            if computed and stored != computed:
                self._fault(f"entry {index}: the tree's hash of level {level} was changed")
            peak = computed or stored
        self._peaks[Subtree(level, rest)] = peak
        self._size += 1
        self._first = self._first or entry.recorded
        self._last = entry.recorded or self._last

    def _root(self) -> bytes | None:
        peaks = [self._peaks[peak] for peak in tree.peaks(self._size)]
        known = [hashed for hashed in peaks if hashed is not None]
        return tree.Frontier(self._size, known).head.root if len(known) == len(peaks) else None

    def _check_root(self) -> None:
        """Compare with the checkpoint of this size; after the first that differs all would."""
        checkpoint = self._held.get(self._size) or self._stored.get(self._size)
        root = self._root() if checkpoint else None
        if checkpoint is None or root is None or self._diverged:
            return
        if checkpoint.head == TreeHead(self._size, root):
            # Between checkpoints of the file those of the database prove nothing: who can get a
            # forged log signed has them there too.
            if self._size in self._held or self._size > max(self._held, default=0):
                self._covered = self._size
            return
        self._diverged = True
        self._fault(
            f"{_entries(self._covered, self._size)}: not those that were signed at "
            f"{self._size} entries on {checkpoint.time}"
        )


class _EntryCheck:
    """Verifies one stored entry by itself; calls `fault` for each problem."""

    def __init__(self, document: Mapping[str, Any], fault: Any, seen: set[bytes]) -> None:
        self._index = document["_id"]
        self._fault = fault
        self._nodes = document.get("nodes")
        leaf = document.get("leaf")
        self._leaf: Mapping[str, Any] = leaf if isinstance(leaf, dict) else {}
        if document.keys() != Leaf.__annotations__.keys():
            self._say("has other members than an entry has")
        self._check_index_and_id(seen)
        self._check_detail(document.get("detail"))
        self.leaf_hash = self._checked_leaf_hash()
        self.recorded = self._text("recorded")

    def node(self, level: int) -> bytes | None:
        """The stored hash of the subtree of this level that ends here; None if it is no hash."""
        nodes = self._nodes
        found = nodes[level] if isinstance(nodes, list) and len(nodes) > level else None
        return found if isinstance(found, bytes) and len(found) == _HASH_BYTES else None

    def _say(self, what: str) -> None:
        self._fault(f"entry {self._index}: {what}")

    def _text(self, name: str) -> str | None:
        value = self._leaf.get(name)
        return value if isinstance(value, str) else None

    def _check_index_and_id(self, seen: set[bytes]) -> None:
        if self._leaf.get("v") != VERSION:
            self._say("is of no known version")
        if self._leaf.get("index") != self._index:
            own = str(self._leaf.get("index"))[:40]
            self._say(f"stands in the place of another, it says that it is entry {own}")
        try:
            entry_id = bytes.fromhex((self._text("entry_id") or "").replace("-", ""))
        except ValueError:
            entry_id = b""
        if entry_id in seen:
            self._say("was recorded before, it stands in the log twice")
        seen.add(entry_id)

    def _check_detail(self, detail: object) -> None:
        if not isinstance(detail, dict):
            self._say("its detail was removed")
            return
        try:
            matches = commitment(detail) == self._leaf.get("detail")
        except (KeyError, TypeError, ValueError):
            matches = False
        if not matches or detail.keys() - Detail.__annotations__.keys():
            self._say("its detail was changed")

    def _checked_leaf_hash(self) -> bytes | None:
        """The hash of the leaf; when it differs from the stored one, a fault and the stored one."""
        completes = (self._index ^ (self._index + 1)).bit_length()
        if isinstance(self._nodes, list) and len(self._nodes) > completes:
            self._say("has more hashes of the tree than end with it")
        try:
            computed = tree.leaf_hash(canonical(self._leaf))
        except TypeError:
            computed = None
        stored = self.node(0)
        if computed != stored:
            self._say("was changed, its content does not have its hash")
        return stored


def _entries(start: int, end: int) -> str:
    """The entries from `start` up to, not including, `end`, in words."""
    return f"entry {start}" if end == start + 1 else f"entries {start} to {end - 1}"
