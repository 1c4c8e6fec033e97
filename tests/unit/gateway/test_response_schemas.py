"""Answers look like the document says, and calls like the contract says."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.bodies import OWNERS
from contracts.rpc import METHODS
from gateway.http import case_schemas, response_schemas
from gateway.release.decisions import STANDINGS
from tests import builders
from tests.unit.gateway.fakes import Platform, allow, an_id, decided, permit

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples" / "rpc"


def example(name: str) -> Any:
    """The sample of a message between services."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def sampled(platform: Platform) -> Platform:
    """A platform whose services answer with the samples of the contract."""
    for service, methods in METHODS.items():
        for method in methods:
            reply = example(f"{service}.{method}.reply")
            if method not in ("record", "read_case"):
                platform.bus.stub(service, method, lambda _request, reply=reply: reply)
    known = example("intake.read_case.reply")
    platform.cases[known["case"]["id"]] = known
    platform.policy.action = lambda asked: permit(
        asked, parties=[["sample-brugge", "caw"]], agreements=["sample-brugge"]
    )
    contact = {"name": "N", "function": "F", "email": "e@x.example", "phone": "1"}
    directory = {"partner": "caw", "name": "CAW", "domain": "care", "contact": contact}
    platform.policy.directory = lambda _asked: {
        "allow": True,
        "contacts": [directory],
        "policy_revision": "rev-1",
    }
    return platform


CASE = example("intake.read_case.reply")["case"]["id"]
ITEM = next(
    each["id"] for each in example("intake.read_case.reply")["fragments"] if each["kind"] == "item"
)
SESSION = example("intake.read_session.reply")["session"]["id"]

LISTS = (
    "items",
    "requests",
    "assessments",
    "weighings",
    "direction-mandates",
    "plans",
    "decisions",
    "contact-log",
    "trajectories",
    "reports",
    "conclusions",
    "follow-ups",
    "evaluations",
    "emergencies",
)
"""Paths of the lists of fragments of a case."""

READS = {
    "/v1/referrals": case_schemas.ReferralsAnswer,
    f"/v1/referrals/{CASE}": case_schemas.CaseAnswer,
    "/v1/cases": case_schemas.CasesAnswer,
    f"/v1/cases/{CASE}": case_schemas.CaseAnswer,
    f"/v1/cases/{CASE}/participants": case_schemas.ParticipantsAnswer,
    f"/v1/cases/{CASE}/items/{ITEM}": case_schemas.FragmentAnswer,
    **{
        f"/v1/cases/{CASE}/{path}": case_schemas.fragments_answer(path.replace("-", "_"), "")
        for path in LISTS
    },
    "/v1/instruments": response_schemas.InstrumentsAnswer,
    "/v1/instruments/odara": response_schemas.InstrumentAnswer,
    "/v1/sessions": response_schemas.SessionsAnswer,
    f"/v1/sessions/{SESSION}": response_schemas.SessionAnswer,
    f"/v1/sessions/{SESSION}/agenda": case_schemas.AgendaAnswer,
    "/v1/inbox": response_schemas.InboxAnswer,
    "/v1/contacts": response_schemas.ContactsAnswer,
    "/v1/audit/checkpoints": response_schemas.CheckpointsAnswer,
    "/v1/audit/records/0/proof": response_schemas.ProofAnswer,
}


@pytest.mark.parametrize("path", READS)
def test_an_answer_looks_like_the_document_says(sampled: Platform, path: str) -> None:
    """A client that was written from the document must be able to read it."""
    answer = sampled.get(path)

    assert answer.status_code == 200, answer.text
    assert READS[path]().validate(answer.json) == {}


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_case_looks_like_the_document_says_to_everybody(sampled: Platform, standing: str) -> None:
    """Whatever one's standing is."""
    level = "none" if standing == "coordination" else "full"
    sampled.policy.release = lambda asked: decided(
        {case["id"]: allow(case, level, standing) for case in asked["cases"]}
    )

    assert case_schemas.CaseAnswer().validate(sampled.get(f"/v1/cases/{CASE}").json) == {}


def test_a_search_of_the_record_looks_like_the_document_says(sampled: Platform) -> None:
    """Auditors write their own tools."""
    question = {"person": "p-00000002", "outcome": "denied", "limit": 10}

    answer = sampled.client().post(
        "/v1/audit/records/search", headers=sampled.headers(), json=question
    )

    assert answer.status_code == 200
    assert response_schemas.RecordsAnswer().validate(answer.json) == {}
    (entry,) = sampled.recorded
    assert entry["input"]["facts"] == {"person": "p-00000002", "outcome": "denied", "detail": False}


def test_a_problem_looks_like_the_document_says(sampled: Platform) -> None:
    """Errors are read by programs too."""
    answer = sampled.command(f"/v1/cases/{CASE}/items", {"category": "gossip"})

    assert response_schemas.ProblemAnswer().validate(answer.json) == {}


