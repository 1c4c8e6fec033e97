"""What plans tells of a case and of what was closed."""

from dataclasses import replace
from datetime import date

import pytest

from chassis.errors import Refuse
from services.plans.domain.case import Change, Event, event_data, settled, told
from tests.unit.plans.givens import case, command, plan


def test_what_is_not_closed_is_refused() -> None:
    """No case moves on without a decision that stands."""
    with pytest.raises(Refuse) as refusal:
        settled("conclusions", None, {})

    assert refusal.value.code == "not_found"


def test_what_is_closed_is_told_with_its_id() -> None:
    """The answer names the document that it is about, and says whether it still stands."""
    document = {"_id": "d-1", "case": "c-1"}
    told = {"_id": "d-1", "id": "d-1", "case": "c-1"}

    assert settled("follow_ups", document, {"follow_ups": (4, "d-1")}) == told | {"stands": True}
    assert settled("follow_ups", document, {"follow_ups": (5, "d-2")}) == told | {"stands": False}


@pytest.mark.parametrize(("adopted_at", "stands"), [(3, True), (5, False)])
def test_a_conclusion_stands_for_the_plan_that_it_was_drawn_on(
    adopted_at: int, stands: bool
) -> None:
    """A case would be concluded on goals that the table has replaced."""
    last = {"conclusions": (4, "d-1"), "plan_versions": (adopted_at, "p-1")}

    assert settled("conclusions", {"_id": "d-1"}, last)["stands"] is stands


def test_a_follow_up_that_extends_tells_the_day() -> None:
    """The case would show the day that is over."""
    document = {"_id": "d-1", "next_on": "2026-06-01"}
    told = settled("follow_ups", document, {"follow_ups": (4, "d-1")})

    assert told["next_on"] == date(2026, 6, 1)


def test_a_command_answers_ids_and_state_only() -> None:
    """Reading content is always a release, never an answer to a command."""
    change = Change(replace(plan(), content={"text": "woorden"}, version=3), "proposed")

    assert told(case(), change) == {
        "id": plan().id,
        "case": case().id,
        "stage": "active",
        "version": 3,
        "state": "proposed",
    }


def test_an_event_tells_what_a_hearer_needs() -> None:
    """Whoever reacts knows the partners, the stage and who must not hear of it, without asking."""
    event = Event("plans.contact_logged", {"fragment": "f-1"})

    assert event_data(case(), event) == {
        "case": case().id,
        "agreement": "sample-brugge",
        "stage": "active",
        "submitted_by": "caw",
        "participants": ["caw", "parket", "ggz"],
        "walled": ["p-kin"],
        "director": None,
        "fragment": "f-1",
    }


def test_only_a_partner_has_a_position() -> None:
    """Somebody who acts for no partner speaks for none."""
    asked = command("take_plan_position", {"position": "approve"}, partner=None)

    with pytest.raises(Refuse) as refusal:
        _ = asked.own_partner

    assert refusal.value.code == "not_allowed"
