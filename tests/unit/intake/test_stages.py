"""Steps 3 to 6 of a case: what risk and plans closed, the cap, the order of those who wait."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import Refuse
from services.intake.domain.case import Case, Change, ClientPerson
from services.intake.domain.places import Places
from services.intake.domain.stages import StageFacts, change_stage
from tests.unit.casework.factories import CHILD, NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import answered, case, item, names

OUTCOME = case().id
CAP = {"number": 2, "counts": "concurrent"}
MAY = {"conclude": False, "extend": True, "close": False}
TERMS = {
    "cap": CAP,
    "follow_up_months": 6,
    "reporting_rhythm_days": 28,
    "same_person_may": MAY,
}
WEIGHING = {
    "closed_at": NOW,
    "stands": True,
    "conclusion": "take",
    "assessments": 1,
    "problem_profile": True,
}
PLAN = {
    "closed_at": NOW,
    "stands": True,
    "covers": [VICTIM, PERPETRATOR],
    "version": 2,
    "followers": ["ggz", "parket"],
    "services": ["school"],
}
CONCLUSION = {
    "closed_at": NOW,
    "stands": True,
    "covers": [VICTIM, PERPETRATOR],
    "proposed_by": "p-director",
    "unsafe": False,
    "violence_stopped": True,
    "goals_reached": True,
    "followers": ["ggz"],
}
FOLLOW_UP = {
    "closed_at": NOW,
    "stands": True,
    "covers": [VICTIM, PERPETRATOR],
    "proposed_by": "p-director",
    "unsafe": False,
    "result": "close",
    "ground": None,
    "next_on": None,
}


def step(given: Case, name: str, facts: StageFacts, **members: Any) -> Change:
    """Try a step with the present version, on the terms of the agreement."""
    body = {"command": name, **members}
    ask = command("change_stage", body, if_match=given.version, terms=TERMS)
    return change_stage(given, ask, facts)


def facts(outcome: Any = None, **changes: Any) -> StageFacts:
    """What lies outside a case of an agreement with places."""
    return StageFacts(**{"places": Places("sample-brugge"), "outcome": outcome, **changes})


def the_case(change: Change) -> Case:
    assert change.case is not None
    return change.case


# --- weighing ----------------------------------------------------------------------------------


def test_a_case_that_is_taken_gets_a_place() -> None:
    """A family that is taken is worked with from now on."""
    change = step(case(stage="weighing"), "accept", facts(WEIGHING), outcome=OUTCOME)

    assert the_case(change).stage == "accepted"
    assert change.places == (Places("sample-brugge", now=1, ever=1),)
    assert names(change) == ["case_accepted"]


@pytest.mark.parametrize(
    "outside",
    [{"places": Places("sample-brugge", now=2, ever=9)}, {"first_waiting": "another"}],
    ids=["no place", "others wait"],
)
def test_a_case_waits_when_there_is_no_place_or_others_wait(outside: Any) -> None:
    """Nobody overtakes a family that waits already."""
    change = step(case(stage="weighing"), "accept", facts(WEIGHING, **outside), outcome=OUTCOME)

    assert (the_case(change).stage, the_case(change).waiting_since) == ("waiting", NOW)
    assert change.places == ()


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (None, "outcome_missing"),
        ({**WEIGHING, "conclusion": "criteria_not_met"}, "weighing_says_otherwise"),
        ({**WEIGHING, "assessments": 0}, "assessment_missing"),
        ({**WEIGHING, "problem_profile": False}, "problem_profile_missing"),
    ],
)
def test_a_case_is_not_taken_on_half_a_weighing(says: Any, reason: str) -> None:
    """What the table did not weigh, it does not take."""
    attempt = refusal(lambda: step(case(stage="weighing"), "accept", facts(says), outcome=OUTCOME))

    assert attempt == ("precondition_unmet", reason)


def test_a_case_is_declined_as_the_weighing_says_and_with_an_advice() -> None:
    """A referrer is not sent away empty-handed."""
    says = {**WEIGHING, "conclusion": "not_grave_enough"}
    weighed = case(stage="weighing")
    ground = {"ground": "not_grave_enough", "outcome": OUTCOME}

    change = step(weighed, "decline", facts(says, advice_written=True), **ground)

    assert the_case(change).stage == "declined"
    reply = {"ground": "not_grave_enough", "referrer": weighed.referrer}
    assert dict(change.events[0].data) == reply
    assert refusal(lambda: step(weighed, "decline", facts(says), **ground)) == (
        "precondition_unmet",
        "advice_missing",
    )
    assert refusal(
        lambda: step(weighed, "decline", facts(WEIGHING, advice_written=True), **ground)
    ) == ("precondition_unmet", "weighing_says_otherwise")


def test_the_first_that_waits_gets_the_place_that_is_free() -> None:
    """A place goes by who waits longest, not by who asks first."""
    waits = case(stage="waiting", waiting_since=NOW - timedelta(days=9))
    full = Places("sample-brugge", now=2, ever=5)

    change = step(waits, "promote", facts(first_waiting=waits.id))

    assert (the_case(change).stage, the_case(change).waiting_since) == ("accepted", None)
    assert change.places == (Places("sample-brugge", now=1, ever=1),)
    assert refusal(lambda: step(waits, "promote", facts(first_waiting="another"))) == (
        "precondition_unmet",
        "not_first",
    )
    assert refusal(lambda: step(waits, "promote", facts(first_waiting=waits.id, places=full))) == (
        "precondition_unmet",
        "cap_reached",
    )


def test_an_agreement_may_count_every_case_it_ever_took() -> None:
    """A pilot of twenty cases is over after twenty, however many are closed."""
    every = Places("sample-brugge", now=0, ever=2)

    assert every.free(CAP)
    assert not every.free({"number": 2, "counts": "total"})


# --- execution ---------------------------------------------------------------------------------


def test_execution_begins_with_a_plan_a_director_and_every_mandate() -> None:
    """A director without a mandate coordinates nothing."""
    ready = case(stage="accepted", director="p-director", mandated_by=("school", "doctor"))
    outside = {"services": ("doctor", "school")}

    change = step(ready, "start_execution", facts(PLAN, **outside), outcome=OUTCOME)

    assert (the_case(change).stage, the_case(change).followers) == ("active", ("ggz", "parket"))
    assert dict(change.events[0].data) == {"report_due": NOW.date() + timedelta(days=28)}


@pytest.mark.parametrize(
    ("changes", "says", "reason"),
    [
        ({}, None, "outcome_missing"),
        ({"director": None}, PLAN, "director_missing"),
        ({"mandated_by": ("school",)}, PLAN, "direction_mandates_missing"),
        ({}, PLAN | {"services": ["school", "gone"]}, "executor_withdrawn"),
    ],
)
def test_execution_waits_for_what_is_missing(changes: Any, says: Any, reason: str) -> None:
    """A plan that nobody directs is a paper."""
    given = {"director": "p-director", "mandated_by": ("school", "doctor"), **changes}
    ready = case(stage="accepted", **given)
    outside = facts(says, services=("school", "doctor"))

    assert refusal(lambda: step(ready, "start_execution", outside, outcome=OUTCOME)) == (
        "precondition_unmet",
        reason,
    )


@pytest.mark.parametrize(
    ("stage", "name", "says"),
    [
        ("accepted", "start_execution", PLAN),
        ("active", "conclude", CONCLUSION),
        ("concluded", "close", FOLLOW_UP),
    ],
)
def test_what_was_closed_before_somebody_was_added_moves_no_case(
    stage: str, name: str, says: dict[str, Any]
) -> None:
    """A newborn would be part of a family that is over for everybody, and have no goal."""
    newborn = ClientPerson(CHILD)
    given = case(stage=stage, director="p-director", persons=(*case().persons, newborn))
    places = None if name != "conclude" else Places("sample-brugge", now=2, ever=3)

    with pytest.raises(Refuse) as refused:
        step(given, name, facts(says, places=places), outcome=OUTCOME)

    assert (refused.value.code, refused.value.members) == (
        "precondition_unmet",
        {"reason": "members_uncovered", "members": [CHILD]},
    )


# --- closing -----------------------------------------------------------------------------------


def test_a_conclusion_gives_the_place_back_and_sets_the_follow_up() -> None:
    """Six months later somebody looks again, and who follows an action goes on seeing the case."""
    taken = Places("sample-brugge", now=2, ever=3)

    change = step(
        case(stage="active"), "conclude", facts(CONCLUSION, places=taken), outcome=OUTCOME
    )

    concluded = the_case(change)
    assert (concluded.stage, concluded.followers) == ("concluded", ("ggz",))
    assert concluded.follow_up_on == date(2026, 9, 2)
    assert change.places == (Places("sample-brugge", now=1, ever=3),)
    assert dict(change.events[0].data) == {"follow_up_due": date(2026, 9, 2)}


@pytest.mark.parametrize("open_still", ["violence_stopped", "goals_reached"])
def test_a_case_is_not_concluded_while_it_is_not_over(open_still: str) -> None:
    """Violence that goes on is not concluded by a form."""
    says = {**CONCLUSION, open_still: False}

    assert refusal(
        lambda: step(case(stage="active"), "conclude", facts(says), outcome=OUTCOME)
    ) == (
        "precondition_unmet",
        "not_concludable",
    )


@pytest.mark.parametrize("result", ["extend", "reopen"])
def test_a_case_is_closed_by_a_follow_up_that_says_so(result: str) -> None:
    """A follow-up with new facts closes nothing."""
    over = case(stage="concluded")

    assert the_case(step(over, "close", facts(FOLLOW_UP), outcome=OUTCOME)).stage == "closed"
    assert refusal(
        lambda: step(over, "close", facts({**FOLLOW_UP, "result": result}), outcome=OUTCOME)
    ) == ("precondition_unmet", "follow_up_says_otherwise")


ENDS = [("active", "conclude", CONCLUSION), ("concluded", "close", FOLLOW_UP)]
"""The steps that end a case: its stage, the command, and what it rests on."""


@pytest.mark.parametrize(("stage", "name", "says"), ENDS)
def test_no_case_ends_while_somebody_is_unsafe(stage: str, name: str, says: Any) -> None:
    """Whose check it is, the refusal does not say: a reader of it may not know."""
    with pytest.raises(Refuse) as refused:
        step(case(stage=stage), name, facts({**says, "unsafe": True}), outcome=OUTCOME)

    said = refused.value
    assert (said.code, said.members) == ("precondition_unmet", {"reason": "unsafe"})
    assert said.detail == "the newest safety check of somebody says `unsafe`"


@pytest.mark.parametrize(("stage", "name", "says"), ENDS)
def test_no_case_ends_in_a_crisis(stage: str, name: str, says: Any) -> None:
    """The danger would be written off by a form: the chair says first that it is over."""
    given = case(stage=stage, crisis=True)

    attempt = refusal(lambda: step(given, name, facts(says), outcome=OUTCOME))

    assert attempt == ("precondition_unmet", "crisis_open")


def test_a_case_that_is_taken_up_again_keeps_its_crisis() -> None:
    """Reopening says that somebody looks again, not that the danger is over."""
    ended = case(stage="closed", crisis=True)

    assert the_case(step(ended, "reopen", facts(), ground="violence_again")).crisis


def test_what_was_withdrawn_is_referred_anew() -> None:
    """The chair who wants to reopen it learns what can be done instead."""
    withdrawn = case(stage="withdrawn")

    attempt = refusal(lambda: step(withdrawn, "reopen", facts(), ground="violence_again"))

    assert attempt == ("illegal_transition", "new_referral")


@pytest.mark.parametrize(("stage", "name", "says"), ENDS)
@pytest.mark.parametrize("known", [True, False])
def test_nobody_ends_a_case_on_the_own_proposal(
    stage: str, name: str, says: Any, known: bool
) -> None:
    """One person would say that it is over, and agree; what is older was the director's."""
    proposer = {"proposed_by": "p-caw" if known else None}
    given = case(stage=stage, director="p-ggz" if known else "p-caw")
    own = facts({**says, **proposer})

    attempt = refusal(lambda: step(given, name, own, outcome=OUTCOME))

    assert attempt == ("precondition_unmet", "own_proposal")
    another = replace(given, director="p-ggz")
    assert step(another, name, facts(says), outcome=OUTCOME).case


