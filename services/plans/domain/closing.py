"""Closing and evaluation: the conclusion, the follow-up, and how the table looks back."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from services.plans.domain.actions import is_undecided
from services.plans.domain.case import Case, Change, Event, Fragment, Outcome, checked, noted
from services.plans.domain.command import Command, invalid, unmet
from services.plans.domain.plan import on_plan

_CONCLUSION_CONTENT: Final = (
    "violence_stopped",
    "goals_reached",
    "text",
    "summary",
    "aims",
    "continuing",
)
_FOLLOW_UP_CONTENT: Final = (
    "result",
    "new_facts",
    "under_control",
    "ground",
    "next_on",
    "text",
    "summary",
)


def draw_conclusion(
    case: Case,
    command: Command,
    adopted: Fragment | None,
    actions: Iterable[Fragment],
    decisions: Sequence[Fragment],
) -> Change:
    """The conclusion (afronding) that the director proposes, closed at once.

    It says who still follows an action of the adopted plan: they go on seeing the case.
    """
    if adopted is None:
        raise unmet("plan_missing", "there is no adopted plan to conclude")
    own = on_plan(actions, adopted)
    if any(is_undecided(one, decisions) for one in own):
        raise unmet("decision_missing", "an action is blocked and the team has not decided")
    conclusion = noted(case, command, "conclusion", **command.given(*_CONCLUSION_CONTENT))
    unfinished = [one.codes["follower"] for one in own if one.state != "done"]
    said = {
        "violence_stopped": command.body["violence_stopped"],
        "goals_reached": command.body["goals_reached"],
        "followers": list(dict.fromkeys(unfinished)),
    }
    return Change(
        conclusion,
        "closed",
        added=(conclusion, checked(case, command, conclusion)),
        outcome=Outcome("conclusions", conclusion.id, command.now, said),
        events=(
            Event(
                "plans.conclusion_drawn",
                {"fragment": conclusion.id, "category": conclusion.category},
            ),
        ),
    )


def record_follow_up(case: Case, command: Command, conclusions: Iterable[Fragment]) -> Change:
    """The follow-up (opvolging) after the conclusion: reopening is never too early."""
    body = command.body
    if not any(conclusions):
        raise unmet("conclusion_missing", "there is no conclusion to follow up")
    _check_day(command)
    if "next_on" in body and body["next_on"] <= command.today:
        raise invalid("/next_on", f"after {command.today.isoformat()}")
    follow_up = noted(case, command, "follow_up", **command.given(*_FOLLOW_UP_CONTENT))
    said = {"result": body["result"], "ground": body.get("ground"), "next_on": None}
    data = {"fragment": follow_up.id, "category": follow_up.category, "result": body["result"]}
    if "next_on" in body:
        data["next_on"] = body["next_on"]
        said["next_on"] = body["next_on"].isoformat()
    return Change(
        follow_up,
        body["result"],
        added=(follow_up, checked(case, command, follow_up)),
        outcome=Outcome("follow_ups", follow_up.id, command.now, said),
        events=(Event("plans.follow_up_recorded", data),),
    )


def evaluate_approach(case: Case, command: Command) -> Change:
    """How the table looks back on its approach (evaluatie), with a safety check."""
    given = command.given("text", "summary", "session")
    evaluation = noted(case, command, "evaluation", **given)
    return Change(
        evaluation,
        added=(evaluation, checked(case, command, evaluation)),
        events=(
            Event(
                "plans.approach_evaluated",
                {"fragment": evaluation.id, "category": evaluation.category},
            ),
        ),
    )


def _check_day(command: Command) -> None:
    not_before = date.fromisoformat(command.terms["not_before"])
    if command.body["result"] != "reopen" and command.today < not_before:
        raise unmet("too_early", f"the follow-up is done from {not_before.isoformat()}")
