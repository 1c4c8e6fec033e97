"""What an answer about a case holds: built up by allow-lists, never made by taking fields away."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from contracts.fragments import ENVELOPE_FIELDS, LINKS, project
from gateway.decisions import CaseDecision
from gateway.facts import CaseRead

Body = dict[str, Any]

_CORE = ("id", "agreement", "stage", "version", "submitted_at")

REFERENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "participant": (*_CORE, "region", "submitted_by", "crisis"),
    "chair": (*_CORE, "region", "submitted_by", "crisis"),
    "coordination": _CORE,
    "referrer": (*_CORE, "region", "submitted_by"),
}
"""The facts of a case that each standing is shown."""

_SEES_PARTICIPANTS = ("participant", "chair", "coordination")
_PARTICIPANT = ("partner", "since", "answered")


def reference(read: CaseRead, decision: CaseDecision) -> Body:
    """The facts of the case that the viewer's standing shows."""
    shown = REFERENCE[decision.standing or ""]
    return {name: read.facts[name] for name in shown if name in read.facts}


def participants(read: CaseRead, decision: CaseDecision) -> list[Body]:
    """Who takes part, and whether they answered the call for contributions."""
    if decision.standing not in _SEES_PARTICIPANTS:
        return []
    return [
        {name: each.get(name) for name in _PARTICIPANT}
        for each in read.facts.get("participants") or ()
    ]


def fragments(read: CaseRead, decision: CaseDecision, whereabouts: Mapping[str, Any]) -> list[Body]:
    """The released fragments, in the order of their time; `whereabouts` is content by id.

    A fragment whose content is gone by now (recalled in between) is left out.
    """
    shown: list[Body] = []
    for each in read.fragments:
        level = decision.grants[each["id"]].level
        content = whereabouts.get(each["id"]) if kept_apart(each) else each["content"]
        if level == "none" or (content is None and kept_apart(each)):
            continue
        shown.append(
            {
                **{name: each[name] for name in ENVELOPE_FIELDS},
                "level": level,
                "content": project(each["kind"], level, content or {}),
            }
        )
    beside = {each["id"] for each in shown}
    for each in shown:
        each["content"] = _with_links_to(beside, each["content"])
    return shown


def _with_links_to(beside: set[str], content: Body) -> Body:
    return {name: value for name, value in content.items() if name not in LINKS or value in beside}


def kept_apart(fragment: Mapping[str, Any]) -> bool:
    """True for whereabouts: their content is fetched by id, after the decision was recorded."""
    return bool(fragment["kind"] == "whereabouts")


def obligations(decision: CaseDecision) -> list[Body]:
    """What the viewer must do and leave."""
    return [dict(each) for each in decision.obligations]


def case_body(read: CaseRead, decision: CaseDecision, shown: Sequence[Body]) -> Body:
    """A released case."""
    body = reference(read, decision)
    if decision.standing in _SEES_PARTICIPANTS:
        body["participants"] = participants(read, decision)
    if decision.standing != "coordination":
        body["fragments"] = list(shown)
        body["withheld"] = dict.fromkeys(decision.withheld, True)
    return {**body, "obligations": obligations(decision)}


def part_body(name: str, read: CaseRead, decision: CaseDecision, shown: Sequence[Body]) -> Body:
    """One kind of fragments of a released case, under `name`."""
    return {
        "case": read.id,
        name: list(shown),
        "withheld": dict.fromkeys(decision.withheld, True),
        "obligations": obligations(decision),
    }
