"""The conclusion, the follow-up after it, and how the table looks back."""

from datetime import date
from typing import Any

import pytest

from casework.change import Change
from casework.fragment import Fragment
from services.plans.domain.closing import draw_conclusion, evaluate_approach, record_follow_up
from tests.unit.casework.factories import CHILD, NOW, command, refusal
from tests.unit.plans import bodies
from tests.unit.plans.factories import EARLIER, action, case, decision, events_of, plan, unmet

TOMORROW = "2026-03-03"


def conclude(*actions: Fragment, decisions: tuple[Fragment, ...] = (), **changes: Any) -> Change:
    """The director proposes a conclusion of the adopted plan."""
    request = command("draw_conclusion", bodies.conclusion(**changes))
    return draw_conclusion(case(), request, plan("adopted"), actions, decisions, ())


def follow_up(result: str = "close", not_before: str = "2026-03-02", **changes: Any) -> Change:
    """The director records a follow-up."""
    terms = {"not_before": not_before}
    request = command("record_follow_up", bodies.follow_up(result, **changes), terms=terms)
    return record_follow_up(case(), request, [conclude().about], ())


def test_a_conclusion_says_what_came_of_each_aim_and_who_still_follows_an_action() -> None:
    """Those who still follow something go on seeing the case; nobody else does."""
    codes = {**action().codes, "follower": "parket"}
    actions = (
        action("done"),
        action("in_progress", id="second"),
        action(id="third", codes=codes),
        action(id="fourth"),
        action(id="of-another", codes={**codes, "plan": EARLIER, "follower": "ggz"}),
    )

    change = conclude(*actions, goals_reached=False)

    conclusion, check = change.added
    given = bodies.conclusion()
    content = conclusion.content or {}
    assert (content["aims"], content["continuing"]) == (given["aims"], given["continuing"])
    assert (check.kind, (check.content or {})["of"]) == ("safety_check", conclusion.id)
    outcome = change.outcome
    assert outcome is not None
    assert (outcome.kind, outcome.id) == ("conclusions", conclusion.id)
    assert outcome.members == {
        "closed_at": NOW,
        "proposed_by": "p-caw",
        "violence_stopped": True,
        "goals_reached": False,
        "followers": ["caw", "parket"],
    }
    assert change.state == "closed"
    assert events_of(change) == [
        ("conclusion_drawn", {"fragment": conclusion.id, "category": "joint"})
    ]


def test_nobody_follows_what_is_done() -> None:
    """A partner whose action is finished has no more reason to look into the case."""
    outcome = conclude(action("done")).outcome

    assert outcome is not None
    assert outcome.members["followers"] == []


def test_there_is_no_conclusion_without_a_plan() -> None:
    """What was never agreed cannot be reached."""
    request = command("draw_conclusion", bodies.conclusion())

    refused = refusal(lambda: draw_conclusion(case(), request, None, [], [], []))

    assert refused == unmet("plan_missing")


@pytest.mark.parametrize("state", ["not_possible", "not_undertaken"])
@pytest.mark.parametrize("decided", [None, decision(None), decision(action(version=2))])
def test_a_blocked_action_is_decided_before_the_case_is_concluded(
    state: str, decided: Fragment | None
) -> None:
    """A difficulty does not disappear in a conclusion."""
    blocked = action(state, version=3)
    other = (decided,) if decided else ()

    refused = refusal(lambda: conclude(blocked, decisions=other))

    assert refused == unmet("decision_missing")
    assert conclude(blocked, decisions=(*other, decision(blocked))).outcome


@pytest.mark.parametrize(
    ("result", "members"),
    [
        ("close", {}),
        ("extend", {"next_on": "2026-06-01"}),
        ("reopen", {"ground": "violence_again", "new_facts": True}),
    ],
)
def test_a_follow_up_says_how_the_case_goes_on(result: str, members: dict[str, Any]) -> None:
    """Close, look again later, or take the case up: intake learns the result and no words."""
    change = follow_up(result, **members)

    made, check = change.added
    assert (made.kind, check.kind, change.state) == ("follow_up", "safety_check", result)
    outcome = change.outcome
    assert outcome is not None
    assert (outcome.kind, outcome.id) == ("follow_ups", made.id)
    assert outcome.members == {
        "closed_at": NOW,
        "proposed_by": "p-caw",
        "result": result,
        "ground": members.get("ground"),
        "next_on": members.get("next_on"),
    }
    next_on = {"next_on": date(2026, 6, 1)} if result == "extend" else {}
    data = {"fragment": made.id, "category": "joint", "result": result, **next_on}
    assert events_of(change) == [("follow_up_recorded", data)]


def test_a_follow_up_waits_for_its_day_unless_the_case_is_taken_up_again() -> None:
    """Six months are not shortened to be done with it; violence does not wait for a day."""
    extended = {"next_on": "2026-06-01"}

    assert refusal(lambda: follow_up("close", TOMORROW)) == unmet("too_early")
    assert refusal(lambda: follow_up("extend", TOMORROW, **extended)) == unmet("too_early")
    assert follow_up("reopen", TOMORROW, ground="new_facts").outcome


def test_a_follow_up_needs_a_conclusion() -> None:
    """Nothing is followed up that was not concluded."""
    request = command("record_follow_up", bodies.follow_up(), terms={"not_before": "2026-03-02"})

    assert refusal(lambda: record_follow_up(case(), request, [], [])) == unmet("conclusion_missing")


def test_the_table_looks_back_with_a_safety_check() -> None:
    """What is learned is joint and nobody's own; how safe people are is said there too."""
    change = evaluate_approach(case(), command("evaluate_approach", bodies.evaluation()), ())

    evaluation, check = change.added
    assert evaluation.content == {"session": bodies.SESSION, **bodies.words("evaluatie")}
    assert (evaluation.source, evaluation.category, check.category) == ("table", "joint", "safety")
    assert events_of(change) == [
        ("approach_evaluated", {"fragment": evaluation.id, "category": "joint"})
    ]


def test_nothing_is_concluded_while_somebody_who_was_added_has_no_goal() -> None:
    """A newborn would be forgotten by a plan that is from before the birth."""
    ask = command("draw_conclusion", bodies.conclusion())
    born = case(persons=(*case().persons, CHILD))

    assert refusal(
        lambda: draw_conclusion(born, ask, plan("adopted"), (action("done"),), (), ())
    ) == unmet("members_uncovered")
