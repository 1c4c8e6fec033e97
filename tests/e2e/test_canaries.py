"""A canary in every field of a case, and every GET of the API read by everybody."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pymongo
import pytest

from contracts.vocabulary import PURPOSES
from tests import builders
from tests.e2e.table_client import PARTNERS, Case, TableClient

READERS = (
    *PARTNERS,
    "chair",
    "caw-worker",
    "coordination",
    "steering",
    "auditor",
    "caw-kortrijk",
    "politie-westhoek",
)
TOLD_OF_NOTHING = {"steering", "auditor", "caw-kortrijk", "politie-westhoek"}


def narrative(field: str, *subjects: str) -> dict:
    return {
        "text": f"KANARIE-{field}-full",
        "summary": f"KANARIE-{field}-summary",
        "subjects": list(subjects),
    }


def referral_of_canaries(referrer: str) -> dict:
    """A referral in which every text that a person could write is a canary."""
    persons = [
        {
            "ref": ref,
            "given_name": f"KANARIE-given-{ref}",
            "family_name": f"KANARIE-family-{ref}",
            "birth_date": "1990-01-01",
            "national_number": builders.national_number("1990-01-01", ord(ref)),
            "roles": [role],
            "informing": {
                "state": state,
                "reason": f"KANARIE-reason-{ref}",
                "how": f"KANARIE-how-{ref}",
                "review_on": builders.in_days(30),
            },
        }
        for ref, role, state in (
            ("a", "victim", "informed"),
            ("b", "perpetrator", "deferred"),
            ("c", "child", "not_possible"),
        )
    ]
    criteria = {
        name: {"answer": "yes", "ground": f"KANARIE-criterion-{name}"}
        for name in builders.criteria()
    }
    return {
        "referrer": referrer,
        "persons": persons,
        "occurrences": [narrative("occurrence", "a", "b")],
        "worries": [narrative("worry", "a")],
        "involved_services": [
            {
                "service": "KANARIE-service",
                "function": "KANARIE-function",
                "text": "KANARIE-involved",
                "subjects": ["c"],
            }
        ],
        "wishes": [narrative("wish", "a")],
        "criteria": criteria,
        "precautions": [narrative("precaution", "a")],
        "whereabouts": [
            {
                "subject": "a",
                "address": "KANARIE-address",
                "safe_contact": "KANARIE-contact",
                "only_for": ["parket"],
            }
        ],
    }


def canary_texts(field: str, **members: Any) -> dict[str, Any]:
    """What the table made together, in canaries."""
    return {
        "text": f"KANARIE-table-{field}-full",
        "summary": f"KANARIE-table-{field}-summary",
        **members,
    }


def carry_on(table: TableClient, case: Case) -> None:
    """Takes the case through weighing and plan until a conclusion is drawn, in canaries."""
    everyone, director, chair = case.seats.members, case.seats.director, case.seats.chair
    for who in everyone:
        answer = {"answer": "nothing_known"}
        table.expect(table.post(who, f"{case.path}/answers", answer))
    table.expect(table.step(chair, case, "complete_forming"))
    filled = builders.assessment("dash-ric", case.ids["a"], remark="KANARIE-assessment-remark")
    assessment = table.expect(table.post("caw", f"{case.path}/assessments", filled))["id"]
    weighing = table.expect(table.post(chair, f"{case.path}/weighings", {}))["id"]
    path = f"{case.path}/weighings/{weighing}"
    position = {"position": "accept", "ground": "KANARIE-table-position"}
    for who in everyone:
        table.expect(table.post(who, f"{path}/positions", position))
    profile = builders.problem_profile("KANARIE-table-profile")
    table.expect(table.put(chair, f"{path}/problem-profile", profile, if_match=1))
    closing = {
        "conclusion": "take",
        "reasons": "KANARIE-table-reasons",
        "assessments": [assessment],
    }
    table.expect(table.post(chair, f"{path}/close", closing, if_match=2))
    table.expect(table.step(chair, case, "accept", outcome=weighing))
    appointed = {"person": table.people[director].id, "no_care_professional": True}
    table.expect(table.put(chair, f"{case.path}/director", appointed))
    shown = table.expect(table.get(director, case.path))["fragments"]
    today = builders.TODAY().isoformat()
    for service in [each["id"] for each in shown if each["kind"] == "involved_service"]:
        mandate = {"involved_service": service, "given_by": "KANARIE-table-mandate"}
        path = f"{case.path}/direction-mandates"
        table.expect(table.post(director, path, {**mandate, "given_on": today}))
    timing = {"on": today, "text": "KANARIE-timing-full", "summary": "KANARIE-timing-summary"}
    plan = builders.plan(
        weighing,
        case.persons,
        **canary_texts("plan"),
        goals=[{"ref": "g", "aim": "stop_violence", **canary_texts("goal", subjects=case.persons)}],
        actions=[
            {**builders.action("g", "parket", judicial_timing=timing), **canary_texts("action")},
        ],
    )
    adopted = table.adopt(case, plan)
    table.expect(table.step(chair, case, "start_execution", outcome=adopted))
    everybody = {"subjects": case.persons}
    check = canary_texts("check", judgement="unknown")
    contact = canary_texts("contact", party="client", on=today, **everybody)
    trajectory = canary_texts(
        "trajectory", kind="help", state="running", service="KANARIE-table-service", **everybody
    )
    for part, body in (
        ("contact-log", contact),
        ("trajectories", trajectory),
        ("reports", canary_texts("report", safety_check=check)),
        ("conclusions", builders.conclusion(**canary_texts("conclusion"))),
    ):
        table.expect(table.post(director, f"{case.path}/{part}", body))
    team = [table.people[each].partner for each in case.seats.members]
    decision = canary_texts("decision", supported_by=team)
    table.expect(table.post(chair, f"{case.path}/decisions", decision))
    ground = {"ground": "KANARIE-emergency"}
    table.expect(table.post("politie", f"{case.path}/emergencies", ground, "acute_danger"))


@pytest.fixture(scope="module")
def world(platform):
    """A case full of canaries, from the referral to the conclusion, with a recalled item."""
    from deploy.local.api_client import ApiClient

    table = TableClient(ApiClient(platform.gateway_url, platform.token))
    session = table.session()
    case = table.refer(**referral_of_canaries(table.people["caw-worker"].id))
    put = table.post(
        "coordination",
        f"/v1/sessions/{session}/agenda",
        {"case": case.id, "referrer_attends": True},
        "coordination",
    )
    assert put.ok, put.text
    assert table.step("chair", case, "take_on_agenda", session=session).ok
    items = {
        category: table.offer(
            source,
            case,
            category,
            text=f"KANARIE-item-{category}-full",
            summary=f"KANARIE-item-{category}-summary",
            obtained_from={
                "organisation": f"KANARIE-item-{category}-organisation",
                "function": "KANARIE-handler",
            },
        )
        for category, source in (
            ("judicial", "parket"),
            ("mental_health", "ggz"),
            ("work_income", "caw"),
            ("incidents", "politie"),
        )
    }
    gone = table.offer("politie", case, "safety", text="KANARIE-recalled", summary="KANARIE-gone")
    path = f"{case.path}/items/{gone}/recall"
    assert table.post("politie", path, {}, if_match=1).ok
    request = table.post(
        "politie",
        f"{case.path}/requests",
        {**builders.request("ggz", case.ids["a"], category="mental_health"),
         "question": "KANARIE-question"},
    )  # fmt: skip
    assert request.ok, request.text
    declined = {
        "outcome": "declined",
        "ground": "professional_rules",
        "ground_text": "KANARIE-question-ground",
    }
    path = f"{case.path}/requests/{request.json()['id']}/answer"
    table.expect(table.post("ggz", path, declined, if_match=1))
    carry_on(table, case)
    ids = {
        "case_id": case.id,
        "referral_id": case.id,
        "session_id": session,
        "item_id": items["judicial"],
        "request_id": request.json()["id"],
        "instrument": "dash-ric",
        "index": "0",
    }
    return table, ids


def paths(platform, ids: dict[str, str]) -> list[str]:
    """Every GET of the OpenAPI document, with the ids of this world and reader filled in."""
    import requests

    document = requests.get(f"{platform.gateway_url}/v1/openapi.json", timeout=10).json()
    found = [path for path, operations in document["paths"].items() if "get" in operations]
    filled = [re.sub(r"\{([a-z_]+)\}", lambda match: ids[match[1]], path) for path in found]
    return [path if path.startswith("/v1") else f"/v1{path}" for path in filled]


def of_the_inbox(table: TableClient, who: str) -> dict[str, str]:
    """A message of a reader's own; an id of none for whoever is told of nothing."""
    answer = table.get(who, "/v1/inbox", "own_tasks")
    messages = answer.json()["messages"] if answer.ok else []
    assert messages or who in TOLD_OF_NOTHING
    return {"message_id": messages[0]["id"] if messages else str(uuid.uuid4())}


