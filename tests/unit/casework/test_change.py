"""What a command answers, and what its events say."""

from dataclasses import replace

import pytest

from casework.change import Change, result_of
from chassis.errors import Refuse
from tests.unit.casework.factories import command
from tests.unit.plans.factories import case, plan


def test_a_command_answers_ids_and_state_only() -> None:
    """Reading content is always a release, never an answer to a command."""
    change = Change(replace(plan(), content={"text": "woorden"}, version=3), "proposed")

    assert result_of("c-1", "active", change) == {
        "id": plan().id,
        "case": "c-1",
        "stage": "active",
        "version": 3,
        "state": "proposed",
    }


def test_an_event_holds_what_its_subscribers_need() -> None:
    """Whoever reacts knows the partners, the stage and who must not learn of it, without asking."""
    assert case().event_facts() == {
        "case": case().id,
        "agreement": "sample-brugge",
        "stage": "active",
        "submitted_by": "caw",
        "participants": ["caw", "parket", "ggz"],
        "walled": ["p-kin"],
        "director": None,
    }


def test_only_a_partner_has_a_position() -> None:
    """Somebody who acts for no partner speaks for none."""
    request = command("take_plan_position", {"position": "approve"}, partner=None)

    with pytest.raises(Refuse) as refusal:
        _ = request.own_partner

    assert refusal.value.code == "not_allowed"
