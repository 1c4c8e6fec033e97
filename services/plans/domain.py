"""Rules of plans: what it knows of a case, which news of it stands, and what is settled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.errors import Refuse


def known_case(data: Mapping[str, Any], told_at: datetime) -> dict[str, str]:
    """What a case event tells: the case, its agreement and its stage, `withdrawn` like any other.

    The moment is text of one length in UTC: it sorts as time does, to the microsecond.
    """
    return {
        "case": data["case"],
        "agreement": data["agreement"],
        "stage": data["stage"],
        "told_at": told_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def stands(known: Mapping[str, str] | None, heard: Mapping[str, str]) -> bool:
    """Whether the news heard is newer than what is known: events may arrive in any order."""
    return known is None or heard["told_at"] > known["told_at"]


def settled(document: dict[str, Any] | None) -> dict[str, Any]:
    """The closed document as its outcome; raises Refuse("not_found") when there is none to tell."""
    if document is None:
        raise Refuse("not_found", "nothing closed of this case has this id")
    return {**document, "id": document["_id"]}
