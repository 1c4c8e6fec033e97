"""How actions of the plan stand, and what the team decides about those that are blocked."""

from typing import Any

import pytest

from casework.change import Change
from casework.fragment import Fragment
from chassis.errors import Refuse
from contracts.vocabulary import ACTION_STATES, BLOCKED_STATES
from services.plans.domain.actions import MOVES, record_decision, update_action
from tests.unit.casework.factories import command, refusal
from tests.unit.plans import bodies
from tests.unit.plans.factories import (
    ACTION,
    EARLIER,
    action,
    case,
    decision,
    events_of,
    plan,
    unmet,
)

ADOPTED = plan("adopted")
EVERYBODY = list(case().participants)
TERMS = {
    "quorum": 2,
    "supported_decision": "all_participants",
    "same_person_may": {"record_decision": True},
}


def update(state: str, of: Fragment, *decisions: Fragment, **changes: Any) -> Change:
    """The follower reports the state of an action, for the version that was read."""
    body = {"state": state} | ({"reason": "geen plaats"} if state in BLOCKED_STATES else {})
    request = command("update_action", body, **{"if_match": of.version} | changes)
    return update_action(request, of, ADOPTED, decisions)


def decide(about: Fragment | None, **changes: Any) -> Change:
    """The team decides about an action."""
    body = {"action": ACTION, "supported_by": EVERYBODY, **bodies.words("besluit"), **changes}
    return record_decision(case(), command("record_decision", body, terms=TERMS), about)


@pytest.mark.parametrize("state", ACTION_STATES)
@pytest.mark.parametrize("to", ACTION_STATES)
def test_an_action_goes_along_the_table_and_no_other_way(state: str, to: str) -> None:
    """A step that the table does not know is refused with those that it does."""
    before = action(state)

    if to in MOVES[state]:
        change = update(to, before, decision(before))
        assert (change.about.state, change.about.version, change.state) == (to, 2, to)
        data = {"action": ACTION, "follower": "caw", "state": to}
        assert events_of(change) == [("action_updated", data)]
    else:
        with pytest.raises(Refuse) as refused:
            update(to, before, decision(before))
        assert refused.value.code == "illegal_transition"
        assert refused.value.members == {"allowed": list(MOVES[state])}


def test_what_is_done_is_final() -> None:
    """A finished action is not taken up again; a blocked one is not done in one step."""
    assert set(MOVES) == set(ACTION_STATES)
    assert MOVES["done"] == ()
    assert not any("done" in MOVES[state] for state in BLOCKED_STATES)


def test_a_blocked_action_says_why_until_it_goes_on() -> None:
    """The team reads the reason; once taken up again, an old reason would mislead."""
    blocked = update("not_possible", action()).about
    taken_up = update("in_progress", blocked, decision(blocked)).about

    assert blocked.content == {**(action().content or {}), "reason": "geen plaats"}
    assert taken_up.content == action().content


@pytest.mark.parametrize("state", BLOCKED_STATES)
@pytest.mark.parametrize("to", ["open", "in_progress"])
@pytest.mark.parametrize("other", [None, action(version=2)])
def test_a_blocked_action_waits_for_the_team(state: str, to: str, other: Fragment | None) -> None:
    """What is blocked is brought to the table; an earlier decision answers no new difficulty."""
    blocked = action(state, version=4)

    refused = refusal(lambda: update(to, blocked, decision(other)))

    assert refused == unmet("decision_missing")
    assert update(to, blocked, decision(other), decision(blocked)).about.state == to


@pytest.mark.parametrize("adopted", [None, plan("adopted", EARLIER)])
def test_only_actions_of_the_adopted_plan_are_followed(adopted: Fragment | None) -> None:
    """A proposal is no assignment yet, and a superseded version none any more."""
    request = command("update_action", {"state": "done"}, if_match=1)

    refused = refusal(lambda: update_action(request, action(), adopted, ()))

    assert refused == unmet("plan_not_adopted")


