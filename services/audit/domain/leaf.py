"""A stored entry: its leaf (version 1, RFC 8785 canonical JSON) and the detail apart from it.

The leaf commits to the detail by a salted hash, so that the detail can be erased one day and the
log still be proved, and so that nobody can guess a detail from the leaf.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NotRequired, TypedDict, cast

import orjson

from services.audit.domain.entry import Entry
from services.audit.domain.tree import Frontier, leaf_hash

VERSION: Final = 1
SALT_BYTES: Final = 32


class Detail(TypedDict):
    """What a leaf commits to; without `salt` and `decision` when a search leaves them out."""

    salt: NotRequired[bytes]
    case_persons: list[str]
    fragments: list[dict[str, str]]
    reasons: list[str]
    decision: NotRequired[bytes]


class Leaf(TypedDict):
    """A document of the collection `leaves`.

    `_id` is the index, `nodes` are the hashes of the complete subtrees that end with this leaf,
    its own first.
    """

    _id: int
    leaf: dict[str, Any]
    detail: Detail
    nodes: list[bytes]


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of a value whose strings are ASCII and whose numbers are integers.

    For such values sorting by bytes is sorting by UTF-16 code units, and no escape is written
    differently.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class CommittedEntry:
    """An entry with its detail and the hash (hex) that commits to it; it has no index yet."""

    entry: Entry
    detail: Detail
    commitment: str


def commit_detail(entry: Entry, salt: bytes) -> CommittedEntry:
    """Commit to the detail of an entry; `salt` is SALT_BYTES random bytes, used only once."""
    detail = cast(Detail, {"salt": salt, **entry.detail_members, "decision": entry.decision})
    return CommittedEntry(entry, detail, commitment(detail))


def commitment(detail: Mapping[str, Any]) -> str:
    """The hash (hex) by which a leaf commits to its detail.

    Raises KeyError or TypeError when it is no detail.
    """
    lists = {name: detail[name] for name in ("case_persons", "fragments", "reasons")}
    lists_hash = sha256(canonical(lists)).digest()
    decision_hash = sha256(detail["decision"]).digest()
    return sha256(detail["salt"] + lists_hash + decision_hash).hexdigest()


def append_entry(committed: CommittedEntry, frontier: Frontier, recorded: str) -> Leaf:
    """Append an entry to the tree; returns the document to store.

    `recorded` is when it is appended; `time` in the entry is when it was decided or happened.
    """
    leaf = {
        **committed.entry.leaf_members,
        "v": VERSION,
        "index": frontier.size,
        "recorded": recorded,
        "detail": committed.commitment,
    }
    nodes = frontier.append(leaf_hash(canonical(leaf)))
    return {"_id": leaf["index"], "leaf": leaf, "detail": committed.detail, "nodes": nodes}


def is_same_entry(entry: Entry, stored: Leaf) -> bool:
    """Whether a stored entry has the same content: an id must not be reused for another."""
    leaf, detail = stored["leaf"], stored["detail"]
    return (
        all(leaf.get(name) == value for name, value in entry.leaf_members.items())
        and all(detail.get(name) == value for name, value in entry.detail_members.items())
        and detail.get("decision") == entry.decision
    )


def recorded_entry(stored: Leaf, *, with_decision: bool) -> dict[str, Any]:
    """A stored entry as a `RecordedEntry` (contracts/rpc/audit.py).

    `input` and `result` are empty without decision.
    """
    leaf, detail = stored["leaf"], stored["detail"]
    decision = orjson.loads(detail["decision"]) if with_decision else {"input": {}, "result": {}}
    members = {name: leaf[name] for name in leaf if name not in ("v", "recorded", "detail")}
    return {
        **members,
        **decision,
        "case_persons": detail["case_persons"],
        "fragments": detail["fragments"],
        "reasons": detail["reasons"],
        "leaf_hash": bytes(stored["nodes"][0]).hex(),
    }
