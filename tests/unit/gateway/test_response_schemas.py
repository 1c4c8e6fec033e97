"""Answers look like the document says, and calls like the contract says."""

import re
from typing import Any

import pytest

from contracts.bodies import COMMAND_BODIES, OWNERS
from contracts.rpc import METHODS
from gateway.http import case_schemas, response_schemas
from gateway.release.decisions import STANDINGS
from tests import samples
from tests.unit.gateway.fakes import Platform, allow, decided, permit


@pytest.fixture
def sampled(platform: Platform) -> Platform:
    """A platform whose services answer with the samples of the contract."""
    for service, methods in METHODS.items():
        for method in methods:
            reply = samples.reply(service, method)
            if method not in ("record", "read_case"):
                platform.bus.stub(service, method, lambda _request, reply=reply: reply)
    known = samples.reply("intake", "read_case")
    platform.cases[known["case"]["id"]] = known
    platform.policy.action = lambda question: permit(
        question, parties=[["sample-brugge", "caw"]], agreements=["sample-brugge"]
    )
    contact = {"name": "N", "function": "F", "email": "e@x.example", "phone": "1"}
    directory = {"partner": "caw", "name": "CAW", "domain": "care", "contact": contact}
    platform.policy.directory = lambda _question: {
        "allow": True,
        "contacts": [directory],
        "policy_revision": "rev-1",
    }
    return platform


CASE = samples.reply("intake", "read_case")["case"]["id"]
ITEM = next(
    each["id"]
    for each in samples.reply("intake", "read_case")["fragments"]
    if each["kind"] == "item"
)
MESSAGE = samples.reply("notifications", "open_message")["message"]["id"]
SESSION = samples.reply("intake", "read_session")["session"]["id"]

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
    "safety-checks",
    "follow-ups",
    "evaluations",
    "emergencies",
    "walls",
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
    f"/v1/inbox/{MESSAGE}": response_schemas.OpenedMessageAnswer,
    "/v1/contacts": response_schemas.ContactsAnswer,
    "/v1/audit/checkpoints": response_schemas.CheckpointsAnswer,
    "/v1/audit/records/0/proof": response_schemas.ProofAnswer,
}


def test_every_read_of_the_document_is_tried(sampled: Platform) -> None:
    """A read whose answer nobody compares with the document drifts away from it."""
    documented = {
        re.sub(r"\{\w+\}", "[^/]+", path)
        for path, operations in sampled.get("/v1/openapi.json").json["paths"].items()
        if "get" in operations
    }

    assert [each for each in documented if not any(re.fullmatch(each, one) for one in READS)] == []


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
    sampled.policy.release = lambda question: decided(
        {case["id"]: allow(case, level, standing) for case in question["cases"]}
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


MAKING = {
    "submit_referral",
    "schedule_session",
    "raise_wall",
    "offer_item",
    "offer_whereabouts",
    "request_information",
    "record_direction_mandate",
    "add_involved_service",
    "open_emergency",
    "record_assessment",
    "open_weighing",
    "propose_plan",
    "record_decision",
    "log_contact",
    "record_trajectory",
    "report_progress",
    "check_safety",
    "draw_conclusion",
    "record_follow_up",
    "evaluate_approach",
}
"""Commands that make something with an address of its own, and are answered with 201."""


@pytest.mark.parametrize("action", OWNERS)
def test_a_command_travels_as_its_sample(sampled: Platform, action: str) -> None:
    """The sample that integrators read is what really goes to the owner of each command.

    Every command has a route: a step that nobody can take over HTTP does not exist for those who
    work with it.
    """
    service = OWNERS[action]
    sample = samples.request(service, action)
    [(method, path)] = routes_of(sampled, action)
    version = {"If-Match": f'"{sample["if_match"]}"'} if sample["if_match"] else {}

    answer = sampled.command(filled(path, sample), sample["body"], method, **version)

    assert answer.status_code == (201 if action in MAKING else 200), answer.text
    assert response_schemas.DoneAnswer().validate(answer.json) == {}
    assert set(answer.json) == {"id", "case", "stage", "version", "state", "ids"}
    (sent,) = sampled.sent(f"{service}.{action}")
    assert METHODS[service][action][0]().validate(sent) == {}
    for member in ("case", "target", "if_match"):
        assert sent[member] == sample[member], member
    body = COMMAND_BODIES[action]()
    assert body.load(sent["body"]) == body.load(sample["body"])  # a moment has several spellings


def routes_of(sampled: Platform, action: str) -> list[tuple[str, str]]:
    """Method and path of each route that the document says is recorded as `action`."""
    paths = sampled.get("/v1/openapi.json").json["paths"]
    return [
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and operation.get("x-recorded-as") == action
    ]


def filled(path: str, sample: dict[str, Any]) -> str:
    """The path with the ids of a sample: that of its case, and of what it changes."""
    return re.sub(r"\{\w+\}", str(sample["target"]), path.replace("{case_id}", str(sample["case"])))


@pytest.mark.parametrize("path", READS)
def test_a_question_to_a_service_travels_as_the_contract_says(sampled: Platform, path: str) -> None:
    """Facts, content and the record are asked for in the words that were agreed upon."""
    sampled.get(path)

    requests = [(name, sent) for name, sent in sampled.trace if not name.startswith("ketenaanpak/")]
    assert "audit.record" in dict(requests)
    for name, payload in requests:
        service, _, method = name.partition(".")
        assert METHODS[service][method][0]().validate(payload) == {}, name
