"""What an answer about a case holds: built up by allow-lists, never made by taking fields away."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contracts.fragments import ENVELOPE_FIELDS, KINDS, project
from gateway.release.case_facts import WHEREABOUTS, CaseRead
from gateway.release.decisions import CaseDecision

Body = dict[str, Any]

BodyBuilder = Callable[[CaseRead, CaseDecision, Sequence[Body]], Body]
"""Builds an answer from a decided case and its released fragments."""

_CORE = ("id", "agreement", "stage", "version", "submitted_at")
_TEAM = (*_CORE, "region", "submitted_by", "crisis", "director", "follow_up_on")

REFERENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "participant": _TEAM,
    "chair": _TEAM,
    "coordination": _CORE,
    "emergency": (*_CORE, "region", "crisis"),
    "referrer": (*_CORE, "region", "submitted_by"),
}
"""The facts of a case that each standing is shown."""

_SEES_PARTICIPANTS = ("participant", "chair", "coordination")
_OBLIGATION = ("kind", "at")
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
        content = _content(each, whereabouts)
        if level == "none" or (content is None and kept_apart(each)):
            continue
        shown.append(
            {
                **{name: each[name] for name in ENVELOPE_FIELDS},
                "level": level,
                "content": project(each["kind"], level, content or {}),
            }
        )
    told = {each["id"] for each in shown} | _known_of(read, decision)
    for each in shown:
        each["content"] = _with_links_to(told, each["content"], KINDS[each["kind"]].links)
    return shown


def withheld(read: CaseRead, decision: CaseDecision) -> Body:
    """The categories in which something of the answer stays back, as far as the viewer is told."""
    kept = {
        each["category"] for each in read.fragments if decision.grants[each["id"]].level == "none"
    }
    return {category: True for category in decision.withheld if category in kept}


def _known_of(read: CaseRead, decision: CaseDecision) -> set[str]:
    """What the answer only refers to and the viewer may know of."""
    return {
        each["id"]
        for each in read.referred
        if each["status"] == "offered" and decision.grants[each["id"]].level != "none"
    }


def _content(fragment: Mapping[str, Any], whereabouts: Mapping[str, Any]) -> Any:
    """What there is to project; nothing of what was recalled, which only its source is shown."""
    if fragment["status"] == "recalled":
        return None
    return whereabouts.get(fragment["id"]) if kept_apart(fragment) else fragment["content"]


def _with_links_to(told: set[str], content: Body, links: Sequence[str]) -> Body:
    """The content without the ids of what the viewer is not told of.

    A list without any is left out, so that it does not tell that something was taken from it.
    """
    kept: Body = {}
    for name, value in content.items():
        if name not in links:
            kept[name] = value
        elif isinstance(value, list):
            linked = [each for each in value if each in told]
            kept |= {name: linked} if linked else {}
        elif value in told:
            kept[name] = value
    return kept


def kept_apart(fragment: Mapping[str, Any]) -> bool:
    """True for whereabouts: their content is fetched by id, after the decision was recorded.

    Of those that were recalled there is nothing to fetch: their source sees that it recalled them.
    """
    return bool(fragment["kind"] == WHEREABOUTS and fragment["status"] != "recalled")


def obligations(decision: CaseDecision) -> list[Body]:
    """What the viewer must do and leave."""
    return [
        {name: each[name] for name in _OBLIGATION if name in each} for each in decision.obligations
    ]


def case_body(read: CaseRead, decision: CaseDecision, shown: Sequence[Body]) -> Body:
    """A released case."""
    body = reference(read, decision)
    if decision.standing in _SEES_PARTICIPANTS:
        body["participants"] = participants(read, decision)
    if decision.standing != "coordination":
        body["fragments"] = list(shown)
        body["withheld"] = withheld(read, decision)
    return {**body, "obligations": obligations(decision)}


def list_body(name: str) -> BodyBuilder:
    """The shape of an answer that holds one part of a case, its fragments under `name`."""

    def body(read: CaseRead, decision: CaseDecision, shown: Sequence[Body]) -> Body:
        return {
            "case": read.id,
            name: list(shown),
            "withheld": withheld(read, decision),
            "obligations": obligations(decision),
        }

    return body
