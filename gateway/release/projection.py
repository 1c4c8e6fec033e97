"""What an answer about a case holds: built up by allow-lists, never made by taking fields away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.errors import Refuse
from contracts.fragment_projections import ENVELOPE_FIELDS, KINDS, project
from gateway.release.content import Contents
from gateway.release.decisions import CaseDecision
from gateway.release.policy import DecidedCase

Body = dict[str, Any]

_CORE = ("id", "agreement", "stage", "version", "submitted_at")
_TEAM = (*_CORE, "region", "submitted_by", "crisis", "director", "follow_up_on")

REFERENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "participant": _TEAM,
    "chair": _TEAM,
    "coordination": _CORE,
    "emergency": (*_CORE, "region", "crisis"),
    "referrer": (*_CORE, "region", "submitted_by", "visit"),
}
"""The facts of a case that each standing is shown; `visit` is of the one who is expected."""

_SEES_PARTICIPANTS = ("participant", "chair", "coordination")
_OBLIGATION = ("kind", "at")
_PARTICIPANT = ("partner", "since", "answered")
_VISIT = ("session", "starts_at")


@dataclass(frozen=True, slots=True)
class ProjectedCase:
    """All that may leave of one case; an answer shows some of it.

    `participants` are None for whom they are not shown to, `withheld` has the categories in which
    something stays back, as far as the viewer is to know.
    """

    id: str
    standing: str
    reference: Body
    participants: list[Body] | None
    fragments: list[Body]
    withheld: Body
    obligations: list[Body]


BodyBuilder = Callable[[ProjectedCase], Body]
"""Makes the document of an answer about one case."""


def project_case(decided: DecidedCase, contents: Contents) -> ProjectedCase:
    """What of an allowed case may leave, with the fragments that `contents` has, in their order."""
    case, decision = decided.case, decided.decision
    standing = decision.standing or ""
    shown = [each for each in case.fragments if each["id"] in contents]
    levels = {fragment: grant.level for fragment, grant in decision.grants.items()}
    known = {each["id"] for each in shown} | {
        each["id"]
        for each in case.referred
        if each["status"] == "offered" and levels[each["id"]] != "none"
    }
    kept = {each["category"] for each in case.fragments if levels[each["id"]] == "none"}
    return ProjectedCase(
        id=case.id,
        standing=standing,
        reference=_reference(case.facts, standing),
        participants=_participants(case.facts) if standing in _SEES_PARTICIPANTS else None,
        fragments=[
            _fragment(each, levels[each["id"]], contents[each["id"]], known) for each in shown
        ],
        withheld={category: True for category in decision.withheld if category in kept},
        obligations=obligations(decision),
    )


def obligations(decision: CaseDecision) -> list[Body]:
    """What the viewer must do and leave."""
    return [
        {name: each[name] for name in _OBLIGATION if name in each} for each in decision.obligations
    ]


def _reference(facts: Mapping[str, Any], standing: str) -> Body:
    """The facts that the standing is shown; a visit is one to a session, planned or held."""
    guest = facts.get("guest")
    known = {**facts, "visit": guest and {name: guest[name] for name in _VISIT}}
    return {name: known[name] for name in REFERENCE[standing] if name in known}


def _participants(facts: Mapping[str, Any]) -> list[Body]:
    """Who takes part, and whether they answered the call for contributions."""
    return [
        {name: each.get(name) for name in _PARTICIPANT} for each in facts.get("participants") or ()
    ]


def _fragment(
    fragment: Mapping[str, Any], level: str, content: Mapping[str, Any], known: set[str]
) -> Body:
    kind = fragment["kind"]
    linked = _with_links_to(known, content, KINDS[kind].links)
    return {
        **{name: fragment[name] for name in ENVELOPE_FIELDS},
        "level": level,
        "content": project(kind, level, linked),
    }


def _with_links_to(known: set[str], content: Mapping[str, Any], links: Sequence[str]) -> Body:
    """The content without the ids of fragments that the viewer may not know of.

    A list without any is left out, so that it does not show that something was taken from it.
    """
    kept: Body = {}
    for name, value in content.items():
        if isinstance(value, dict):
            within = [rest for link in links if (rest := link.removeprefix(f"{name}.")) != link]
            kept[name] = _with_links_to(known, value, within)
        elif name not in links:
            kept[name] = value
        elif isinstance(value, list):
            linked = [each for each in value if each in known]
            kept |= {name: linked} if linked else {}
        elif value in known:
            kept[name] = value
    return kept


def reference_body(case: ProjectedCase) -> Body:
    """A case in a list: a reference, with the fragments by which it is recognised."""
    return {**case.reference, "fragments": case.fragments} if case.fragments else case.reference


def case_body(case: ProjectedCase) -> Body:
    """A whole case."""
    body = dict(case.reference)
    if case.participants is not None:
        body["participants"] = case.participants
    if case.standing != "coordination":
        body |= {"fragments": case.fragments, "withheld": case.withheld}
    return {**body, "obligations": case.obligations}


def fragment_body(case: ProjectedCase) -> Body:
    """The one fragment that was asked for. Raises Refuse("not_found") when its content is gone."""
    if not case.fragments:
        raise Refuse("not_found")
    return case.fragments[0]


def fragments_body(name: str) -> BodyBuilder:
    """The body of an answer that lists one kind of thing of a case, under `name`."""
    return lambda case: {
        "case": case.id,
        name: case.fragments,
        "withheld": case.withheld,
        "obligations": case.obligations,
    }
