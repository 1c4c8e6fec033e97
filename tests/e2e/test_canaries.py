"""A canary in every field of a case, and every GET of the API read by everybody."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest

from contracts.vocabulary import PURPOSES
from tests import builders
from tests.e2e.table import PARTNERS, Table

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

OWN = {"caw": "caw", "politie": "lokale-politie", "parket": "parket", "ggz": "ggz"}


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
            "national_number": f"9001010{ord(ref):04d}",
            "roles": [role],
            "informing": {
                "state": state,
                "reason": f"KANARIE-reason-{ref}",
                "how": f"KANARIE-how-{ref}",
                "review_on": "2030-01-01",
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


@pytest.fixture(scope="module")
def world(platform):
    """A case full of canaries, an item of each category, a request, and a recalled item."""
    from demo.calls import Caller

    table = Table(Caller(platform.gateway_url, platform.token))
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
    asked = table.post(
        "politie",
        f"{case.path}/requests",
        {**builders.request("ggz", case.ids["a"], category="mental_health"),
         "question": "KANARIE-question"},
    )  # fmt: skip
    assert asked.ok, asked.text
    ids = {
        "case_id": case.id,
        "referral_id": case.id,
        "session_id": session,
        "item_id": items["judicial"],
        "request_id": asked.json()["id"],
    }
    return table, ids


def paths(platform, ids: dict[str, str]) -> list[str]:
    """Every GET of the OpenAPI document, with this world's ids filled in."""
    import requests

    document = requests.get(f"{platform.gateway_url}/v1/openapi.json", timeout=10).json()
    found = [path for path, operations in document["paths"].items() if "get" in operations]
    filled = [
        re.sub(r"\{([a-z_]+)\}", lambda match: ids.get(match[1], "0"), path) for path in found
    ]
    return [path if path.startswith("/v1") else f"/v1{path}" for path in filled]


def everything_read_by(table: Table, who: str, every: list[str]) -> str:
    asked = [(path, purpose) for path in every for purpose in PURPOSES]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: table.get(who, *pair), asked))
    return json.dumps([[answer.text, dict(answer.headers)] for answer in answers])


def expected(who: str) -> tuple[set[str], set[str]]:
    """Canaries (as prefixes) that a reader must never meet, and some that it must."""
    everything = {"KANARIE"}
    outsiders = {"coordination", "steering", "auditor", "caw-kortrijk", "politie-westhoek"}
    if who in outsiders:
        return everything, set()
    if who == "chair":
        return {"KANARIE-address", "KANARIE-contact", "KANARIE-item-judicial"}, {"KANARIE-given-a"}
    if who == "caw-worker":
        return {"KANARIE-item", "KANARIE-question", "KANARIE-recalled", "KANARIE-address"}, {
            "KANARIE-occurrence-full"
        }
    never = {"KANARIE-recalled", "KANARIE-gone"} if who != "politie" else set()
    if who not in ("parket", "caw"):
        never |= {"KANARIE-address", "KANARIE-contact"}
    domain_never = {
        "justice": {"KANARIE-item-mental_health-full", "KANARIE-item-work_income"},
        "care": {"KANARIE-item-judicial-full"},
        "local": {
            "KANARIE-item-judicial",
            "KANARIE-item-mental_health",
            "KANARIE-item-incidents-full",
            "KANARIE-question",
        },
    }
    domain = {
        "parket": "justice",
        "justitiehuis": "justice",
        "politie": "justice",
        "stad": "local",
        "sociaal-huis": "local",
    }.get(who, "care")
    return never | domain_never[domain], {"KANARIE-given-a", "KANARIE-wish-full"}


@pytest.mark.parametrize("who", READERS)
def test_nobody_meets_a_text_that_was_not_for_them(platform, world, who):
    """One forgotten route is enough to break a secret: so all of them are read by everybody."""
    table, ids = world

    read = everything_read_by(table, who, paths(platform, ids))

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

    read = everything_read_by(table, "caw", paths(platform, ids))

    assert "9001010" not in read
