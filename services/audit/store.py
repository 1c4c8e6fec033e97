"""MongoDB of audit: the log, which is only ever added to, and its checkpoints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.mongo import Conflict, guarded, make_collections, make_index, reachable, transaction
from chassis.runtime import Runtime
from services.audit.domain.checkpoint import Checkpoint
from services.audit.domain.entry import written
from services.audit.domain.leaf import Document
from services.audit.domain.tree import Frontier, Hashes, Subtree, peaks

_DUPLICATE: Final = 11000
_ENTRY_ID: Final = "leaf.entry_id"
_WITHOUT_DECISION: Final = {"detail.decision": 0, "detail.salt": 0}

_INDEXES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]]] = {
    # Each begins with what is asked for and goes on in log order; time and outcome come last, so
    # that entries outside them are passed over without being read.
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
"""What can be asked for, the narrowest first: its index, and what entries the index holds."""

Question = Mapping[str, Any]
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
    """Another sequencer has appended at one of these places."""


class EntryKnown(Exception):
    """An entry with one of these ids is in the log already."""


class LogDamaged(Exception):
    """Entries that the log needs to go on are not there."""


class Log:
    """The stored log. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "leaves", "checkpoints")
        make_index(runtime.database, "leaves", _ENTRY_ID, unique=True)
        for name, (keys, holds) in _INDEXES.items():
            part = {"partialFilterExpression": dict(holds)} if holds else {}
            make_index(runtime.database, "leaves", *keys, name=name, **part)
        self._database = runtime.database
        self._leaves = runtime.database["leaves"]
        self._checkpoints = runtime.database["checkpoints"]

    def append(self, documents: Sequence[Document], seconds: float, *, together: bool) -> None:
        """Keep these entries: in the majority's journal, and in order, when it returns.

        `together`: all or none. That takes a transaction, and one that a crash leaves open keeps
        its places in the log until the server gives up on it; so entries that do not belong
        together are kept one after the other, and of those the first may be kept when it raises.
        Raises IndexTaken or EntryKnown; after any error the log has to be looked at again.
        """
        try:
            if together:
                with transaction(self._database, seconds) as session:
                    self._leaves.insert_many(documents, session=session)
            else:
                with guarded(seconds):
                    self._leaves.insert_many(documents)
        except BulkWriteError as error:
            raise _clash(error) from error
        except Conflict as error:
            raise IndexTaken from error

    def end(self, seconds: float) -> Frontier:
        """Where the log ends now, from a few entries only. Raises LogDamaged."""
        with guarded(seconds):
            last = self._leaves.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
            size = 0 if last is None else last["_id"] + 1
            hashes = self.hashes(peaks(size))
        if len(hashes) < size.bit_count():
            raise LogDamaged(f"of {size} entries some are lacking")
        return Frontier(size, [hashes[peak] for peak in peaks(size)])

    def hashes(self, subtrees: Iterable[Subtree]) -> Hashes:
        """The stored hashes of complete subtrees; one that is not there is left out."""
        wanted = list(subtrees)
        where = {"_id": {"$in": sorted({subtree.last_leaf for subtree in wanted})}}
        with guarded():
            nodes = {each["_id"]: each["nodes"] for each in self._leaves.find(where, {"nodes": 1})}
        return {
            subtree: bytes(nodes[subtree.last_leaf][subtree.level])
            for subtree in wanted
            if len(nodes.get(subtree.last_leaf, ())) > subtree.level
        }

    def known(self, entry_ids: Sequence[str], seconds: float) -> dict[str, Document]:
        """The entries with these ids that are in the log, whole."""
        with guarded(seconds):
            found = self._leaves.find({_ENTRY_ID: {"$in": list(entry_ids)}})
            return {document["leaf"]["entry_id"]: document for document in found}

    def lacking(self, entry_ids: Sequence[str]) -> list[str]:
        """Those of the ids that no entry has."""
        where = {_ENTRY_ID: {"$in": list(entry_ids)}}
        with guarded():
            found = self._leaves.find(where, {"_id": 0, _ENTRY_ID: 1}, hint=f"{_ENTRY_ID}_1")
            known = {document["leaf"]["entry_id"] for document in found}
        return [entry_id for entry_id in entry_ids if entry_id not in known]

    def entry(self, index: int, agreements: Sequence[str]) -> Document | None:
        """One entry, if it is of these agreements or of none."""
        with guarded():
            return self._leaves.find_one(
                {"_id": index, "leaf.agreement": {"$in": [*agreements, None]}}, _WITHOUT_DECISION
            )

    def search(
        self, question: Question, after: int, limit: int, *, with_decision: bool
    ) -> list[Document]:
        """At most `limit` entries behind the index `after` that answer a question, in log order."""
        where = {"_id": {"$gt": after}, **_conditions(question)}
        without = None if with_decision else _WITHOUT_DECISION
        narrowest = next((name for name in _INDEXES if question.get(name)), "agreements")
        order = [("_id", ASCENDING)]
        with guarded():
            return list(self._leaves.find(where, without, sort=order, limit=limit, hint=narrowest))

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; nothing happens when there is one of this size."""
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

    def reachable(self) -> bool:
        """Whether the database answers."""
        return reachable(self._database)


def _conditions(question: Question) -> dict[str, Any]:
    """What entries must be like; those of no agreement are every auditor's."""
    conditions: dict[str, Any] = {
        where: question[name] for name, where in _EQUAL.items() if name in question
    }
    conditions["leaf.agreement"] = {"$in": [*question["agreements"], None]}
    times = {
        comparison: written(question[name])
        for name, comparison in (("since", "$gte"), ("until", "$lt"))
        if name in question
    }
    if times:
        conditions["leaf.time"] = times
    return conditions


def _clash(error: BulkWriteError) -> Exception:
    """What a refused insert means: which unique key was there already."""
    details: Mapping[str, Any] = error.details or {}
    first = (details.get("writeErrors") or [{}])[0]
    if first.get("code") != _DUPLICATE:
        return error
    return EntryKnown() if _ENTRY_ID in first.get("keyPattern", {}) else IndexTaken()


def _checkpoint(document: Mapping[str, Any]) -> Checkpoint:
    members = {name: value for name, value in document.items() if name != "_id"}
    return Checkpoint(size=document["_id"], **members)
