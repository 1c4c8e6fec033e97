"""Many at once, and the same again: nothing is lost, done twice or overlooked."""

from functools import partial
from typing import Any

import pytest

from chassis.commands import KeyReused
from chassis.errors import Refuse
from chassis.runtime import Runtime
from tests.integration.envelopes import new_id
from tests.integration.intake.test_together import at_once, until_settled
from tests.integration.observing import kept, published
from tests.integration.plans.client import PARTNERS, PERPETRATOR, VICTIM, Client, envelope
from tests.unit.plans import bodies


def test_the_same_command_again_returns_the_same_and_does_nothing(
    runtime: Runtime, client: Client
) -> None:
    """A person whose connection broke presses the button again, even after the plan moved on."""
    case = new_id()
    proposal = envelope("propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)
    first = client.plans.perform("propose_plan", proposal)
    client.propose(case)
    before = kept(runtime)

    again = client.plans.perform("propose_plan", proposal | {"decision_id": new_id(), "terms": {}})

    assert again == first
    assert kept(runtime) == before


def test_a_key_used_for_something_else_is_refused(client: Client) -> None:
    """A program that reuses a key is told so instead of getting another command's answer."""
    case = new_id()
    proposal = envelope("propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)
    client.plans.perform("propose_plan", proposal)

    for change in (
        {"body": bodies.plan(VICTIM, PERPETRATOR, text="anders")},
        {"if_match": 7},
        {"case": new_id()},
    ):
        with pytest.raises(KeyReused):
            client.plans.perform("propose_plan", proposal | change)


def test_all_partners_take_their_position_at_the_same_moment(client: Client) -> None:
    """During a session everybody presses at once: nobody is turned away or counted twice."""
    case = new_id()
    plan = client.propose(case)

    taken = at_once(*(partial(client.position, case, plan, one) for one in PARTNERS * 2))

    assert all(isinstance(one, str) for one in taken), taken
    positions = client.read(case, kinds=["plan_position"])
    assert sorted(one["content"]["partner"] for one in positions) == sorted(PARTNERS)
    assert {one["version"] for one in positions} == {2}


def test_a_version_is_adopted_once_and_never_beside_a_newer_proposal(
    client: Client, replica: Client, runtime: Runtime
) -> None:
    """Two replicas meet: either the version is adopted, or a newer one took its place."""
    for _ in range(5):
        case, _, adopt = supported(client)

        one, proposed, other = at_once(
            partial(until_settled, client.send, **adopt),
            partial(until_settled, replica.propose, case),
            partial(until_settled, replica.send, **adopt),
        )

        assert isinstance(proposed, str), proposed
        adoptions = [each for each in (one, other) if isinstance(each, dict)]
        refused = [refusal_of(each) for each in (one, other) if not isinstance(each, dict)]
        events = [event["type"] for event in published(runtime, case)][-2:]
        if adoptions:
            assert states_of(client, case) == ["adopted", "proposed"]
            assert events == ["plan_adopted", "plan_proposed"]
            assert refused == [("precondition_unmet", "plan_not_proposed")]
        else:
            assert states_of(client, case) == ["superseded", "proposed"]
            assert events == ["plan_position_taken", "plan_proposed"]
            assert refused == [("precondition_unmet", "plan_not_proposed")] * 2


def test_of_two_adoptions_at_once_one_is_made(client: Client, replica: Client) -> None:
    """Two replicas adopt the same version: one does, and the other is told that it was done."""
    for _ in range(5):
        case, _, adopt = supported(client)

        results = at_once(
            partial(until_settled, client.send, **adopt),
            partial(until_settled, replica.send, **adopt),
        )

        assert sorted(isinstance(each, dict) for each in results) == [False, True], results
        (refused,) = (each for each in results if not isinstance(each, dict))
        assert refusal_of(refused) == ("precondition_unmet", "plan_not_proposed")
        assert states_of(client, case) == ["adopted"]


def test_an_objection_at_the_moment_of_adoption_counts_or_comes_too_late(
    client: Client, replica: Client
) -> None:
    """No plan is in force against an objection that was taken before it."""
    for _ in range(5):
        case, plan, adopt = supported(client)

        adopted, objected = at_once(
            partial(until_settled, client.send, **adopt),
            partial(until_settled, replica.position, case, plan, "ggz", "object"),
        )

        if isinstance(adopted, dict):
            assert refusal_of(objected) == ("precondition_unmet", "plan_not_proposed")
        else:
            assert refusal_of(adopted) == ("precondition_unmet", "objection")
            assert isinstance(objected, str), objected
        objection_is_kept = len(client.read(case, kinds=["plan_position"])) == 3
        assert (states_of(client, case), objection_is_kept) == (
            (["adopted"], False) if isinstance(adopted, dict) else (["proposed"], True)
        )


def test_a_conclusion_does_not_overlook_an_action_blocked_at_the_same_moment(
    client: Client, replica: Client, runtime: Runtime
) -> None:
    """Whichever comes first, both are true afterwards."""
    for _ in range(5):
        case = new_id()
        [action, _] = client.actions(case, client.adopted(case))
        body = {"state": "not_possible", "reason": "geen plaats"}

        blocked, drawn = at_once(
            partial(
                until_settled, client.send, "update_action", body, case, target=action, if_match=1
            ),
            partial(until_settled, replica.send, "draw_conclusion", bodies.conclusion(), case),
        )

        assert isinstance(blocked, dict), blocked
        reply = [event["type"] for event in published(runtime, case)]
        conclusions = client.read(case, kinds=["conclusion"])
        if isinstance(drawn, dict):
            assert reply[-2:] == ["conclusion_drawn", "action_updated"]
            assert [one["id"] for one in conclusions] == [drawn["id"]]
        else:
            assert refusal_of(drawn) == ("precondition_unmet", "decision_missing")
            assert reply[-2:] == ["plan_adopted", "action_updated"]
            assert conclusions == []


def supported(client: Client) -> tuple[str, str, dict[str, Any]]:
    """A case, a proposed version of its plan that may be adopted, and what is sent to adopt it."""
    case = new_id()
    plan = client.propose(case)
    for partner in ("caw", "parket"):
        client.position(case, plan, partner)
    version = client.one(case, plan)["version"]
    adopt = {"name": "adopt_plan", "body": {}, "case": case, "target": plan, "if_match": version}
    return case, plan, adopt


def refusal_of(result: Any) -> tuple[str, Any]:
    """The code of a refusal and its reason."""
    assert isinstance(result, Refuse), result
    return result.code, result.members.get("reason")


def states_of(client: Client, case: str) -> list[Any]:
    """How the versions of a case stand, in order."""
    return [one["content"]["state"] for one in client.read(case, kinds=["plan"])]
