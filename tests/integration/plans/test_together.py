"""Many at once, and the same again: nothing is lost, done twice or overlooked."""

from functools import partial
from typing import Any

import pytest

from chassis.commands import KeyReused
from chassis.errors import CodedError
from chassis.runtime import Runtime
from tests.integration.intake.looking import kept
from tests.integration.intake.test_together import at_once
from tests.integration.plans.desk import PARTNERS, PERPETRATOR, VICTIM, Desk, envelope, new_id
from tests.unit.plans import bodies


def test_the_same_command_again_tells_the_same_and_does_nothing(
    runtime: Runtime, desk: Desk
) -> None:
    """A person whose connection broke presses the button again, even after the plan moved on."""
    case = new_id()
    proposal = envelope("propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)
    first = desk.plans.perform("propose_plan", proposal)
    desk.propose(case)
    before = kept(runtime)

    again = desk.plans.perform("propose_plan", proposal | {"decision_id": new_id(), "terms": {}})

    assert again == first
    assert kept(runtime) == before


def test_a_key_used_for_something_else_is_refused(desk: Desk) -> None:
    """A program that reuses a key is told so instead of getting another command's answer."""
    case = new_id()
    proposal = envelope("propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)
    desk.plans.perform("propose_plan", proposal)

    for change in (
        {"body": bodies.plan(VICTIM, PERPETRATOR, text="anders")},
        {"if_match": 7},
        {"case": new_id()},
    ):
        with pytest.raises(KeyReused):
            desk.plans.perform("propose_plan", proposal | change)


def test_all_partners_take_their_position_at_the_same_moment(desk: Desk) -> None:
    """During a session everybody presses at once: nobody is turned away or counted twice."""
    case = new_id()
    plan = desk.propose(case)

    taken = at_once(*(partial(desk.position, case, plan, one) for one in PARTNERS * 2))

    assert all(isinstance(one, str) for one in taken), taken
    positions = desk.read(case, kinds=["plan_position"])
    assert sorted(one["content"]["partner"] for one in positions) == sorted(PARTNERS)
    assert {one["version"] for one in positions} == {2}


def test_a_version_is_adopted_once_and_never_beside_a_newer_proposal(
    desk: Desk, neighbour: Desk
) -> None:
    """Two replicas meet: either the version is adopted, or a newer one took its place."""
    for _ in range(5):
        case = new_id()
        plan = desk.propose(case)
        for partner in ("caw", "parket"):
            desk.position(case, plan, partner)

        results = at_once(
            partial(desk.adopt, case, plan),
            partial(neighbour.propose, case),
            partial(neighbour.adopt, case, plan),
        )

        adoptions = [one for one in results if isinstance(one, dict)]
        refused = [one.code for one in results if isinstance(one, CodedError)]
        assert len(adoptions) <= 1, results
        assert set(refused) <= {"precondition_unmet", "precondition_failed", "conflict"}
        states = states_of(desk, case)
        assert states.count("adopted") == len(adoptions)
        assert states.count("proposed") <= 1


def test_an_objection_at_the_moment_of_adoption_is_heard_or_comes_too_late(
    desk: Desk, neighbour: Desk
) -> None:
    """No plan stands against an objection that was taken before it."""
    for _ in range(5):
        case = new_id()
        plan = desk.propose(case)
        for partner in ("caw", "parket"):
            desk.position(case, plan, partner)

        results = at_once(
            partial(desk.adopt, case, plan),
            partial(neighbour.position, case, plan, "ggz", "object"),
        )

        done = [one for one in results if not isinstance(one, Exception)]
        assert len(done) == 1, results
        objected = len(desk.read(case, kinds=["plan_position"])) == 3
        assert (states_of(desk, case) == ["adopted"]) != objected


def test_a_conclusion_does_not_overlook_an_action_blocked_at_the_same_moment(
    desk: Desk, neighbour: Desk
) -> None:
    """Whichever comes first, both are true afterwards."""
    case = new_id()
    [action, _] = desk.actions(case, desk.adopted(case))

    results = at_once(
        partial(desk.update, case, action, "not_possible", reason="geen plaats"),
        partial(neighbour.send, "draw_conclusion", bodies.conclusion(), case),
    )

    drawn = bool(desk.read(case, kinds=["conclusion"]))
    assert isinstance(results[0], dict), results
    assert drawn == isinstance(results[1], dict), results


def states_of(desk: Desk, case: str) -> list[Any]:
    """How the versions of a case stand, in order."""
    return [one["content"]["state"] for one in desk.read(case, kinds=["plan"])]
