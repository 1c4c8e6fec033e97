"""Telling that two persons may be one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.matching import (
    by_national_number,
    identities,
    normal_name,
    notice,
)
from tests.unit.intake.givens import case

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


def test_both_sides_are_told_and_nothing_of_either() -> None:
    """Each case's own team hears "there may be a match", about its own case only."""
    new, old = case(id="new"), case(id="old")

    events = notice(new, [old])

    assert [(event.name, event.case, dict(event.data)) for event in events] == [
        ("intake.possible_match_noticed", new, {}),
        ("intake.possible_match_noticed", old, {}),
    ]


def test_a_case_of_another_agreement_signals_nothing() -> None:
    """Who refers somebody would learn that the person is known at another table."""
    assert notice(case(id="new"), [case(id="old", agreement="sample-kortrijk")]) == ()


def test_a_withdrawn_case_signals_nothing() -> None:
    """A referral submitted in error and withdrawn does not haunt the next one."""
    assert notice(case(id="new"), [case(id="old", stage="withdrawn")]) == ()
    assert notice(case(id="new"), []) == ()
