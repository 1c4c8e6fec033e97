"""What lies on the disk: nothing that a person wrote, and no way around an index."""

import uuid
from pathlib import Path
from typing import Any

import orjson
import pytest

from chassis.errors import Refuse
from chassis.mongo import Store
from chassis.runtime import Runtime
from deploy.local.parts import Parts
from services.intake.migrations import STEPS
from services.intake.store.case_documents import case_document
from tests import builders
from tests.integration.intake.client import PARTNERS, Client
from tests.integration.observing import watching
from tests.unit.casework.factories import NOW
from tests.unit.intake.factories import case as a_case


class Canaries:
    """Words that occur nowhere else, to look for afterwards; they all begin with the same `mark`.

    Files are compressed in blocks, in which the mark stands in full at least once.
    """

    def __init__(self) -> None:
        self.mark = f"canary{uuid.uuid4().hex}"
        self.count = 0

    def __call__(self, name: str) -> str:
        self.count += 1
        return f"{self.mark}-{name}-{self.count}"


def found_on_disk(parts: Parts, database: Store, *words: str) -> set[str]:
    """Which of the words are in the server's files, journal and oplog included."""
    database.client.admin.command("fsync")
    found: set[str] = set()
    for path in Path(parts.mongodb.data).rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found.update(word for word in words if word.encode() in content)
    return found


def test_no_word_of_a_case_is_readable_on_the_disk(
    parts: Parts, runtime: Runtime, client: Client
) -> None:
    """Whoever takes the disk home reads nothing about the family, not even a caller's `ref`."""
    word = Canaries()
    ref, national_number = word("ref"), "89041200181"
    reply = client.forming(**canary_referral(word, ref, national_number))
    case, person = reply["case"], reply["ids"][ref]
    item = builders.item("safety", person, text=word("text"), summary=word("summary"))
    item["obtained_from"] = {"organisation": word("org"), "function": word("function")}
    offered = client.send("offer_item", item, case=case)["id"]
    corrected = {**item, "text": word("corrected")}
    del corrected["category"]
    client.send("correct_item", corrected, case=case, target=offered, if_match=1)
    client.send("recall_item", {}, case=case, target=offered, if_match=2)
    crisis = {"text": word("crisis"), "summary": word("acute"), "subjects": [person]}
    client.send("raise_crisis", crisis, case=case)
    question = builders.request("ggz", person) | {"question": word("question")}
    request = client.send("request_information", question, case=case, partner="parket")["id"]
    answer = {"outcome": "declined", "ground": "other", "ground_text": word("ground")}
    client.send("answer_request", answer, case=case, partner="ggz", target=request, if_match=1)
    address = {"subjects": [person], "address": word("address"), "only_for": ["parket"]}
    client.send("offer_whereabouts", address, case=case)
    narrative = {"text": word("advice"), "summary": word("in-short")}
    client.send("write_advice", narrative, case=case)
    appointed = {"person": "p-director", "no_care_professional": True}
    client.send("appoint_director", appointed, case=case)
    mandate = {
        "involved_service": client.read(case, kinds=["involved_service"])["fragments"][0]["id"],
        "given_by": word("given-by"),
        "given_on": builders.TODAY().isoformat(),
    }
    client.send("record_direction_mandate", mandate, case=case, person="p-director")
    emergency = client.send("open_emergency", {"ground": word("emergency")}, case=case)["id"]
    review = {"justified": True, "text": word("review")}
    client.send("review_emergency", review, case=case, target=emergency, person="p-chair")
    informed = {"subject": person, "state": "deferred", "review_on": builders.in_days(30)}
    client.send("record_informing", informed | {"reason": word("reason")}, case=case)
    taken = narrative | {"agreement": "sample-next", "supported_by": list(PARTNERS)}
    client.send("take_over_case", taken, case=case)
    control = f"control{uuid.uuid4().hex}"
    runtime.database["versions"].insert_one({"_id": control, "fragment": control})

    on_disk = found_on_disk(parts, runtime.database, word.mark, national_number, control)

    assert on_disk == {control}
    assert word.count > 30


def test_answers_and_refusals_repeat_no_word(client: Client) -> None:
    """What a command answers is ids and state; a refusal does not quote what was sent."""
    word = Canaries()
    ref = "a"
    reply = client.forming(**canary_referral(word, ref, "89041200181"))
    case, person = reply["case"], reply["ids"][ref]
    outcomes: list[Any] = [reply, client.send("offer_item", secret_item(word, person), case=case)]
    for body in (secret_item(word, str(uuid.uuid4())), {"text": word("loose")}):
        with pytest.raises(Refuse) as refused:
            client.send("offer_item", body, case=case)
        outcomes.append([str(refused.value), refused.value.__dict__])

    assert word.count > 20
    assert word.mark not in str(outcomes)