def test_looking_again_may_be_for_who_proposed_it() -> None:
    """The sample agreements let the director extend the own follow-up: nothing ends by it."""
    says = {**FOLLOW_UP, "result": "extend", "next_on": NOW.date(), "proposed_by": "p-caw"}

    change = step(case(stage="concluded"), "extend", facts(says), outcome=OUTCOME)

    assert the_case(change).follow_up_on == NOW.date()


@pytest.mark.parametrize(
    ("stage", "target", "places"),
    [
        ("concluded", "active", (Places("sample-brugge", now=1, ever=0),)),
        ("closed", "active", (Places("sample-brugge", now=1, ever=0),)),
        ("declined", "forming", ()),
    ],
)
def test_a_case_is_taken_up_again(stage: str, target: str, places: Any) -> None:
    """It begins again where it can go on; who had a place is not counted as a new case.

    The director reports again by a day, or nobody would notice that a plan is not carried out.
    """
    over = case(stage=stage, follow_up_on=NOW.date(), counted_under=("sample-brugge",))

    change = step(over, "reopen", facts(), ground="violence_again")

    assert (the_case(change).stage, the_case(change).follow_up_on) == (target, None)
    assert change.places == places
    report = {"report_due": NOW.date() + timedelta(days=28)} if target == "active" else {}
    assert dict(change.events[0].data) == {"ground": "violence_again", **report}


