"""Plans as a running service, on the real broker and database."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from chassis.errors import RemoteError, Unreachable
from contracts.rpc import METHODS
from contracts.topology import CALLERS
from deploy.local.parts import Parts
from tests.integration.envelopes import new_id
from tests.integration.plans.client import PERPETRATOR, VICTIM, envelope
from tests.integration.serving import Served, serving
from tests.unit.plans import bodies
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def plans(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "plans") as served:
        yield served


@pytest.fixture(scope="module")
def database(parts: Parts) -> Iterator[Any]:
    """Its own database, to look."""
    with MongoClient[dict[str, Any]](parts.mongo_url("plans"), tz_aware=True) as client:
        yield client["plans"]


def send(plans: Served, name: str, body: dict[str, Any], case: str, **changes: Any) -> Any:
    """A command as the gateway sends it."""
    return plans.call("gateway", name, envelope(name, body, case, **changes))


def adopted(plans: Served, case: str) -> str:
    """A version of the plan that was adopted; returns its id."""
    plan: str = send(plans, "propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)["id"]
    for partner in ("caw", "parket"):
        approve = {"position": "approve"}
        send(plans, "take_plan_position", approve, case, target=plan, partner=partner)
    send(plans, "adopt_plan", {}, case, target=plan, if_match=1)
    return plan


def test_the_gateway_writes_and_reads_and_intake_learns_what_was_closed(plans: Served) -> None:
    """Each caller is answered in the form that the contract promises."""
    case = new_id()
    plan = adopted(plans, case)
    concluded = send(plans, "draw_conclusion", bodies.conclusion(), case)
    followed = send(plans, "record_follow_up", bodies.follow_up(), case)
    closed = {
        "plan_outcome": plan,
        "conclusion_outcome": concluded["id"],
        "follow_up_outcome": followed["id"],
    }

    read = plans.call("gateway", "read_fragments", {"case": case})
    reply = {
        method: plans.call("intake", method, {"case": case, "outcome": document})
        for method, document in closed.items()
    }

    assert METHODS["plans"]["draw_conclusion"][1]().validate(concluded) == {}
    assert METHODS["plans"]["read_fragments"][1]().validate(read) == {}
    assert "het plan" in [one["content"].get("text") for one in read["fragments"]]
    for method, outcome in reply.items():
        assert METHODS["plans"][method][1]().validate(outcome) == {}
        assert (outcome["id"], outcome["case"]) == (closed[method], case)
    assert reply["plan_outcome"]["followers"] == ["caw", "parket"]


def test_what_happened_is_published(plans: Served, database: Any) -> None:
    """Partners are reminded of a plan that waits for them: the event leaves the service."""
    case = new_id()
    adopted(plans, case)

    def sent() -> bool:
        rows = list(database.outbox.find({"subject": case}))
        return len(rows) == 4 and all(row["state"] != "unsent" for row in rows)

    wait_until(sent, 20, "all events with the broker")


def test_a_refusal_travels_with_its_code_and_reason(plans: Served) -> None:
    """The caller learns what is missing, by codes the gateway can translate."""
    with pytest.raises(RemoteError) as refusal:
        send(plans, "propose_plan", bodies.plan(VICTIM), new_id())

    assert refusal.value.code == "precondition_unmet"
    assert refusal.value.members == {"reason": "members_uncovered", "members": [PERPETRATOR]}


def test_what_is_not_closed_is_not_found(plans: Served) -> None:
    """Nobody can move a case on a version that is still talked over."""
    case = new_id()
    plan = send(plans, "propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)["id"]

    with pytest.raises(RemoteError) as refusal:
        plans.call("intake", "plan_outcome", {"case": case, "outcome": plan})

    assert refusal.value.code == "not_found"


def test_every_method_of_the_contract_answers_those_it_is_for_and_nobody_else(
    plans: Served,
) -> None:
    """Content is for the gateway and outcomes are for intake, whoever else asks."""
    for method in METHODS["plans"]:
        for caller in ("gateway", "intake"):
            with pytest.raises((RemoteError, Unreachable)) as refusal:
                plans.call(caller, method, {"nothing": "like this"})
            answered = refusal.value.code == "validation_failed"
            assert answered == (method in CALLERS[caller]["plans"]), (caller, method)
    for caller in ("risk", "notifications", "audit"):
        with pytest.raises(Unreachable):
            plans.call(caller, "read_fragments", {"case": new_id()})
