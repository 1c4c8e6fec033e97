"""Fragments: everything a case holds that can be released (domain.md, section 5).

Each kind declares two projections of its content. The gateway releases by these allow-lists only:
a field that is not named here never leaves. Policy sees the facts of a fragment, never its content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FACT_FIELDS: Final = (
    "id",
    "kind",
    "category",
    "source",
    "subjects",
    "only_for",
    "withhold_from",
    "addressed_to",
    "status",
)
"""What policy looks at."""

ENVELOPE_FIELDS: Final = ("id", "kind", "category", "source", "subjects", "status", "version", "at")
"""What accompanies every released fragment, whatever the level."""


LINKS: Final = ("item",)
"""Content fields that hold the id of another fragment: shown only beside that fragment, so that
nobody learns of one that is withheld."""


@dataclass(frozen=True)
class Projections:
    """The content fields that each level of a fragment kind shows."""

    summary: tuple[str, ...]
    full: tuple[str, ...]


_NARRATIVE = Projections(summary=("summary",), full=("summary", "text"))

KINDS: Final[Mapping[str, Projections]] = {
    "person": Projections(
        summary=("roles",), full=("roles", "given_name", "family_name", "birth_date", "sex")
    ),
    "occurrence": _NARRATIVE,
    "worry": _NARRATIVE,
    "wish": _NARRATIVE,
    "precaution": _NARRATIVE,
    "crisis_note": _NARRATIVE,
    "involved_service": Projections(
        summary=("service",), full=("service", "function", "since", "text")
    ),
    "criterion": Projections(
        summary=("criterion", "answer"), full=("criterion", "answer", "ground")
    ),
    "informing": Projections(
        summary=("state", "review_on"), full=("state", "review_on", "reason", "how")
    ),
    "uninformed_ground": Projections(summary=(), full=("text",)),
    "item": Projections(
        summary=("summary", "item_kind", "as_of"),
        full=("summary", "item_kind", "as_of", "text", "obtained_from", "author"),
    ),
    "whereabouts": Projections(summary=(), full=("address", "safe_contact")),
    "request": Projections(
        summary=("to", "by", "due", "state"),
        full=(
            "to",
            "by",
            "due",
            "state",
            "question",
            "answered_on",
            "ground",
            "ground_text",
            "item",
        ),
    ),
    "advice": _NARRATIVE,
}


def project(kind: str, level: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `content` that `level` ("summary" or "full") shows, by allow-list.

    Raises KeyError for a kind or level that is not declared, so that nothing leaves by accident.
    """
    fields = {"summary": KINDS[kind].summary, "full": KINDS[kind].full}[level]
    return {field: content[field] for field in fields if field in content}
