"""What plans tells of a case and of what was closed."""

from dataclasses import replace

import pytest

from contracts.errors import Refuse
from services.plans.domain.case import Change, Event, event_data, settled, told
from tests.unit.plans.givens import case, command, plan


def test_what_is_not_closed_is_refused() -> None:
    """No case moves on without a decision that stands."""
    with pytest.raises(Refuse) as refusal:
        settled(None)

    assert refusal.value.code == "not_found"


def test_what_is_closed_is_told_with_its_id() -> None:
    """The answer names the document that it is about."""
    assert settled({"_id": "d-1", "case": "c-1"}) == {"_id": "d-1", "id": "d-1", "case": "c-1"}


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
