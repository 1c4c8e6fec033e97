"""Closing and evaluation: the conclusion, the follow-up, and how the table looks back."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from casework.case import CaseSnapshot
from casework.change import Change, Outcome, fragment_event
from casework.command import Command, invalid, unmet
from casework.fragment import Fragment, of_the_table
from contracts.reasons import Reason
from services.plans.domain.actions import is_undecided
from services.plans.domain.plan import on_plan
from services.plans.domain.safety import safety_check

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
) -> Change:
    """The conclusion (afronding) that the director proposes, closed at once.

    It says who still follows an action of the adopted plan: they go on seeing the case.
    """
    if adopted is None:
        raise unmet(Reason.PLAN_MISSING, "there is no adopted plan to conclude")
    own = on_plan(actions, adopted)
    if any(is_undecided(one, decisions) for one in own):
        raise unmet(Reason.DECISION_MISSING, "an action is blocked and the team has not decided")
    content = command.given(*_CONCLUSION_CONTENT)
    conclusion = of_the_table(command, "conclusion", case.persons, content)
    unfinished = [one.codes["follower"] for one in own if one.state != "done"]
    members = {
        "closed_at": command.now,
        "violence_stopped": command.body["violence_stopped"],
        "goals_reached": command.body["goals_reached"],
        "followers": list(dict.fromkeys(unfinished)),
    }
    return Change(
        conclusion,
        "closed",
        added=(conclusion, safety_check(case, command, conclusion)),
        outcome=Outcome("conclusions", conclusion.id, members),
        events=(fragment_event("plans.conclusion_drawn", conclusion),),
    )


def record_follow_up(
    case: CaseSnapshot, command: Command, conclusions: Iterable[Fragment]
) -> Change:
    """The follow-up (opvolging) after the conclusion: reopening is never too early."""
    body = command.body
    if not any(conclusions):
        raise unmet(Reason.CONCLUSION_MISSING, "there is no conclusion to follow up")
    _check_day(command)
    if "next_on" in body and body["next_on"] <= command.today:
        tomorrow = command.today + timedelta(days=1)
        raise invalid("/next_on", "range", least=tomorrow.isoformat())
    content = command.given(*_FOLLOW_UP_CONTENT)
    follow_up = of_the_table(command, "follow_up", case.persons, content)
    members = {
        "closed_at": command.now,
        "result": body["result"],
        "ground": body.get("ground"),
        "next_on": body["next_on"].isoformat() if "next_on" in body else None,
    }
    data = command.given("result", "next_on")
    return Change(
        follow_up,
        body["result"],
        added=(follow_up, safety_check(case, command, follow_up)),
        outcome=Outcome("follow_ups", follow_up.id, members),
        events=(fragment_event("plans.follow_up_recorded", follow_up, **data),),
    )


def evaluate_approach(case: CaseSnapshot, command: Command) -> Change:
    """How the table looks back on its approach (evaluatie), with a safety check."""
    content = command.given("text", "summary", "session")
    evaluation = of_the_table(command, "evaluation", case.persons, content)
    return Change(
        evaluation,
        added=(evaluation, safety_check(case, command, evaluation)),
        events=(fragment_event("plans.approach_evaluated", evaluation),),
    )


def _check_day(command: Command) -> None:
    not_before = date.fromisoformat(command.terms["not_before"])
    if command.body["result"] != "reopen" and command.today < not_before:
        raise unmet(Reason.TOO_EARLY, f"the follow-up is done from {not_before.isoformat()}")
