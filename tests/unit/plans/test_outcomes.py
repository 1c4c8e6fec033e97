"""What plans answers about what was closed."""

from datetime import date
from typing import Any

import pytest

from chassis.errors import Refuse
from services.plans.domain.outcomes import KINDS, outcome_of


def last(**newest: tuple[int, str]) -> dict[str, Any]:
    """What was closed last of each kind: its turn and id."""
    return {
        kind: {"turn": newest[kind][0], "_id": newest[kind][1]} if kind in newest else None
        for kind in KINDS
    }


def test_what_is_not_closed_is_refused() -> None:
    """No case moves on without a decision that is in force."""
    with pytest.raises(Refuse) as refusal:
        outcome_of("conclusions", None, last(), covers=["p-1"], unsafe=False)

    assert refusal.value.code == "not_found"


def test_what_is_closed_is_returned_with_its_id() -> None:
    """The answer names the document that it is about, and says whether it still stands."""
    document = {"_id": "d-1", "case": "c-1", "turn": 4}
    reply = {**document, "id": "d-1", "covers": ["p-1"], "proposed_by": None, "unsafe": False}
    reply["services"] = []

    newest, older = last(follow_ups=(4, "d-1")), last(follow_ups=(5, "d-2"))
    assert outcome_of("follow_ups", document, newest, covers=["p-1"], unsafe=False) == reply | {
        "stands": True
    }
    assert outcome_of("follow_ups", document, older, covers=["p-1"], unsafe=False) == reply | {
        "stands": False
    }


@pytest.mark.parametrize(("adopted_at", "stands"), [(3, True), (5, False)])
def test_a_conclusion_stands_for_the_plan_that_it_was_drawn_on(
    adopted_at: int, stands: bool
) -> None:
    """A case would be concluded on goals that the table has replaced."""
    newest = last(conclusions=(4, "d-1"), plan_versions=(adopted_at, "p-1"))

    outcome = outcome_of(
        "conclusions", {"_id": "d-1", "turn": 4}, newest, covers=["p-1"], unsafe=False
    )

    assert outcome["stands"] is stands


def test_a_follow_up_that_extends_gives_the_day() -> None:
    """The case would show the day that is over."""
    document = {"_id": "d-1", "turn": 4, "next_on": "2026-06-01"}

    assert outcome_of("follow_ups", document, last(), covers=["p-1"], unsafe=False)[
        "next_on"
    ] == date(2026, 6, 1)