def canary_referral(word: Canaries, ref: str, national_number: str) -> dict[str, Any]:
    """A referral with a canary in every text."""
    person = builders.person(ref, "victim", informed=False, national_number=national_number)
    person |= {"given_name": word("given"), "family_name": word("family")}
    person["informing"] = {"state": "not_possible", "reason": word("reason"), "how": word("how")}
    return {
        "persons": [person],
        **{
            part: [{"text": word(part), "summary": word(part), "subjects": [ref]}]
            for part in ("occurrences", "worries", "wishes", "precautions")
        },
        "involved_services": [
            {
                "service": word("service"),
                "function": word("function"),
                "text": word("text"),
                "subjects": [ref],
            }
        ],
        "criteria": {name: {"answer": "yes", "ground": word(name)} for name in builders.criteria()},
        "whereabouts": [
            {
                "subject": ref,
                "address": word("address"),
                "safe_contact": word("contact"),
                "only_for": ["parket"],
            }
        ],
        "uninformed_ground": word("uninformed"),
    }


def secret_item(word: Canaries, person: str) -> dict[str, Any]:
    """An item of canaries."""
    return builders.item("safety", person, text=word("text"), summary=word("summary"))


@pytest.fixture
def register(runtime: Runtime, client: Client) -> Store:
    """The database of a busy region: 20,000 cases, beside the two that the test makes."""
    others = [
        {
            **case_document(a_case(id=str(uuid.uuid4()), submitted_at=NOW)),
            "contributors": ["caw"],
            "_id": str(uuid.uuid4()),
            "order": f"2026-01-01|{number:06}",
            "serial": 0,
        }
        for number in range(20_000)
    ]
    for start in range(0, len(others), 5_000):
        runtime.database["cases"].insert_many(others[start : start + 5_000])
    return runtime.database


def test_the_longest_waiting_is_found_without_reading_those_who_wait(
    register: Store, client: Client
) -> None:
    """A place is given as fast when a thousand families wait as when one does."""
    waiting = {"stage": "waiting", "waiting_since": "2026-01-02"}
    register["cases"].update_many({"order": {"$lt": "2026-01-01|001000"}}, {"$set": waiting})
    reply = client.weighing()
    register["cases"].update_one(
        {"_id": reply}, {"$set": {"stage": "waiting", "waiting_since": "2026-01-03"}}
    )
    step = {"command": "promote"}
    promote = client.envelope(
        "change_stage", step, case=reply, if_match=client.facts(reply)["version"]
    )

    with watching(register) as watched, pytest.raises(Refuse) as refused:
        client.intake.perform("change_stage", promote)

    assert refused.value.members == {"reason": "not_first"}
    assert not watched.plans & {"COLLSCAN"}, watched.plans
    assert watched.examined <= 60, watched.examined


def test_reading_does_not_slow_down_with_the_number_of_cases(
    register: Store, client: Client
) -> None:
    """Whether there are twenty cases or twenty thousand, a read looks at what it returns."""
    reply = client.forming()
    session = client.on_agenda(reply["case"])
    reads: dict[str, tuple[Any, int]] = {
        "a case": (lambda: client.read(reply["case"]), 60),
        "a party's list": (
            lambda: client.list(
                parties=[("sample-brugge", "caw"), ("sample-brugge", "ggz")], limit=20
            ),
            200,
        ),
        "a region's list": (lambda: client.list(agreements=["sample-brugge"], limit=20), 100),
        "own referrals": (lambda: client.list("p-caw", referrer=True, limit=20), 100),
        "a later page": (
            lambda: client.list(
                agreements=["sample-brugge"], after="2026-01-01|010000", kinds=["person"], limit=20
            ),
            100,
        ),
        "a session": (lambda: client.session(session), 20),
        "sessions": (lambda: client.intake.queries.list_sessions(["sample-brugge"], None, 20), 20),
    }

    for name, (read, most) in reads.items():
        with watching(register) as watched:
            assert orjson.dumps(read())
        assert watched.operations, name
        assert not watched.plans & {"COLLSCAN"}, (name, watched.plans)
        assert watched.examined <= most, (name, watched.examined)


def test_a_new_case_needs_no_migration(runtime: Runtime, client: Client) -> None:
    """Its matches are of the present rules: every start would otherwise make them again."""
    client.forming()

    assert [step.pending(runtime) for step in STEPS] == [0] * len(STEPS)