def test_a_deferred_informing_is_waited_for_again_when_the_case_is_reopened() -> None:
    """Somebody who was never told is not forgotten because the case was over for a while."""
    deferred = item(kind="informing", content={"state": "deferred", "review_on": "2026-04-01"})
    reply = item(kind="informing", content={"state": "informed"})
    outside = facts(informings=(reply, deferred))

    change = step(case(stage="declined"), "reopen", outside, ground="new_facts")

    assert dict(change.events[0].data) == {
        "ground": "new_facts",
        "informing_due": date(2026, 4, 1),
    }


def test_a_total_counts_a_case_that_comes_back_once_for_each_agreement() -> None:
    """A family that comes back is no new one, unless its case was taken over in between."""
    total = {"number": 2, "counts": "total"}
    full = Places("sample-brugge", now=0, ever=2)

    assert full.take(total, counted=True) == Places("sample-brugge", now=1, ever=2)
    with pytest.raises(Refuse) as refused:
        full.take(total, counted=False)
    assert refused.value.members == {"reason": "cap_reached"}
    taken_over = case(stage="concluded", counted_under=("sample-before",))
    again = step(taken_over, "reopen", facts(), ground="violence_again")
    assert the_case(again).counted_under == ("sample-before", "sample-brugge")
    assert again.places == (Places("sample-brugge", now=1, ever=1),)


