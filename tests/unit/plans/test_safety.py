"""Safety checks: what one that says `unsafe` brings about, and what clears it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from casework.change import Change
from casework.fragment import Fragment
from chassis.errors import Refuse
from services.plans.domain.closing import draw_conclusion, evaluate_approach, record_follow_up
from services.plans.domain.direction import log_contact, report_progress
from services.plans.domain.safety import check_safety, is_anybody_unsafe
from tests.unit.casework.factories import CHILD, NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.plans import bodies
from tests.unit.plans.factories import case, events_of, plan, unmet

NOBODY_NAMED = "the newest safety check of somebody says `unsafe`"


def checked(judgement: str, *subjects: str, hours: int = 0) -> Fragment:
    """A check that long ago (below zero) or ahead."""
    at = NOW + timedelta(hours=hours)
    content = {"judgement": judgement}
    return Fragment(f"{judgement}-{hours}", "safety_note", subjects, at, content)


def conclude(*checks: Fragment, judgement: str = "safe", **changes: Any) -> Change:
    """The director proposes to conclude, with a check of the same moment."""
    body = bodies.conclusion(safety_check=bodies.check(judgement), **changes)
    request = command("draw_conclusion", body)
    return draw_conclusion(case(), request, plan("adopted"), (), (), checks)


def close(*checks: Fragment, result: str = "close", judgement: str = "safe", **more: Any) -> Change:
    """The director records a follow-up, with a check of the same moment."""
    body = bodies.follow_up(result, safety_check=bodies.check(judgement), **more)
    request = command("record_follow_up", body, terms={"not_before": "2026-03-02"})
    return record_follow_up(case(), request, [conclude().about], checks)


def report(judgement: str, *held: Fragment) -> Change:
    body = bodies.report(safety_check=bodies.check(judgement))
    return report_progress(case(), command("report_progress", body, terms=RHYTHM), held)


def contact(judgement: str, *held: Fragment) -> Change:
    body = bodies.contact(VICTIM, safety_check=bodies.check(judgement))
    return log_contact(case(), command("log_contact", body), None, held)


def evaluate(judgement: str, *held: Fragment) -> Change:
    body = bodies.evaluation(safety_check=bodies.check(judgement))
    return evaluate_approach(case(), command("evaluate_approach", body), held)


def check(judgement: str, *subjects: str, held: Sequence[Fragment] = (), **more: Any) -> Change:
    body = {**bodies.check(judgement), "subjects": list(subjects or (VICTIM,)), **more}
    return check_safety(case(), command("check_safety", body), held)


RHYTHM = {"reporting_rhythm_days": 28}
RECORDED_WITH = {
    "report": report,
    "contact": contact,
    "conclusion": lambda judgement: conclude(judgement=judgement),
    "follow_up": lambda judgement: close(judgement=judgement),
    "evaluation": evaluate,
    "by itself": check,
}


@pytest.mark.parametrize("where", RECORDED_WITH)
@pytest.mark.parametrize("judgement", ["safe", "unsafe", "unknown"])
def test_whatever_says_unsafe_is_told_at_once(where: str, judgement: str) -> None:
    """A mother would wait for a reader of reports: the check itself rings the bell."""
    change = RECORDED_WITH[where](judgement)

    said = next(one for one in change.added if one.kind in ("safety_check", "safety_note"))
    told = [data for name, data in events_of(change) if name == "unsafe_reported"]
    expected = {"fragment": said.id, "category": "safety"}
    assert told == ([expected] if judgement == "unsafe" else [])


def test_a_check_by_itself_is_about_those_whom_it_names() -> None:
    """Who was looked at is on record, and who was not."""
    change = check("unknown", VICTIM, session=bodies.SESSION)

    [note] = change.added
    assert (note.kind, note.category, note.source, note.of) == (
        "safety_note",
        "safety",
        "caw",
        None,
    )
    assert note.subjects == (VICTIM,)
    assert note.content == {**bodies.check("unknown"), "session": bodies.SESSION}
    data = {"fragment": note.id, "category": "safety"}
    assert events_of(change) == [("safety_checked", data)]
    assert refusal(lambda: check("safe", CHILD)) == ("unknown_subject", None)


def test_the_check_of_a_contact_is_about_those_who_were_met() -> None:
    """A talk with the victim says nothing of the child."""
    met = contact("safe").added[1]
    body = bodies.contact(party="partner", service="CAW", safety_check=bodies.check())
    heard = log_contact(case(), command("log_contact", body), None, ()).added[1]

    assert (met.subjects, heard.subjects) == ((VICTIM,), (VICTIM, PERPETRATOR))


@pytest.mark.parametrize(
    ("checks", "unsafe"),
    [
        ([], False),
        ([checked("unsafe", VICTIM)], True),
        ([checked("safe", VICTIM), checked("unsafe", VICTIM, hours=-1)], False),
        ([checked("unsafe", VICTIM), checked("unknown", VICTIM, hours=1)], True),
        ([checked("unknown", VICTIM)], False),
        ([checked("unsafe", VICTIM), checked("safe", PERPETRATOR, hours=1)], True),
        ([checked("unsafe", VICTIM), checked("safe", VICTIM, PERPETRATOR, hours=1)], False),
        ([checked("unsafe", VICTIM, PERPETRATOR), checked("safe", VICTIM, hours=1)], True),
        ([checked("safe", VICTIM), checked("unsafe", VICTIM)], True),
        ([checked("unsafe", VICTIM), checked("safe", VICTIM)], True),
    ],
)
def test_the_newest_that_says_something_counts_for_each_member(
    checks: list[Fragment], unsafe: bool
) -> None:
    """One who is safe says nothing of another, and not knowing is no comfort."""
    assert is_anybody_unsafe(checks) is unsafe


@pytest.mark.parametrize("ends", [conclude, close])
def test_nothing_ends_while_somebody_is_unsafe(ends: Any) -> None:
    """A case would be closed over the head of somebody in danger; whose it is, is not said."""
    before = checked("unsafe", VICTIM, hours=-1)

    for judgement in ("unknown", "safe"):
        with pytest.raises(Refuse) as refused:
            ends(before, judgement=judgement)
        said = refused.value
        assert (said.code, said.detail) == ("precondition_unmet", NOBODY_NAMED)
        assert said.members == {"reason": "unsafe"}
    assert ends(before, checked("safe", VICTIM)).outcome
    assert ends(before, judgement="unsafe").outcome, "kept and told; intake ends nothing on it"


@pytest.mark.parametrize("ends", [conclude, close])
def test_the_check_beside_a_proposal_to_end_clears_nothing(ends: Any) -> None:
    """Whoever wants to be done ticks `safe` for everybody, and the child is still in that house."""
    unsafe = checked("unsafe", VICTIM, hours=-2)
    proposed, own = ends(judgement="safe").added
    earlier = ends(judgement="unsafe").added

    assert is_anybody_unsafe([unsafe, proposed, own])
    assert is_anybody_unsafe(earlier), "what it says itself stands"
    assert not is_anybody_unsafe([unsafe, proposed, own, checked("safe", VICTIM, hours=1)])


CLEARED_BY = {
    "report": report,
    "contact": contact,
    "evaluation": evaluate,
    "by itself": lambda judgement, *held: check(judgement, held=held),
}


@pytest.mark.parametrize("where", CLEARED_BY)
def test_the_check_that_clears_the_last_who_was_unsafe_says_so(where: str) -> None:
    """Nobody is reminded of danger that is over, and everybody of danger that is not."""
    unsafe, other = checked("unsafe", VICTIM, hours=-1), checked("unsafe", CHILD, hours=-1)

    def names(judgement: str, *held: Fragment) -> set[str]:
        change = CLEARED_BY[where](judgement, *held)
        return {name for name, _ in events_of(change)} & {"safety_cleared", "unsafe_reported"}

    assert names("safe", unsafe) == {"safety_cleared"}
    assert names("safe", unsafe, other) == set()
    assert names("unknown", unsafe) == set()
    assert names("safe") == set()
    assert names("unsafe", unsafe) == {"unsafe_reported"}


def test_what_ends_nothing_is_recorded_whatever_the_checks_say() -> None:
    """That the violence goes on, or comes back, has to be written down somewhere."""
    before = checked("unsafe", VICTIM, hours=-1)
    going_on = {"violence_stopped": False, "goals_reached": False}

    assert conclude(before, judgement="unknown", **going_on).outcome
    assert close(before, result="reopen", judgement="unknown", ground="violence_again").outcome


@pytest.mark.parametrize(
    ("says", "aim", "outcome", "agrees"),
    [
        ({}, "prevent_recurrence", "not_reached", False),
        ({"violence_stopped": False}, "prevent_recurrence", "not_reached", False),
        ({"goals_reached": False}, "stop_violence", "not_reached", False),
        ({"goals_reached": False}, "prevent_recurrence", "not_reached", True),
        ({"goals_reached": False, "violence_stopped": False}, "stop_violence", "not_reached", True),
        ({}, "prevent_recurrence", "partly_reached", True),
    ],
)
def test_a_conclusion_does_not_contradict_its_aims(
    says: dict[str, Any], aim: str, outcome: str, agrees: bool
) -> None:
    """The chair would conclude on a tick in a box, and the text beneath it says otherwise."""
    aims = [
        {**one, "outcome": outcome} if one["aim"] == aim else one
        for one in bodies.conclusion()["aims"]
    ]

    if agrees:
        assert conclude(aims=aims, **says).outcome
    else:
        assert refusal(lambda: conclude(aims=aims, **says)) == unmet("aims_not_reached")