def test_an_action_is_changed_as_it_was_read() -> None:
    """Two people of one partner do not overwrite each other."""
    read = action(version=3)

    assert refusal(lambda: update("done", read, if_match=None)) == ("precondition_required", None)
    assert refusal(lambda: update("done", read, if_match=2)) == ("precondition_failed", None)


def test_a_decision_names_the_blocked_action_and_who_supports_it() -> None:
    """A supported decision is one that partners can carry, on the present version of the action."""
    change = decide(action("not_possible", version=3), session=bodies.SESSION)

    [made] = change.added
    assert (made.source, made.category, made.subjects) == ("table", "joint", case().persons)
    assert made.content == {
        "session": bodies.SESSION,
        "supported_by": EVERYBODY,
        **bodies.words("besluit"),
    }
    assert made.codes == {"action": ACTION, "action_version": 3}
    assert events_of(change) == [("decision_recorded", {"decision": made.id, "action": ACTION})]


@pytest.mark.parametrize("about", [None, action(), action("done")])
def test_a_decision_about_an_action_needs_one_that_is_blocked(about: Fragment | None) -> None:
    """Nothing is decided ahead of a difficulty, nor about an action that does not exist."""
    assert refusal(lambda: decide(about)) == unmet("action_not_blocked")


def test_the_team_decides_about_other_things_too() -> None:
    """Not every decision is about an action."""
    body = {"supported_by": EVERYBODY, **bodies.words("besluit")}

    change = record_decision(case(), command("record_decision", body, terms=TERMS), None)

    assert events_of(change) == [
        ("decision_recorded", {"decision": change.about.id, "action": None})
    ]
    assert change.about.codes == {}


def test_who_supports_a_decision_takes_part() -> None:
    """A partner outside the case has nothing to support."""
    with pytest.raises(Refuse) as refused:
        decide(action("not_possible"), supported_by=["caw", "school"])

    assert refused.value.members == {"reason": "not_participant", "partners": ["school"]}


def test_a_decision_is_supported_by_as_many_as_the_agreement_asks_for() -> None:
    """One name that the chair types would pass for what all partners can carry."""
    blocked = action("not_possible")
    by_quorum = {**TERMS, "supported_decision": "quorum"}
    some = {"action": ACTION, **bodies.words("besluit"), "supported_by": ["caw", "ggz"]}
    few = {**some, "supported_by": ["caw"]}

    def decided(body: dict[str, Any], terms: dict[str, Any]) -> Change:
        return record_decision(case(), command("record_decision", body, terms=terms), blocked)

    with pytest.raises(Refuse) as refused:
        decided(some, TERMS)
    assert refused.value.members == {"reason": "support_missing", "partners": ["parket"]}
    assert refusal(lambda: decided(few, by_quorum)) == unmet("support_missing")
    assert decided(some, by_quorum).about.kind == "decision"


def test_who_reported_the_difficulty_decides_where_the_agreement_says_so() -> None:
    """One person would call an action impossible, and decide alone that this is the end of it."""
    codes = {**action("not_possible").codes, "reported_by": "p-caw"}
    blocked = action("not_possible", codes=codes)
    body = {"action": ACTION, "supported_by": EVERYBODY, **bodies.words("besluit")}

    def decided(alone: bool) -> Change:
        terms = {**TERMS, "same_person_may": {"record_decision": alone}}
        return record_decision(case(), command("record_decision", body, terms=terms), blocked)

    assert decided(alone=True).about.kind == "decision"
    assert refusal(lambda: decided(alone=False)) == unmet("own_proposal")


def test_the_report_of_an_action_keeps_who_made_it() -> None:
    """Whether somebody else decides on it cannot be told otherwise."""
    [reported] = update("not_possible", action()).revised

    assert reported.codes["reported_by"] == "p-caw"
