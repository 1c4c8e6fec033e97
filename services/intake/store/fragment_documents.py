"""How fragments look in the database, and how they are told over the wire.

What is found by its kind, source or day stands in clear; what is said stands sealed beside it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.intake.domain.case import Fragment, Request
from services.intake.store.documents import Document, moment

_TOLD_OF_FRAGMENT = (
    "kind",
    "category",
    "source",
    "subjects",
    "only_for",
    "withhold_from",
    "addressed_to",
    "status",
    "version",
    "at",
)


def content_context(fragment: str, version: int) -> str:
    """The one place where the content of a fragment's version opens."""
    return f"fragment:{fragment}:{version}"


def fragment_document(fragment: Fragment) -> Document:
    """The facts of a fragment as they are kept, without its id, its case and its content."""
    document: Document = {
        "kind": fragment.kind,
        "category": fragment.category,
        "source": fragment.source,
        "subjects": list(fragment.subjects),
        "only_for": list(fragment.only_for),
        "withhold_from": list(fragment.withhold_from),
        "addressed_to": list(fragment.addressed_to),
        "status": fragment.status,
        "version": fragment.version,
        "at": moment(fragment.at),
        "place": fragment.place,
    }
    if fragment.request is not None:
        document["request"] = _request_document(fragment.request)
    return document


def read_fragment(document: Document, content: Mapping[str, Any] | None) -> Fragment:
    """The fragment that a document keeps, with its opened content where a rule needs it."""
    request = document.get("request")
    return Fragment(
        id=document["_id"],
        kind=document["kind"],
        category=document["category"],
        source=document["source"],
        subjects=tuple(document["subjects"]),
        at=datetime.fromisoformat(document["at"]),
        content=content,
        only_for=tuple(document["only_for"]),
        withhold_from=tuple(document["withhold_from"]),
        addressed_to=tuple(document["addressed_to"]),
        status=document["status"],
        version=document["version"],
        place=document["place"],
        request=request and _read_request(request),
    )


def told_fragment(document: Document, content: Mapping[str, Any] | None, today: date) -> Document:
    """A fragment as it is told: facts, and the content given, with a request's own facts in it."""
    told = {
        "id": document["_id"],
        "of": None,
        **{fact: document[fact] for fact in _TOLD_OF_FRAGMENT},
    }
    if content is not None and "request" in document:
        content = {**content, **_told_request(document["request"], today)}
    told["content"] = content
    return told


def _request_document(request: Request) -> Document:
    return {
        "to": request.to,
        "by": request.by,
        "due": request.due.isoformat(),
        "state": request.state,
        "answered_on": request.answered_on and request.answered_on.isoformat(),
        "ground": request.ground,
        "item": request.item,
    }


def _read_request(document: Document) -> Request:
    answered_on = document["answered_on"]
    return Request(
        to=document["to"],
        by=document["by"],
        due=date.fromisoformat(document["due"]),
        state=document["state"],
        answered_on=answered_on and date.fromisoformat(answered_on),
        ground=document["ground"],
        item=document["item"],
    )


def _told_request(document: Document, today: date) -> Document:
    told = {key: value for key, value in document.items() if value is not None}
    return {**told, "state": _read_request(document).state_on(today)}
