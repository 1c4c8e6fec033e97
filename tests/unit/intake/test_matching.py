"""Telling that two persons may be one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.case import Case, ClientPerson, Conflict
from services.intake.domain.matching import (
    by_national_number,
    identities,
    normal_name,
    notice,
)
from tests.unit.intake.factories import case

ANNA: dict[str, Any] = {
    "given_name": "Anna",
    "family_name": "De Smet",
    "birth_date": date(1989, 4, 12),
}


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "ANNA", "family_name": "de smet"},
        {"given_name": "De Smet", "family_name": "Anna"},
        {"given_name": "Ánna", "family_name": "De-Smet"},
        {"given_name": " Anna ", "family_name": "De  Smet"},
    ],
)
def test_a_name_is_recognised_however_it_is_written(other: dict[str, str]) -> None:
    """Two partners who write a name differently still learn that they mean one person."""
    assert identities(ANNA | other) == identities(ANNA)


@pytest.mark.parametrize(
    "other", [{"given_name": "Anne"}, {"birth_date": date(1989, 4, 13)}, {"family_name": "Smet"}]
)
def test_another_name_or_day_is_another_person(other: dict[str, Any]) -> None:
    """A sister, or a namesake born on another day, is not taken for her."""
    assert identities(ANNA | other) != identities(ANNA)


def test_a_name_without_a_birth_date_recognises_nobody() -> None:
    """A common name alone does not signal a match between two families."""
    assert identities({"given_name": "Jan", "family_name": "Peeters"}) == []


def test_a_national_number_recognises_beside_the_name() -> None:
    """Either is enough to notice a possible match."""
    assert identities(ANNA | {"national_number": "89041200177"}) == [
        ("national_number", "89041200177"),
        ("name_and_birth_date", "anna de smet", "1989-04-12"),
    ]
    assert by_national_number("89.04.12-001.77") == ("national_number", "89041200177")


@given(st.text(max_size=30))
def test_a_normal_name_is_normal_already(name: str) -> None:
    """Writing a name the normal way does not change it again."""
    assert normal_name(normal_name(name)) == normal_name(name)


def of_a_match(other: Case, *more: Case, **changes: Any) -> list[tuple[str, list[str]]]:
    """The events of a new case that `other` may be a match of: name, who is walled off."""
    new = case(id="new", **changes)
    return [
        (event.name, list(event.data["walled_from_matches"]))
        for event in notice(new, [other, *more], {"p-staff": "m-staff"})
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
    kin = case(id="old", conflicts=(Conflict("p-kin", "kin"),))
    member = case(id="older", persons=(ClientPerson("x", ("m-staff",)),))

    assert of_a_match(kin)[0][1] == ["p-kin"]
    assert of_a_match(member)[0][1] == ["p-staff"]
    assert of_a_match(kin, case(id="older"))[0][1] == []


def test_a_withdrawn_case_signals_nothing() -> None:
    """A referral submitted in error and withdrawn does not haunt the next one."""
    assert of_a_match(case(id="old", stage="withdrawn")) == []
    assert notice(case(id="new"), [], {}) == ()
