"""How fragments and outcomes look in the database, and how they are told over the wire.

Moments are kept as text of one fixed form: it sorts by time and is told as it is. Content stands in
`sealed` only; everything else is ids and codes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.risk.domain.case import Fragment, Outcome

Document = dict[str, Any]

_TOLD: Final = ("kind", "category", "source", "subjects", "status", "version", "at")

_EVERYBODY: Final[Document] = {"only_for": [], "withhold_from": [], "addressed_to": [], "of": None}
"""Nothing of an assessment or a weighing is for some partners only: its category says enough."""


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
        "status": fragment.status,
        "version": fragment.version,
        "at": moment(fragment.at),
        "place": fragment.place,
        "codes": dict(fragment.codes),
    }


def read_fragment(document: Document) -> Fragment:
    """The fragment that a document keeps, unopened."""
    return Fragment(
        id=document["_id"],
        kind=document["kind"],
        category=document["category"],
        source=document["source"],
        subjects=tuple(document["subjects"]),
        at=datetime.fromisoformat(document["at"]),
        content=None,
        codes=document["codes"],
        status=document["status"],
        version=document["version"],
        place=document["place"],
    )


def told_fragment(document: Document, content: Mapping[str, Any] | None) -> Document:
    """A fragment as it is told: facts, and the content given together with its codes."""
    told = {"id": document["_id"], **{fact: document[fact] for fact in _TOLD}}
    if content is not None:
        content = {**document["codes"], **content}
    return {**told, **_EVERYBODY, "content": content}


def outcome_document(outcome: Outcome, turn: int) -> Document:
    """A closed weighing as it is kept, for good; `turn` orders those of a case."""
    return {
        "_id": outcome.id,
        "case": outcome.case,
        "turn": turn,
        "closed_at": moment(outcome.closed_at),
        "conclusion": outcome.conclusion,
        "assessments": list(outcome.assessments),
        "problem_profile": outcome.problem_profile,
    }


def read_outcome(document: Document) -> Outcome:
    """The closed weighing that a document keeps."""
    return Outcome(
        id=document["_id"],
        case=document["case"],
        closed_at=datetime.fromisoformat(document["closed_at"]),
        conclusion=document["conclusion"],
        assessments=tuple(document["assessments"]),
        problem_profile=document["problem_profile"],
    )
