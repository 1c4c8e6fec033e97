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
    "of",
    "status",
)
"""What policy looks at. `of` is the id of the fragment that this one goes with, as a safety check
(veiligheidscheck) goes with a report: it is shown only beside it."""

OWN_FACTS: Final[Mapping[str, tuple[str, ...]]] = {"wall_question": ("walled",)}
"""What policy looks at of fragments of one kind only. `walled` are the persons from whose partners,
by their mandates, a question about a wall is kept."""

ENVELOPE_FIELDS: Final = ("id", "kind", "category", "source", "subjects", "status", "version", "at")
"""What accompanies every released fragment, whatever the level."""


@dataclass(frozen=True)
class Projections:
    """The content fields that each level of a fragment kind shows.

    `links` are those that hold ids of other fragments (`member.link` for a link in a member): each
    is shown only to whom that fragment is shown too, so that nobody learns of one that is withheld.
    One that is `attached` always goes with another, which its fact `of` names.
    """

    summary: tuple[str, ...]
    full: tuple[str, ...]
    links: tuple[str, ...] = ()
    attached: bool = False


_NARRATIVE = Projections(summary=("summary",), full=("summary", "text"))

KINDS: Final[Mapping[str, Projections]] = {
    "person": Projections(
        summary=("roles",),
        full=("roles", "given_name", "family_name", "birth_date", "sex", "relation"),
    ),
    "occurrence": _NARRATIVE,
    "worry": _NARRATIVE,
    "wish": _NARRATIVE,
    "precaution": _NARRATIVE,
    "crisis_note": _NARRATIVE,
    "crisis_end": Projections(
        summary=("of", "summary"), full=("of", "summary", "ground"), links=("of",)
    ),
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
        links=("item",),
    ),
    "advice": _NARRATIVE,
    # what intake owns of steps 3 to 6
    "direction_mandate": Projections(
        summary=("involved_service",),
        full=("involved_service", "given_by", "given_on"),
        links=("involved_service",),
    ),
    "emergency_ground": Projections(summary=(), full=("text",)),
    "emergency_review": Projections(
        summary=("of", "justified"), full=("of", "justified", "text"), links=("of",)
    ),
    # Shown to whoever is asked, and to nobody else: `person` is one of the staff.
    "wall_question": Projections(
        summary=(), full=("person", "asks", "cause", "text", "due", "state", "answer")
    ),
    "takeover": Projections(summary=("summary",), full=("summary", "text", "supported_by")),
    # risk
    "assessment": Projections(
        summary=("instrument", "as_of", "population", "lowest_band", "highest_band"),
        full=(
            "instrument",
            "as_of",
            "population",
            "lowest_band",
            "highest_band",
            "instrument_version",
            "norm_set",
            "lowest_points",
            "highest_points",
            "unknown_answers",
            "override_band",
            "override_ground",
            "remark",
            "author",
        ),
    ),
    "assessment_answer": Projections(
        summary=("assessment", "item"),
        full=("assessment", "item", "answer", "red"),
        links=("assessment",),
    ),
    "weighing": Projections(
        summary=("state", "conclusion"),
        full=("state", "conclusion", "reasons", "assessments", "closed_at"),
        links=("assessments",),
    ),
    "weighing_position": Projections(
        summary=("weighing", "partner", "position"),
        full=("weighing", "partner", "position", "ground"),
        links=("weighing",),
    ),
    "problem_profile": Projections(
        summary=("weighing",),
        full=("weighing", "domains", "protective_factors"),
        links=("weighing",),
    ),
    # plans
    "plan": Projections(
        summary=("number", "state", "positions_due", "summary"),
        full=(
            "number",
            "state",
            "positions_due",
            "summary",
            "text",
            "weighing",
            "assessments",
            "adopted_at",
        ),
        links=("weighing", "assessments"),
    ),
    "goal": Projections(
        summary=("plan", "aim", "summary"), full=("plan", "aim", "summary", "text"), links=("plan",)
    ),
    "uncovered": Projections(summary=("plan",), full=("plan", "ground"), links=("plan",)),
    "action": Projections(
        summary=("plan", "goal", "summary", "follower", "due", "state"),
        full=(
            "plan",
            "goal",
            "summary",
            "follower",
            "due",
            "state",
            "text",
            "carried_out_by",
            "reason",
        ),
        links=("plan", "goal", "carried_out_by.involved_service"),
    ),
    "judicial_timing": Projections(
        summary=("action", "on", "summary"),
        full=("action", "on", "summary", "text"),
        links=("action",),
    ),
    "plan_position": Projections(
        summary=("plan", "partner", "position"),
        full=("plan", "partner", "position", "ground"),
        links=("plan",),
    ),
    "decision": Projections(
        summary=("action", "session", "summary"),
        full=("action", "session", "summary", "text", "supported_by"),
        links=("action",),
    ),
    "contact": Projections(
        summary=("party", "on", "summary", "plan"),
        full=("party", "on", "summary", "plan", "service", "text", "safely"),
        links=("plan",),
    ),
    "trajectory": Projections(
        summary=("trajectory", "state", "service", "summary"),
        full=("trajectory", "state", "service", "summary", "since", "text"),
    ),
    "report": Projections(summary=("summary", "next_on"), full=("summary", "next_on", "text")),
    "safety_check": Projections(
        summary=("of", "judgement", "summary"),
        full=("of", "judgement", "summary", "text"),
        links=("of",),
        attached=True,
    ),
    "safety_note": Projections(
        summary=("judgement", "session", "summary"),
        full=("judgement", "session", "summary", "text"),
    ),
    "conclusion": Projections(
        summary=("violence_stopped", "goals_reached", "summary"),
        full=("violence_stopped", "goals_reached", "summary", "text", "aims", "continuing"),
    ),
    "follow_up": Projections(
        summary=("result", "next_on", "summary"),
        full=("result", "next_on", "summary", "text", "new_facts", "under_control", "ground"),
    ),
    "evaluation": Projections(summary=("session", "summary"), full=("session", "summary", "text")),
}


def project(kind: str, level: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `content` that `level` ("summary" or "full") shows, by allow-list.

    Raises KeyError for a kind or level that is not declared, so that nothing leaves by accident.
    """
    fields = {"summary": KINDS[kind].summary, "full": KINDS[kind].full}[level]
    return {field: content[field] for field in fields if field in content}
