"""Intake as a running service: called by the gateway over the real broker."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pymongo
import pytest

from chassis.errors import CodedError, RemoteError, Unreachable
from contracts.rpc import METHODS
from deploy.local.parts import Parts
from services.intake.store import INDEXES
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.intake.client import TERMS
from tests.integration.serving import Served, serving
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def intake(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "intake") as served:
        yield served


def test_the_database_of_a_running_service_has_its_indexes(intake: Served, parts: Parts) -> None:
    """A table with years of cases would wait for every page if the server had to read them all."""
    with pymongo.MongoClient(parts.mongodb.admin_url()) as client:
        found = {
            (name, *index["key"])
            for name in client["intake"].list_collection_names()
            for index in client["intake"][name].list_indexes()
        }

    assert set(INDEXES) <= found


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


def decided_on(stage: str, version: int) -> dict[str, Any]:
    """The case as policy saw it."""
    return {
        "stage": stage,
        "version": version,
        "submitted_by": "caw",
        "participants": ["caw"],
        "persons": [],
        "director": None,
        "walled": [],
    }


def reading(case: str, person: str = "p-caw") -> dict[str, Any]:
    """A request to read a whole case."""
    return {"case": case, "person": person, "kinds": None, "fragment": None, "content": True}


def test_the_gateway_submits_and_reads(intake: Served) -> None:
    """What a referrer wrote comes back over the bus in the form that the contract promises."""
    reply = intake.call("gateway", "submit_referral", referral())
    read = intake.call("gateway", "read_case", reading(reply["case"]))

    assert METHODS["intake"]["submit_referral"][1]().validate(reply) == {}
    assert METHODS["intake"]["read_case"][1]().validate(read) == {}
    assert (reply["stage"], reply["version"], sorted(reply["ids"])) == (
        "referred",
        1,
        ["a", "b", "c"],
    )
    assert "wat er gebeurt" in [one["content"].get("text") for one in read["fragments"]]


def test_the_same_command_sent_again_returns_the_same(intake: Served) -> None:
    """A referrer whose connection broke sends it again and has one case, not two."""
    command = referral()

    first = intake.call("gateway", "submit_referral", command)
    again = intake.call("gateway", "submit_referral", command | {"decision_id": new_id()})

    assert again == first


def test_staff_do_not_meet_a_case_they_are_part_of(intake: Served, tmp_path: Path) -> None:
    """A member of staff who is a victim is named to policy as such, from the import on."""
    body = builders.referral()
    body["persons"][0]["national_number"] = "85010112387"
    case = intake.call("gateway", "submit_referral", referral(body=body))["case"]
    file = tmp_path / "staff.json"
    row = {"person": "p-staff", "partners": ["caw"], "national_number": "85.01.01-123.87"}
    file.write_text(json.dumps([row]))

    def conflicts() -> list[Any]:
        return [
            intake.call("gateway", "read_case", reading(case, person))["case"]["conflicts"]
            for person in ("p-staff", "p-caw")
        ]

    before = conflicts()
    intake.run("services.intake.staff_import", str(file))

    assert (before, conflicts()) == ([[], []], [["same_person"], []])


def test_a_killed_service_keeps_what_it_promised(intake: Served) -> None:
    """When intake dies in the middle of many referrals, each answer given is kept, none twice."""
    commands = [referral() for _ in range(40)]
    answers: dict[str, Any] = {}

    def send(command: dict[str, Any]) -> None:
        with suppress(CodedError):
            answers[command["command_id"]] = intake.call("gateway", "submit_referral", command)

    def settled(command: dict[str, Any]) -> bool:
        answers.pop(command["command_id"], None)
        send(command)
        return command["command_id"] in answers

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(send, command) for command in commands]
        wait_until(lambda: len(answers) >= 5, what="a few answers")
        intake.process.kill()
        intake.start()
        for one in sent:
            one.result()
    promised = dict(answers)

    for command in commands:
        # What was under way is locked until the database gives the dead one up.
        wait_until(partial(settled, command), 20, "an answer to what was under way")
    reply = [answers[command["command_id"]] for command in commands]

    assert len(promised) >= 5
    assert [promised.get(c["command_id"], t) for c, t in zip(commands, reply, strict=True)] == reply
    assert len({one["case"] for one in reply}) == len(commands)
    for one in reply:
        assert intake.call("gateway", "read_case", reading(one["case"]))["case"]["found"]


def test_a_refusal_travels_with_its_code(intake: Served) -> None:
    """The caller learns what is wrong with a step, by codes the gateway can translate."""
    case = intake.call("gateway", "submit_referral", referral())["case"]
    step = referral(
        case=case,
        if_match=1,
        decided_on=decided_on("referred", 1),
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
    """A service that was broken into cannot read a case: the broker does not let it ask."""
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
