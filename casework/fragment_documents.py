"""How fragments are stored in MongoDB, and how they go over the wire.

What is found by its kind, source or day is stored in clear; what is said is sealed beside it.
Moments are text of one fixed form: it sorts by time and goes over the wire as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from casework.fragment import Fragment
from casework.moments import moment
from contracts.fragment_projections import KINDS, project

Document = dict[str, Any]

Codes = Mapping[str, Any]

_ON_THE_WIRE: Final = ("kind", "category", "source", "subjects", "version", "at")
_ALWAYS_STORED: Final = (*_ON_THE_WIRE, "place")
_WIRE_DEFAULTS: Final[Document] = {
    "only_for": [],
    "withhold_from": [],
    "addressed_to": [],
    "of": None,
    "status": "offered",
}


def _as_they_are(codes: Codes, _today: date) -> Codes:
    return codes


@dataclass(frozen=True)
class FragmentLayout:
    """Which facts of its fragments a service stores; the other ones are the same for all of them.

    `codes` names the member of a document that holds the codes. `present` is how codes go over
    a day, as part of the content.
    """

    facts: tuple[str, ...]
    codes: str = "codes"
    present: Callable[[Codes, date], Codes] = _as_they_are


def content_context(fragment: str, version: int) -> str:
    """The one place where the content of a fragment's version opens (chassis/vault.py)."""
    return f"fragment:{fragment}:{version}"


def to_document(fragment: Fragment, layout: FragmentLayout) -> Document:
    """The facts and codes of a fragment as they are stored, without id, case and content."""
    document = {name: _plain(getattr(fragment, name)) for name in (*_ALWAYS_STORED, *layout.facts)}
    if fragment.codes or layout.codes == "codes":
        document[layout.codes] = dict(fragment.codes)
    return document


def from_document(document: Document, layout: FragmentLayout, content: Any = None) -> Fragment:
    """The fragment that a document stores, with its opened content where a rule needs it."""
    stored: dict[str, Any] = {
        name: tuple(value) if isinstance(value := document.get(name), list) else value
        for name in (*_ALWAYS_STORED, *layout.facts)
    }
    return Fragment(
        **{**stored, "at": datetime.fromisoformat(document["at"])},
        id=document["_id"],
        content=content,
        codes=document.get(layout.codes, {}),
    )


def to_wire(
    document: Document, layout: FragmentLayout, content: Mapping[str, Any] | None, today: date
) -> Document:
    """A stored fragment as contracts/rpc/fragments.py has it; its codes are part of the content."""
    wire = {"id": document["_id"], **_WIRE_DEFAULTS}
    for name in (*_ON_THE_WIRE, *layout.facts):
        wire[name] = document.get(name)
    if content is not None:
        codes = layout.present(document.get(layout.codes, {}), today)
        content = project(document["kind"], "full", {**content, **codes})
        if KINDS[document["kind"]].attached and wire["of"] is None:
            # Stored by an earlier version, which named it in the content only.
            wire["of"] = content.get("of")
    return {**wire, "content": content}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return moment(value) if isinstance(value, datetime) else value
