"""Closing and evaluation: the conclusion, the follow-up, and how the table looks back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from casework.case import CaseSnapshot
from casework.change import Change, Outcome, fragment_event
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table
from contracts.reasons import Reason
from services.plans.domain.actions import is_undecided
from services.plans.domain.plan import check_covers, on_plan
from services.plans.domain.safety import alarm, changed_safety, check_ends_safely, safety_check

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
    case: CaseSnapshot,
    command: Command,
    adopted: Fragment | None,
    actions: Iterable[Fragment],
    decisions: Sequence[Fragment],
    held: Iterable[Fragment],
) -> Change:
    """The conclusion (afronding) that the director proposes, closed at once.

    It says who still follows an action of the adopted plan: they go on seeing the case. `held`
    are the fragments of `safety.LOOKED_AT`.
    """
    if adopted is None:
        raise unmet(Reason.PLAN_MISSING, "there is no adopted plan to conclude")
    check_covers(adopted, case)
    own = on_plan(actions, adopted)
    if any(is_undecided(one, decisions) for one in own):
        raise unmet(Reason.DECISION_MISSING, "an action is blocked and the team has not decided")
    if contradicts_itself(command.body):
        raise unmet(Reason.AIMS_NOT_REACHED, "an aim is not reached, but the conclusion says so")
    content = command.given(*_CONCLUSION_CONTENT)
    conclusion = of_the_table(command, "conclusion", case.persons, content)
    check = safety_check(case, command, conclusion)
    if command.body["violence_stopped"] and command.body["goals_reached"]:
        check_ends_safely(held, check)
    unfinished = [one.codes["follower"] for one in own if one.state != "done"]
    members = {
        "closed_at": command.now,
        "proposed_by": command.person,
        "violence_stopped": command.body["violence_stopped"],
        "goals_reached": command.body["goals_reached"],
        "followers": list(dict.fromkeys(unfinished)),
    }
    return Change(
        conclusion,
        "closed",
        added=(conclusion, check),
        outcome=Outcome("conclusions", conclusion.id, members),
        events=(fragment_event("plans.conclusion_drawn", conclusion), *alarm(check)),
    )


def contradicts_itself(conclusion: Mapping[str, Any]) -> bool:
    """Whether a conclusion says that all is reached, or the violence stopped, and an aim is not."""
    missed = {one["aim"] for one in conclusion["aims"] if one["outcome"] == "not_reached"}
    stopped_or_not = conclusion["violence_stopped"] and "stop_violence" in missed
    return bool(stopped_or_not or (conclusion["goals_reached"] and missed))


def record_follow_up(
    case: CaseSnapshot,
    command: Command,
    conclusions: Iterable[Fragment],
    held: Iterable[Fragment],
) -> Change:
    """The follow-up (opvolging) after the conclusion: reopening is never too early.

    `held` are the fragments of `safety.LOOKED_AT`.
    """
    body = command.body
    if not any(conclusions):
        raise unmet(Reason.CONCLUSION_MISSING, "there is no conclusion to follow up")
    _check_day(command)
    content = command.given(*_FOLLOW_UP_CONTENT)
    follow_up = of_the_table(command, "follow_up", case.persons, content)
    check = safety_check(case, command, follow_up)
    if body["result"] == "close":
        check_ends_safely(held, check)
    members = {
        "closed_at": command.now,
        "proposed_by": command.person,
        "result": body["result"],
        "ground": body.get("ground"),
        "next_on": body["next_on"].isoformat() if "next_on" in body else None,
    }
    data = command.given("result", "next_on")
    return Change(
        follow_up,
        body["result"],
        added=(follow_up, check),
        outcome=Outcome("follow_ups", follow_up.id, members),
        events=(fragment_event("plans.follow_up_recorded", follow_up, **data), *alarm(check)),
    )


def evaluate_approach(case: CaseSnapshot, command: Command, held: Iterable[Fragment]) -> Change:
    """How the table looks back on its approach (evaluatie), with a safety check.

    `held` are the fragments of `safety.LOOKED_AT`.
    """
    content = command.given("text", "summary", "session")
    evaluation = of_the_table(command, "evaluation", case.persons, content)
    check = safety_check(case, command, evaluation)
    return Change(
        evaluation,
        added=(evaluation, check),
        events=(
            fragment_event("plans.approach_evaluated", evaluation),
            *changed_safety(held, check),
        ),
    )


def _check_day(command: Command) -> None:
    not_before = date.fromisoformat(command.terms["not_before"])
    if command.body["result"] != "reopen" and command.today < not_before:
        raise unmet(Reason.TOO_EARLY, f"the follow-up is done from {not_before.isoformat()}")
