"""MongoDB of audit: the append-only log and its checkpoints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.mongo import Conflict, guarded, make_collections, make_index, transaction
from chassis.runtime import Runtime
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.entry import format_time
from services.audit.domain.leaf import Leaf
from services.audit.domain.tree import Frontier, Hashes, Subtree, peaks

_DUPLICATE: Final = 11000
_ENTRY_ID: Final = "leaf.entry_id"
_WITHOUT_DECISION: Final = {"detail.decision": 0, "detail.salt": 0}

_INDEXES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]]] = {
    # Each begins with the member searched for and continues in log order; time and outcome come
    # last, so that entries outside them are skipped without being fetched.
    "command_id": (("leaf.command_id", "_id"), {"leaf.command_id": {"$gt": ""}}),
    "fragment": (("detail.fragments.id", "_id"), {}),
    "case_person": (("detail.case_persons", "_id"), {}),
    "case": (("leaf.case", "_id", "leaf.time", "leaf.outcome"), {"leaf.case": {"$gt": ""}}),
    "person": (("leaf.person", "_id", "leaf.time", "leaf.outcome"), {"leaf.person": {"$gt": ""}}),
    "emergency": (("leaf.emergency", "_id", "leaf.time"), {"leaf.emergency": True}),
    "partner": (
        ("leaf.partner", "_id", "leaf.time", "leaf.outcome"),
        {"leaf.partner": {"$gt": ""}},
    ),
    "outcome": (("leaf.outcome", "leaf.agreement", "_id", "leaf.time"), {}),
    "agreements": (("leaf.agreement", "_id", "leaf.time"), {}),
}
"""Member of a search, the most selective first → its index and partial filter expression."""

Filters = Mapping[str, Any]
"""The members of contracts/rpc/audit.py SearchRequest that narrow it, `agreements` among them."""

_EQUAL: Final = {
    "command_id": "leaf.command_id",
    "fragment": "detail.fragments.id",
    "case_person": "detail.case_persons",
    "case": "leaf.case",
    "person": "leaf.person",
    "emergency": "leaf.emergency",
    "partner": "leaf.partner",
    "outcome": "leaf.outcome",
    "action": "leaf.action",
    "kind": "leaf.kind",
}


class IndexTaken(Exception):
    """Another sequencer has appended an entry at one of these indexes."""


class EntryExists(Exception):
    """An entry with one of these ids is in the log."""


class LogDamaged(Exception):
    """Entries are missing whose hashes are needed to append."""


class Log:
    """The stored log. Creating it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "leaves", "checkpoints")
        make_index(runtime.database, "leaves", _ENTRY_ID, unique=True)
        for name, (keys, holds) in _INDEXES.items():
            part = {"partialFilterExpression": dict(holds)} if holds else {}
            make_index(runtime.database, "leaves", *keys, name=name, **part)
        self._database = runtime.database
        self._leaves = cast("Collection[Leaf]", runtime.database["leaves"])
        self._checkpoints = runtime.database["checkpoints"]

    def append(self, leaves: Sequence[Leaf], seconds: float, *, atomic: bool) -> None:
        """Insert leaves in order; they are journaled by the majority when it returns.

        `atomic`: all or none, in a transaction. One that a crash leaves open blocks its indexes
        until the server expires it; so without `atomic` the leaves are inserted one after the
        other, and the first of them may be stored when it raises. Raises IndexTaken or
        EntryExists; after any error the end of the log has to be read again.
        """
        try:
            if atomic:
                with transaction(self._database, seconds) as session:
                    self._leaves.insert_many(leaves, session=session)
            else:
                with guarded(seconds):
                    self._leaves.insert_many(leaves)
        except BulkWriteError as error:
            raise _duplicate_error(error) from error
        except Conflict as error:
            raise IndexTaken from error

    def end(self, seconds: float) -> Frontier:
        """The frontier of the log, computed from a few entries. Raises LogDamaged."""
        with guarded(seconds):
            last = self._leaves.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
            size = 0 if last is None else last["_id"] + 1
            hashes = self.hashes(peaks(size))
        if len(hashes) < size.bit_count():
            raise LogDamaged(f"of {size} entries some are lacking")
        return Frontier(size, [hashes[peak] for peak in peaks(size)])

    def hashes(self, subtrees: Iterable[Subtree]) -> Hashes:
        """The stored hashes of complete subtrees; missing ones are left out."""
        wanted = list(subtrees)
        where = {"_id": {"$in": sorted({subtree.last_leaf for subtree in wanted})}}
        with guarded():
            nodes = {each["_id"]: each["nodes"] for each in self._leaves.find(where, {"nodes": 1})}
        return {
            subtree: bytes(nodes[subtree.last_leaf][subtree.level])
            for subtree in wanted
            if len(nodes.get(subtree.last_leaf, ())) > subtree.level
        }

    def find_entries(self, entry_ids: Sequence[str], seconds: float) -> dict[str, Leaf]:
        """The leaves of those of the entries that are in the log, by entry id."""
        with guarded(seconds):
            found = self._leaves.find({_ENTRY_ID: {"$in": list(entry_ids)}})
            return {leaf["leaf"]["entry_id"]: leaf for leaf in found}

    def lacking(self, entry_ids: Sequence[str]) -> list[str]:
        """Those of the ids that no entry of the log has."""
        where = {_ENTRY_ID: {"$in": list(entry_ids)}}
        with guarded():
            found = self._leaves.find(where, {"_id": 0, _ENTRY_ID: 1}, hint=f"{_ENTRY_ID}_1")
            present = {document["leaf"]["entry_id"] for document in found}
        return [entry_id for entry_id in entry_ids if entry_id not in present]

    def entry(self, index: int, agreements: Sequence[str]) -> Leaf | None:
        """The leaf at an index, without decision, if it is of these agreements or of none."""
        with guarded():
            return self._leaves.find_one(
                {"_id": index, "leaf.agreement": {"$in": [*agreements, None]}}, _WITHOUT_DECISION
            )

    def last_index(self) -> int:
        """The index of the newest entry; -1 in an empty log."""
        with guarded():
            last = self._leaves.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
        return -1 if last is None else last["_id"]

    def search(
        self, filters: Filters, after: int, last: int, limit: int, *, with_decision: bool
    ) -> list[Leaf]:
        """At most `limit` leaves that match, in log order, after the index `after`, to `last`."""
        where = {"_id": {"$gt": after, "$lte": last}, **_conditions(filters)}
        projection = None if with_decision else _WITHOUT_DECISION
        index = next((name for name in _INDEXES if filters.get(name)), "agreements")
        order = [("_id", ASCENDING)]
        with guarded():
            return list(self._leaves.find(where, projection, sort=order, limit=limit, hint=index))

    def store_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Insert a checkpoint; nothing happens when there is one of this size."""
        kept = checkpoint.as_json()
        with guarded():
            try:
                self._checkpoints.insert_one({"_id": kept.pop("size"), **kept})
            except DuplicateKeyError:
                return

    def checkpoints(self, before: int | None, limit: int) -> list[Checkpoint]:
        """Checkpoints of fewer than `before` entries, the newest first."""
        where = {} if before is None else {"_id": {"$lt": before}}
        with guarded():
            found = self._checkpoints.find(where, sort=[("_id", DESCENDING)], limit=limit)
            return [_checkpoint(document) for document in found]

    def checkpoints_after(self, size: int, limit: int) -> list[Checkpoint]:
        """Checkpoints of more than `size` entries, the oldest first."""
        with guarded():
            found = self._checkpoints.find(
                {"_id": {"$gt": size}}, sort=[("_id", ASCENDING)], limit=limit
            )
            return [_checkpoint(document) for document in found]


def _conditions(filters: Filters) -> dict[str, Any]:
    """The MongoDB filter; entries without an agreement are visible to every auditor."""
    conditions: dict[str, Any] = {
        path: filters[name] for name, path in _EQUAL.items() if name in filters
    }
    conditions["leaf.agreement"] = {"$in": [*filters["agreements"], None]}
    times = {
        comparison: format_time(filters[name])
        for name, comparison in (("since", "$gte"), ("until", "$lt"))
        if name in filters
    }
    if times:
        conditions["leaf.time"] = times
    return conditions


def _duplicate_error(error: BulkWriteError) -> Exception:
    """EntryExists or IndexTaken for a duplicate key, else the error itself."""
    details: Mapping[str, Any] = error.details or {}
    first = (details.get("writeErrors") or [{}])[0]
    if first.get("code") != _DUPLICATE:
        return error
    return EntryExists() if _ENTRY_ID in first.get("keyPattern", {}) else IndexTaken()


def _checkpoint(document: Mapping[str, Any]) -> Checkpoint:
    members = {name: value for name, value in document.items() if name != "_id"}
    return Checkpoint(size=document["_id"], **members)
