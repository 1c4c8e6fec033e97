"""How fragments and outcomes look in the database, and how they are told over the wire.

Moments of fragments are kept as text of one fixed form: it sorts by time and is told as it is.
Content stands in `sealed` only; everything else is ids, codes and days.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from contracts.fragments import project
from services.plans.domain.case import Fragment, Outcome

Document = dict[str, Any]

_TOLD: Final = ("kind", "category", "source", "subjects", "addressed_to", "of", "version", "at")

_NOBODY_LEFT_OUT: Final[Document] = {"only_for": [], "withhold_from": [], "status": "offered"}
"""What the table makes is kept from nobody, and is never recalled."""


def moment(at: datetime) -> str:
    """A moment in UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def content_context(fragment: str, version: int) -> str:
    """The one place where the content of a fragment's version opens."""
    return f"fragment:{fragment}:{version}"


def fragment_document(fragment: Fragment) -> Document:
    """The facts and codes of a fragment as they are kept, without its id, case and content."""
    return {
        "kind": fragment.kind,
        "category": fragment.category,
        "source": fragment.source,
        "subjects": list(fragment.subjects),
        "addressed_to": list(fragment.addressed_to),
        "of": fragment.of,
        "version": fragment.version,
        "at": moment(fragment.at),
        "place": fragment.place,
        "codes": dict(fragment.codes),
    }


def read_fragment(document: Document, content: Mapping[str, Any] | None) -> Fragment:
    """The fragment that a document keeps, with its opened content where a rule needs it."""
    return Fragment(
        id=document["_id"],
        kind=document["kind"],
        category=document["category"],
        source=document["source"],
        subjects=tuple(document["subjects"]),
        at=datetime.fromisoformat(document["at"]),
        content=content,
        codes=document["codes"],
        addressed_to=tuple(document["addressed_to"]),
        of=document.get("of"),
        version=document["version"],
        place=document["place"],
    )


def told_fragment(document: Document, content: Mapping[str, Any] | None) -> Document:
    """A fragment as it is told: facts, and the content given together with its codes."""
    told = {"id": document["_id"], **{fact: document.get(fact) for fact in _TOLD}}
    if content is not None:
        content = project(document["kind"], "full", {**content, **document["codes"]})
    return {**told, **_NOBODY_LEFT_OUT, "content": content}


def outcome_document(case: str, outcome: Outcome, turn: int) -> Document:
    """A closed outcome as it is kept, for good; `turn` orders those of a case."""
    return {
        "_id": outcome.id,
        "case": case,
        "turn": turn,
        "closed_at": outcome.closed_at,
        **outcome.said,
    }
