"""What lies on the disk: nothing that a person wrote or answered, and no way around an index."""

import uuid
from typing import Any

import orjson
import pytest

from casework.fragment_documents import to_document
from chassis.errors import Refuse
from chassis.mongo import Store
from chassis.runtime import Runtime
from deploy.local.parts import Parts
from services.risk.store import LAYOUT
from tests.integration.envelopes import new_id
from tests.integration.intake.test_at_rest import Canaries, found_on_disk
from tests.integration.observing import watching
from tests.integration.risk.client import Client
from tests.unit.risk.factories import closing, filled_in, profile
from tests.unit.risk.factories import fragment as a_fragment
from tests.unit.risk.instruments import published

ANSWERED = {"confinement": "yes", "victim_concern": "unknown"}


def canary_story(client: Client, word: Canaries) -> str:
    """A case with a canary in every text, weighed and taken; returns the case."""
    case = new_id()
    body = filled_in(
        answered=ANSWERED,
        remark=word("remark"),
        override={"band": "score_7_to_13", "ground": word("override")},
    )
    recalled = client.send("record_assessment", body, case)["id"]
    client.recall(case, recalled)
    assessment = client.send("record_assessment", body, case)["id"]
    weighing = client.weigh(case, "caw")
    for position in ("decline", "abstain"):
        client.say(case, weighing, "parket", position=position, ground=word(position))
    for _ in range(2):
        described = profile() | {"protective_factors": word("factors")}
        for domain in described["domains"]:
            domain["text"] = word(domain["domain"])
        version = client.fragment(case, weighing)["version"]
        client.send("write_problem_profile", described, case, target=weighing, if_match=version)
    client.close(case, weighing, assessment, reasons=word("reasons"))
    return case


def test_no_word_of_a_case_is_readable_on_the_disk(
    parts: Parts, runtime: Runtime, client: Client
) -> None:
    """Whoever takes the disk home reads nothing that was judged of the family."""
    word = Canaries()
    case = canary_story(client, word)
    control = f"control{uuid.uuid4().hex}"
    runtime.database["versions"].insert_one({"_id": control, "fragment": control})

    on_disk = found_on_disk(parts, runtime.database, word.mark, control)

    assert on_disk == {control}
    assert word.count > 25
    assert word.mark in str(client.read(case))


def test_no_answer_stands_in_clear(runtime: Runtime, client: Client) -> None:
    """Nor reads anybody in the collections, or in an event, which item was answered, or how."""
    odara = published("odara")
    items = [one.id for one in (*odara.preconditions, *odara.items)]
    bands = [
        one.id
        for norms in (odara.scoring.norm_sets if odara.scoring else ())
        for one in norms.bands
    ]
    case = canary_story(client, Canaries())

    kept = [
        str(document)
        for name in runtime.database.list_collection_names()
        for document in runtime.database[name].find()
    ]

    assert case in str(kept)
    for readable in (*items, *bands, "'yes'", "'unknown'", "population", "lowest", "p-caw"):
        assert not [one for one in kept if readable in one], readable


def test_answers_and_refusals_repeat_no_word(client: Client) -> None:
    """What a command answers is ids and state; a refusal does not quote what was sent."""
    word = Canaries()
    case = new_id()
    weighing = client.weigh(case, "caw", "parket")
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("record_assessment", filled_in(remark=word("remark")) | {"loose": word("loose")}),
        ("record_assessment", filled_in(answered={"confinement": word("answer")})),
        ("record_assessment", filled_in(norm_set=word("norms"))),
        (
            "record_assessment",
            filled_in(override={"band": "score_0", "ground": word("ground")}),
        ),
        ("close_weighing", closing("take") | {"reasons": word("reasons")}),
    ]
    reply: list[Any] = [client.say(case, weighing, "ggz", ground=word("said"))]

    for name, body in bodies:
        with pytest.raises(Refuse) as refused:
            client.send(name, body, case, target=weighing, if_match=1)
        reply.append([str(refused.value), refused.value.__dict__])

    assert word.count == 7
    assert word.mark not in str(reply)


@pytest.fixture
def register(runtime: Runtime, client: Client) -> Store:
    """The database of a busy region: 20,000 cases, beside the one that the test makes."""
    others = [
        {
            **to_document(a_fragment(1, "assessment", codes={"instrument": "odara"}), LAYOUT),
            "_id": new_id(),
            "case": new_id(),
        }
        for _ in range(20_000)
    ]
    for start in range(0, len(others), 5_000):
        runtime.database["fragments"].insert_many(others[start : start + 5_000])
    return runtime.database


def test_reading_does_not_slow_down_with_the_number_of_cases(
    register: Store, client: Client
) -> None:
    """Whether there are twenty cases or twenty thousand, a read looks at what it returns."""
    case = canary_story(client, Canaries())
    weighing = client.read(case, "weighing")[0]["id"]
    reads: dict[str, tuple[Any, int]] = {
        "a case": (lambda: client.read(case), 100),
        "facts": (lambda: client.read(case, content=False), 100),
        "some kinds": (lambda: client.read(case, "weighing", "problem_profile"), 100),
        "a fragment": (lambda: client.fragment(case, weighing), 20),
        "an unknown case": (lambda: client.read(new_id()), 10),
        "an outcome": (lambda: client.outcome(case, weighing), 10),
    }

    for name, (read, most) in reads.items():
        with watching(register) as watched:
            assert orjson.dumps(read())
        assert watched.operations, name
        assert not watched.plans & {"COLLSCAN"}, (name, watched.plans)
        assert watched.examined <= most, (name, watched.examined)


def test_a_case_is_found_in_the_order_of_its_time(register: Store, client: Client) -> None:
    """The server reads the fragments in the order they are returned in and sorts nothing."""
    case = canary_story(client, Canaries())

    with watching(register) as watched:
        client.read(case)

    [found] = [one for one in watched.operations if one["ns"].endswith(".fragments")]
    assert found["planSummary"] == "IXSCAN { case: 1, at: 1, place: 1 }"
    assert not found.get("hasSortStage", False)
    explained = register["fragments"].find({"case": case}).sort([("at", 1), ("place", 1)]).explain()
    stages = orjson.dumps(explained["queryPlanner"]["winningPlan"]).decode()
    assert '"IXSCAN"' in stages
    assert '"SORT"' not in stages
    assert '"COLLSCAN"' not in stages
