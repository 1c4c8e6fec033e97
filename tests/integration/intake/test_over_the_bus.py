"""Intake as a running service: called by the gateway over the real broker."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.errors import RemoteError, Unreachable
from contracts.rpc import METHODS
from deploy.local.parts import Parts
from tests import builders
from tests.integration.intake.desk import TERMS, new_id
from tests.integration.serving import Served, serving


@pytest.fixture(scope="module")
def intake(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service, running."""
    staff = tmp_path_factory.mktemp("staff") / "matches.json"
    staff.write_text(json.dumps({}), encoding="utf-8")
    with serving(parts, "intake", KETENAANPAK_STAFF_MATCHES=str(staff)) as served:
        yield served


def referral(**changes: Any) -> dict[str, Any]:
    """A referral as the gateway sends it."""
    return {
        "command_id": new_id(),
        "decision_id": new_id(),
        "person": "p-caw",
        "partner": "caw",
        "roles": ["team_member"],
        "agreement": "sample-brugge",
        "agreement_version": "1",
        "policy_revision": "r1",
        "terms": TERMS["submit_referral"],
        "decided_on": None,
        "target": None,
        "case": None,
        "if_match": None,
        "traceparent": "",
        "body": builders.referral(),
        **changes,
    }


def reading(case: str) -> dict[str, Any]:
    """A request to read a whole case."""
    return {"case": case, "person": "p-caw", "kinds": None, "fragment": None, "content": True}


def test_the_gateway_submits_and_reads(intake: Served) -> None:
    """What a referrer wrote comes back over the bus in the shape that the contract promises."""
    told = intake.call("gateway", "submit_referral", referral())
    read = intake.call("gateway", "read_case", reading(told["case"]))

    assert METHODS["intake"]["submit_referral"][1]().validate(told) == {}
    assert METHODS["intake"]["read_case"][1]().validate(read) == {}
    assert (told["stage"], told["version"], sorted(told["ids"])) == ("referred", 1, ["a", "b", "c"])
    assert "wat er gebeurt" in [one["content"].get("text") for one in read["fragments"]]


def test_the_same_command_sent_again_tells_the_same(intake: Served) -> None:
    """A referrer whose connection broke sends it again and has one case, not two."""
    command = referral()

    first = intake.call("gateway", "submit_referral", command)
    again = intake.call("gateway", "submit_referral", command | {"decision_id": new_id()})

    assert again == first


def test_a_refusal_travels_with_its_code(intake: Served) -> None:
    """The caller learns what is wrong with a step, by codes the gateway can translate."""
    case = intake.call("gateway", "submit_referral", referral())["case"]
    step = referral(
        case=case,
        if_match=1,
        decided_on={"stage": "referred", "version": 1},
        body={"command": "complete_forming"},
    )

    with pytest.raises(RemoteError) as refusal:
        intake.call("gateway", "change_stage", step)

    assert refusal.value.code == "illegal_transition"
    assert refusal.value.members == {
        "stage": "referred",
        "allowed": ["take_on_agenda", "withdraw"],
    }


def test_a_malformed_message_is_refused_by_its_members(intake: Served) -> None:
    """A mistake of the caller names the fields at fault and quotes nothing of them."""
    with pytest.raises(RemoteError) as refusal:
        intake.call("gateway", "read_case", {"case": "geheim", "colour": "red"})

    assert (refusal.value.code, refusal.value.members) == (
        "validation_failed",
        {"fields": ["case", "colour", "person"]},
    )


def test_nobody_but_the_gateway_is_answered(intake: Served) -> None:
    """A neighbour that was broken into cannot read a case: the broker does not let it ask."""
    for caller in ("plans", "notifications", "audit"):
        with pytest.raises(Unreachable):
            intake.call(caller, "read_case", reading(new_id()))

    assert intake.call("gateway", "ping", {}) == {"ready": True}


def test_every_method_of_the_contract_is_there(intake: Served) -> None:
    """No call that the contract promises ends in silence."""
    for method in METHODS["intake"]:
        with pytest.raises(RemoteError) as refusal:
            intake.call("gateway", method, {"nothing": "like this"})
        assert refusal.value.code == "validation_failed"