def everything_read_by(table: TableClient, who: str, every: list[str]) -> str:
    reads = [(path, purpose) for path in every for purpose in PURPOSES]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: table.get(who, *pair), reads))
    return json.dumps([[answer.text, dict(answer.headers)] for answer in answers])


def expected(who: str) -> tuple[set[str], set[str]]:
    """Canaries (as prefixes) that a reader must never meet, and some that it must."""
    everything = {"KANARIE"}
    outsiders = {"coordination", "steering", "auditor", "caw-kortrijk", "politie-westhoek"}
    if who in outsiders:
        return everything, set()
    if who == "chair":
        never = {"KANARIE-address", "KANARIE-contact", "KANARIE-item-judicial", "KANARIE-timing"}
        return never, {"KANARIE-given-a", "KANARIE-table-plan-full"}
    if who == "caw-worker":
        never = {"KANARIE-item", "KANARIE-question", "KANARIE-recalled", "KANARIE-address"}
        never |= {"KANARIE-table", "KANARIE-timing", "KANARIE-assessment", "KANARIE-emergency"}
        return never, {"KANARIE-occurrence-full"}
    never = {"KANARIE-recalled", "KANARIE-gone"} if who != "politie" else set()
    if who not in ("parket", "caw"):
        never |= {"KANARIE-address", "KANARIE-contact"}
    domain_never = {
        "justice": {"KANARIE-item-mental_health-full", "KANARIE-item-work_income"},
        "care": {"KANARIE-item-judicial-full", "KANARIE-timing-full"},
        "local": {
            "KANARIE-item-judicial",
            "KANARIE-item-mental_health",
            "KANARIE-item-incidents-full",
            "KANARIE-question",
            "KANARIE-timing",
        },
    }
    domain = {
        "parket": "justice",
        "justitiehuis": "justice",
        "politie": "justice",
        "stad": "local",
        "sociaal-huis": "local",
    }.get(who, "care")
    always = {"KANARIE-given-a", "KANARIE-wish-full", "KANARIE-table-plan-full"}
    return never | domain_never[domain], always


@pytest.mark.parametrize("who", READERS)
def test_nobody_meets_a_text_that_was_not_for_them(platform, world, who):
    """One forgotten route is enough to break a secret: so all of them are read by everybody."""
    table, ids = world

    read = everything_read_by(table, who, paths(platform, ids | of_the_inbox(table, who)))

    never, always = expected(who)
    met = set(re.findall(r"KANARIE[A-Za-z_\-]*", read))
    assert {canary for canary in met if any(canary.startswith(n) for n in never)} == set()
    assert always <= met


def test_no_log_queue_or_database_file_holds_a_readable_text(platform, world, state):
    """Whoever gets hold of a disk must find nothing to read."""
    with pymongo.MongoClient(platform.parts.mongodb.admin_url()) as client:
        client.admin.command("fsync")
    found = [
        str(file.relative_to(state))
        for file in state.rglob("*")
        if file.is_file() and b"KANARIE" in file.read_bytes()
    ]

    assert found == []


def test_no_national_number_is_ever_shown(platform, world):
    """It serves to see that two records are one person, and nothing else."""
    table, ids = world

    read = everything_read_by(table, "caw", paths(platform, ids | of_the_inbox(table, "caw")))

    assert "9001010" not in read