BODIES = {
    "submit_referral": (
        "/v1/referrals",
        builders.referral(whereabouts=[builders.whereabouts("a", "caw")]),
    ),
    "schedule_session": (
        "/v1/sessions",
        {
            "agreement": "sample-brugge",
            "table": "table-brugge",
            "starts_at": "2026-03-10T09:00:00Z",
        },
    ),
    "put_on_agenda": (f"/v1/sessions/{SESSION}/agenda", {"case": CASE}),
    "change_stage": (
        f"/v1/cases/{CASE}/transitions",
        {"command": "take_on_agenda", "session": SESSION},
    ),
    "confirm_informing": (f"/v1/cases/{CASE}/informing-confirmation", {}),
    "raise_crisis": (f"/v1/cases/{CASE}/crisis", builders.narrative("gevaar", an_id())),
    "invite_participant": (f"/v1/cases/{CASE}/participants", {"partner": "ggz"}),
    "declare_conflict": (f"/v1/cases/{CASE}/conflicts", {"interest": "kin"}),
    "answer_forming": (f"/v1/cases/{CASE}/answers", {"answer": "nothing_known"}),
    "offer_item": (f"/v1/cases/{CASE}/items", builders.item("safety", an_id())),
    "offer_whereabouts": (
        f"/v1/cases/{CASE}/whereabouts",
        {"subjects": [an_id()], "address": "A", "only_for": ["caw"]},
    ),
    "recall_item": (f"/v1/cases/{CASE}/items/{ITEM}/recall", {}),
    "request_information": (f"/v1/cases/{CASE}/requests", builders.request("ggz", an_id())),
    "answer_request": (f"/v1/cases/{CASE}/requests/{an_id()}/answer", {"outcome": "nothing_known"}),
    "mark_read": (f"/v1/inbox/{an_id()}/read", {}),
}


@pytest.mark.parametrize("action", BODIES)
def test_a_command_travels_as_the_contract_says(sampled: Platform, action: str) -> None:
    """Its owner refuses what does not fit, and the caller would be told that it was at fault."""
    path, body = BODIES[action]
    service = OWNERS[action]

    answer = sampled.command(path, body)

    assert answer.status_code in (200, 201), answer.text
    assert response_schemas.DoneAnswer().validate(answer.json) == {}
    assert set(answer.json) == {"id", "case", "stage", "version", "state", "ids"}
    (sent,) = sampled.sent(f"{service}.{action}")
    assert METHODS[service][action][0]().validate(sent) == {}


NEW_STEPS = {
    "record_informing": "POST informing",
    "write_advice": "POST advice",
    "take_over_case": "POST takeover",
    "appoint_director": "PUT director",
    "record_direction_mandate": "POST direction-mandates",
    "open_emergency": "POST emergencies",
    "review_emergency": "POST emergencies/{target}/review",
    "record_assessment": "POST assessments",
    "recall_assessment": "POST assessments/{target}/recall",
    "open_weighing": "POST weighings",
    "take_weighing_position": "POST weighings/{target}/positions",
    "write_problem_profile": "PUT weighings/{target}/problem-profile",
    "close_weighing": "POST weighings/{target}/close",
    "propose_plan": "POST plans",
    "take_plan_position": "POST plans/{target}/positions",
    "adopt_plan": "POST plans/{target}/adopt",
    "update_action": "PUT actions/{target}",
    "record_decision": "POST decisions",
    "log_contact": "POST contact-log",
    "record_trajectory": "POST trajectories",
    "update_trajectory": "PUT trajectories/{target}",
    "report_progress": "POST reports",
    "draw_conclusion": "POST conclusions",
    "record_follow_up": "POST follow-ups",
    "evaluate_approach": "POST evaluations",
}
"""Commands of steps 3 to 6, which have a sample each."""


@pytest.mark.parametrize("action", NEW_STEPS)
def test_a_command_of_the_later_steps_travels_as_its_sample(sampled: Platform, action: str) -> None:
    """The sample that integrators read is what really goes to the owner of each step."""
    service = OWNERS[action]
    sample = example(f"{service}.{action}.request")
    method, path = NEW_STEPS[action].format(**sample).split()
    version = {"If-Match": f'"{sample["if_match"]}"'} if sample["if_match"] else {}

    answer = sampled.command(
        f"/v1/cases/{sample['case']}/{path}", sample["body"], method, **version
    )

    assert answer.status_code in (200, 201), answer.text
    assert response_schemas.DoneAnswer().validate(answer.json) == {}
    (sent,) = sampled.sent(f"{service}.{action}")
    assert METHODS[service][action][0]().validate(sent) == {}
    for member in ("case", "target", "if_match", "body"):
        assert sent[member] == sample[member], member


def test_every_command_has_a_route(sampled: Platform) -> None:
    """A step that nobody can take over HTTP does not exist for those who work with it."""
    assert set(NEW_STEPS) | set(BODIES) | {"correct_item"} == set(OWNERS)


def test_a_correction_travels_as_the_contract_says(sampled: Platform) -> None:
    """It is the one command that is a PUT."""
    body = builders.item("safety", an_id())
    del body["category"]

    answer = sampled.command(f"/v1/cases/{CASE}/items/{ITEM}", body, "PUT", **{"If-Match": '"2"'})

    assert answer.status_code == 200
    (sent,) = sampled.sent("intake.correct_item")
    assert METHODS["intake"]["correct_item"][0]().validate(sent) == {}
    assert sent["if_match"] == 2


@pytest.mark.parametrize("path", READS)
def test_a_question_to_a_service_travels_as_the_contract_says(sampled: Platform, path: str) -> None:
    """Facts, content and the record are asked for in the words that were agreed upon."""
    sampled.get(path)

    for name, payload in sampled.trace:
        if name.startswith("ketenaanpak/"):
            continue
        service, _, method = name.partition(".")
        assert METHODS[service][method][0]().validate(payload) == {}, name