def test_a_case_is_not_reopened_beyond_the_cap() -> None:
    """The cap counts for a family that comes back, too."""
    full = Places("sample-brugge", now=2, ever=2)

    assert refusal(
        lambda: step(case(stage="closed"), "reopen", facts(places=full), ground="new_facts")
    ) == ("precondition_unmet", "cap_reached")


def test_a_follow_up_that_extends_moves_its_day_and_ends_nothing() -> None:
    """Who looks at the case would see the day that is over, and nobody look again."""
    later = NOW.date() + timedelta(days=90)
    over = case(stage="concluded", follow_up_on=NOW.date())
    says = {**FOLLOW_UP, "result": "extend", "next_on": later}

    change = step(over, "extend", facts(says), outcome=OUTCOME)

    assert (the_case(change).stage, the_case(change).follow_up_on) == ("concluded", later)
    assert the_case(change).version == over.version + 1
    assert names(change) == ["follow_up_extended"]
    assert dict(change.events[0].data) == {"follow_up_due": later}
    assert refusal(lambda: step(over, "extend", facts(FOLLOW_UP), outcome=OUTCOME)) == (
        "precondition_unmet",
        "follow_up_says_otherwise",
    )


@pytest.mark.parametrize(
    ("stage", "name", "says"),
    [
        ("weighing", "accept", WEIGHING),
        ("weighing", "decline", {**WEIGHING, "conclusion": "not_grave_enough"}),
        ("accepted", "start_execution", PLAN),
        ("active", "conclude", CONCLUSION),
        ("concluded", "extend", {**FOLLOW_UP, "result": "extend", "next_on": NOW.date()}),
        ("concluded", "close", FOLLOW_UP),
    ],
)
def test_no_step_rests_on_what_something_later_took_the_place_of(
    stage: str, name: str, says: dict[str, Any]
) -> None:
    """A case would be closed on a talk of May, though in June the violence was back."""
    given = case(stage=stage, director="p-director")
    ground = {"ground": "not_grave_enough"} if name == "decline" else {}
    outdated = facts({**says, "stands": False}, advice_written=True)

    assert refusal(lambda: step(given, name, outdated, outcome=OUTCOME, **ground)) == (
        "precondition_unmet",
        "outcome_outdated",
    )


@pytest.mark.parametrize(
    ("stage", "name", "members"),
    [
        ("weighing", "reopen_forming", {}),
        ("declined", "reopen", {"ground": "new_facts"}),
    ],
)
def test_when_forming_begins_again_everybody_is_asked_again(
    stage: str, name: str, members: dict[str, Any]
) -> None:
    """Forming would be over at once, and the weighing of before decide in spite of what is new."""
    change = step(case(stage=stage, participants=answered()), name, facts(), **members)

    again = the_case(change)
    assert [one.answered for one in again.participants] == [None] * len(again.participants)
    weighed = replace(again, stage="weighing")
    assert refusal(lambda: step(weighed, "accept", facts(WEIGHING), outcome=OUTCOME)) == (
        "precondition_unmet",
        "outcome_outdated",
    )


def test_what_was_closed_before_a_reopening_closes_nothing_after_it() -> None:
    """Last year's conclusion does not end this year's violence."""
    again = case(stage="active", reopened_at=NOW + timedelta(minutes=1))

    assert refusal(lambda: step(again, "conclude", facts(CONCLUSION), outcome=OUTCOME)) == (
        "precondition_unmet",
        "outcome_outdated",
    )
