"""Telling the chairs that two cases may be of the same people."""

from typing import Any

from services.intake.domain.case import Case
from services.intake.domain.identity import Strength
from services.intake.domain.matching import Alike, notice
from tests.unit.intake.factories import case, wall


def alike(strength: Strength, *cases: Case) -> list[Alike]:
    """The cases, each found by a signal of this strength."""
    return [Alike(each, strength) for each in cases]


def of_a_match(other: Case, *more: Case, **changes: Any) -> list[tuple[str, list[str]]]:
    """The events of a new case that `other` may be a match of: name, who is walled off."""
    new = case(id="new", **changes)
    return [
        (event.name, list(event.data["walled_from_matches"]))
        for event in notice(new, alike("strong", other, *more))
    ]


def test_a_match_is_published_once_for_the_new_case_and_says_nothing_of_the_other() -> None:
    """Whoever is told learns that there may be a match, not of which case, nor of how many."""
    reply = ("intake.possible_match_noticed", [])

    assert of_a_match(case(id="old")) == [reply]
    assert of_a_match(case(id="old"), case(id="older")) == [reply]


def test_a_person_known_under_another_agreement_is_no_match() -> None:
    """A partner of one consultation is not told that another one talks of this family."""
    assert of_a_match(case(id="old", agreement="sample-kortrijk")) == []


def test_kin_of_the_other_family_does_not_learn_of_its_case_by_a_match() -> None:
    """A wall around one case is no wall when a message about another shows that there is one."""
    kin = case(id="old", walls=(wall("p-kin"),))
    member = case(id="older", walls=(wall("p-staff", cause="same_person"),))

    assert of_a_match(kin)[0][1] == ["p-kin"]
    assert of_a_match(member)[0][1] == ["p-staff"]
    assert of_a_match(kin, case(id="older"))[0][1] == []


def test_a_withdrawn_case_signals_nothing() -> None:
    """A referral submitted in error and withdrawn does not haunt the next one."""
    assert of_a_match(case(id="old", stage="withdrawn")) == []
    assert notice(case(id="new"), []) == ()


def test_a_weak_match_is_told_as_one_and_not_beside_a_strong_one() -> None:
    """A chair sees from the message alone whether a year or a whole birth date is the same."""
    new, old, older = case(id="new"), case(id="old"), case(id="older")
    weak, both = alike("weak", old, older), [*alike("weak", old), *alike("strong", older)]

    assert [one.name for one in notice(new, weak)] == ["intake.weak_match_noticed"]
    assert [one.name for one in notice(new, both)] == ["intake.possible_match_noticed"]


def test_whoever_is_walled_off_from_the_strong_match_is_not_told_that_there_is_one() -> None:
    """A weak match elsewhere does not let a strong one shine through a wall."""
    kin = alike("strong", case(id="old", walls=(wall("p-kin"),)))
    (event,) = notice(case(id="new"), [*kin, *alike("weak", case(id="older"))])

    assert event.data["walled_from_matches"] == ["p-kin"]
