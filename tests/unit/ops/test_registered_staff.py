"""Nobody saw who with a mandate was never taken in, and met the own case without a wall."""

from collections.abc import Mapping, Sequence

import pytest

from ops.registered_staff import judge
from services.intake.domain.staff import staff_member
from tests import builders

NUMBER = builders.national_number("1979-05-23")


@pytest.mark.parametrize(
    ("mandated", "registered", "state", "expected"),
    [
        ([], {}, "well", "all 0 with a mandate are recognised"),
        (["p-1"], {"p-1": 4, "p-gone": 1}, "well", "all 1 with a mandate are recognised"),
        (["p-1", "p-2"], {"p-2": 4}, "wrong", "1 with a mandate never taken in: p-1"),
        (["p-1"], {"p-1": 1}, "look", "1 recognised by number only: p-1"),
        (
            ["p-1", "p-2", "p-3"],
            {"p-2": 1},
            "wrong",
            "2 with a mandate never taken in: p-1, p-3; 1 recognised by number only: p-2",
        ),
    ],
)
def test_it_counts_and_names_by_id_whom_intake_would_not_recognise(
    mandated: Sequence[str], registered: Mapping[str, int], state: str, expected: str
) -> None:
    """An operator reads whom to take in, and nothing personal."""
    result = judge(mandated, registered)

    assert (result.part, result.state, result.detail) == ("staff", state, expected)
    assert ("ketenaanpak staff import" in result.remedy) == (state != "well")


@pytest.mark.parametrize(
    ("known", "number_only"),
    [
        ({"national_number": NUMBER}, True),
        ({"national_number": NUMBER, "given_names": ["Ann"]}, False),
        ({"birth_date": "1979-05-23", "family_names": ["Claes"]}, False),
        ({"birth_date": "1979-05", "given_names": ["Ann"]}, False),
        ({"birth_date": "1979", "given_names": ["Ann"], "family_names": ["Claes"]}, False),
    ],
)
def test_whoever_is_known_by_name_has_several_matches(
    known: dict[str, object], number_only: bool
) -> None:
    """Else somebody known by the number alone would pass for recognised."""
    row = {"person": "p-1", "partners": [], "given_names": [], "family_names": [], **known}

    member = staff_member(row, "|".join)

    assert (judge(["p-1"], {"p-1": len(member.looks_for)}).state == "look") == number_only
