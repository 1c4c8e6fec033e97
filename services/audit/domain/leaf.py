"""A recorded entry: its leaf (version 1, RFC 8785 canonical JSON) and the detail beside it.

The leaf commits to the detail by a salted hash, so that the detail can one day be erased and the
log still be proved, and so that nobody can guess a detail from the leaf.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from services.audit.domain.entry import Entry
from services.audit.domain.tree import Frontier, leaf_hash

VERSION: Final = 1
SALT_BYTES: Final = 32

MEMBERS: Final = frozenset(("_id", "leaf", "detail", "nodes"))
"""Of a stored entry: its index, its leaf, its detail, and the hashes of the tree that end here."""

Document = dict[str, Any]


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of a value whose strings are ASCII and whose numbers are whole.

    For such values sorting by bytes is sorting by UTF-16 units, and nothing needs an escape that
    the two would write differently.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with its detail and the hash that commits to it; its place is not known yet."""

    entry: Entry
    detail: Document
    commitment: str


def seal(entry: Entry, salt: bytes) -> Sealed:
    """Seal the detail of an entry; `salt` is SALT_BYTES random bytes, used only once."""
    detail = {"salt": salt, **entry.beside, "decision": entry.decision}
    return Sealed(entry, detail, commitment(detail))


def commitment(detail: Mapping[str, Any]) -> str:
    """The hash (hex) by which a leaf commits to its detail.

    Raises KeyError or TypeError when it is no detail.
    """
    beside = {name: detail[name] for name in ("case_persons", "fragments", "reasons")}
    listed = sha256(canonical(beside)).digest()
    decided = sha256(detail["decision"]).digest()
    return sha256(detail["salt"] + listed + decided).hexdigest()


def place(sealed: Sealed, frontier: Frontier, recorded: str) -> Document:
    """Append an entry to the tree; gives the document that keeps it.

    `recorded` is when the log took it up; the entry itself tells when it was decided.
    """
    leaf = {
        **sealed.entry.told,
        "v": VERSION,
        "index": frontier.size,
        "recorded": recorded,
        "detail": sealed.commitment,
    }
    nodes = frontier.append(leaf_hash(canonical(leaf)))
    return {"_id": leaf["index"], "leaf": leaf, "detail": sealed.detail, "nodes": nodes}


def tells_the_same(entry: Entry, document: Mapping[str, Any]) -> bool:
    """Whether a stored entry is this one: an id used again must mean the same."""
    leaf, detail = document["leaf"], document["detail"]
    return (
        all(leaf.get(name) == value for name, value in entry.told.items())
        and all(detail.get(name) == value for name, value in entry.beside.items())
        and detail.get("decision") == entry.decision
    )


def recorded_entry(document: Mapping[str, Any], *, with_decision: bool) -> dict[str, Any]:
    """A stored entry as searches answer it; `input` and `result` are empty without decision."""
    leaf, detail = document["leaf"], document["detail"]
    decided = orjson.loads(detail["decision"]) if with_decision else {"input": {}, "result": {}}
    told = {name: leaf[name] for name in leaf if name not in _OF_THE_LOG}
    beside = {name: detail[name] for name in ("case_persons", "fragments", "reasons")}
    place = {"index": leaf["index"], "leaf_hash": bytes(document["nodes"][0]).hex()}
    return {**told, **beside, **decided, **place}


_OF_THE_LOG: Final = frozenset(("v", "recorded", "detail"))
