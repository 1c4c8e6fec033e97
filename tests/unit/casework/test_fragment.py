"""Fragments and commands, as rules use them, whatever the service."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.case import check_support
from casework.envelope import Envelope, identity
from casework.fragment import Fragment, recall, revise, supersede
from chassis.errors import Refuse
from tests.unit.casework.factories import NOW, command


def fragment(**changes: Any) -> Fragment:
    """What a partner said, with a text."""
    given = Fragment("f-1", "item", ("p-1",), NOW, {"text": "woorden"}, source="caw")
    return replace(given, **changes)


def test_what_is_recalled_has_nothing_left_to_release() -> None:
    """Its source took it back; a copy of the text in a new version would go out again."""
    taken_back = recall(fragment(version=3))

    assert (taken_back.status, taken_back.content, taken_back.version) == ("recalled", None, 4)
    with pytest.raises(Refuse, match="already_recalled"):
        taken_back.check_live()


def test_only_its_source_changes_what_it_offered() -> None:
    """Another partner would put words into its mouth."""
    fragment().check_own(command("adopt_plan", {}, partner="caw"))

    with pytest.raises(Refuse, match="not_allowed"):
        fragment().check_own(command("adopt_plan", {}, partner="parket"))


def test_what_is_said_anew_takes_the_place_of_what_was_said() -> None:
    """Both would be counted, or the first moment of it forgotten."""
    first, later = fragment(version=2), fragment(id="f-2", at=NOW + timedelta(days=1))

    assert supersede(later, []) == later
    assert supersede(later, [first]) == replace(first, content=later.content, version=3)
    assert revise(first, content=None).version == 3


PARTICIPANTS = ("caw", "parket", "ggz")


@pytest.mark.parametrize(
    ("rule", "supporters"),
    [("all_participants", PARTICIPANTS), ("quorum", ("caw", "parket"))],
)
def test_a_decision_is_supported_as_the_agreement_says(
    rule: str, supporters: tuple[str, ...]
) -> None:
    """A table that works by quorum would be held up by one partner."""
    check_support(PARTICIPANTS, supporters, {"supported_decision": rule, "quorum": 2})


@pytest.mark.parametrize(
    ("rule", "supporters", "reason"),
    [
        ("all_participants", ("caw", "parket"), "support_missing"),
        ("quorum", ("caw",), "support_missing"),
        ("quorum", ("caw", "parket", "stad"), "not_participant"),
    ],
)
def test_a_decision_of_too_few_or_of_outsiders_is_none(
    rule: str, supporters: tuple[str, ...], reason: str
) -> None:
    """Fewer would bind the others; somebody from outside counts for nobody."""
    with pytest.raises(Refuse) as refusal:
        check_support(PARTICIPANTS, supporters, {"supported_decision": rule, "quorum": 2})

    assert refusal.value.members["reason"] == reason


def test_two_decisions_about_one_command_are_one_command() -> None:
    """Sent again under a newer policy it must not be done twice, nor be taken for another."""
    sent: Envelope = {
        "command_id": "c",
        "decision_id": "d-1",
        "person": "p-1",
        "partner": "caw",
        "roles": ["team_member"],
        "agreement": "a",
        "agreement_version": "1",
        "policy_revision": "r1",
        "terms": {},
        "decided_on": None,
        "target": None,
        "case": "case",
        "if_match": None,
        "traceparent": "",
        "body": {"text": "x"},
    }
    again: Envelope = {**sent, "decision_id": "d-2", "policy_revision": "r2", "terms": {"a": 1}}
    other: Envelope = {**sent, "body": {"text": "y"}}

    assert identity("offer_item", sent) == identity("offer_item", again)
    assert identity("offer_item", sent) != identity("offer_item", other)
    assert identity("offer_item", sent) != identity("raise_crisis", sent)
