"""What lies in the database: nothing that a person wrote, and no way around an index."""

import uuid
from collections.abc import Callable
from typing import Any

import bson
import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.mongo import Store
from chassis.runtime import Runtime
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.observing import watching
from tests.integration.plans.client import PERPETRATOR, VICTIM, Client
from tests.unit.plans import bodies

MARK = f"canary{uuid.uuid4().hex}"


def words(name: str) -> dict[str, str]:
    """A text and a short form that occur nowhere else."""
    return {"text": f"{MARK}-{name}", "summary": f"{MARK}-{name}-short"}


def write_everything(client: Client, case: str) -> None:
    """Every command, with a canary in every text."""
    check = {"judgement": "unsafe", **words("check")}
    timing = {"on": builders.in_days(18), **words("timing")}
    goal = bodies.goal(VICTIM, ref=f"{MARK}-ref"[:60]) | words("goal")
    action = bodies.action(goal=goal["ref"], judicial_timing=timing) | words("action")
    uncovered = {"subject": PERPETRATOR, "ground": f"{MARK}-uncovered"}
    body = bodies.plan(goals=[goal], actions=[action], uncovered=[uncovered]) | words("plan")
    plan = client.send("propose_plan", body, case)["id"]
    objected = {"position": "object", "ground": f"{MARK}-ground"}
    client.send("take_plan_position", objected, case, target=plan, partner="ggz")
    for partner in ("ggz", "caw"):
        client.position(case, plan, partner)
    client.adopt(case, plan)
    [of_plan] = client.actions(case, plan)
    client.update(case, of_plan, "not_possible", reason=f"{MARK}-reason")
    client.decide(case, action=of_plan, **words("decision"))
    client.update(case, of_plan, "open")
    talk = bodies.contact(VICTIM, plan=plan, safely=f"{MARK}-safely", service=f"{MARK}-service")
    client.send("log_contact", talk | words("contact"), case)
    trajectory = bodies.trajectory(VICTIM, service=f"{MARK}-of") | words("trajectory")
    noted = client.send("record_trajectory", trajectory, case)["id"]
    ended = {"state": "ended", **words("ended")}
    client.send("update_trajectory", ended, case, target=noted, if_match=1)
    client.send("report_progress", words("report") | {"safety_check": check}, case)
    conclusion = bodies.conclusion(safety_check=check) | words("conclusion")
    conclusion["continuing"] = [{"what": f"{MARK}-what", "with_whom": f"{MARK}-whom"}]
    conclusion["aims"] = [one | {"text": f"{MARK}-aim"} for one in conclusion["aims"]]
    client.send("draw_conclusion", conclusion, case)
    client.send("record_follow_up", bodies.follow_up(safety_check=check) | words("later"), case)
    client.send("evaluate_approach", bodies.evaluation(safety_check=check) | words("back"), case)


def stored(database: Store) -> bytes:
    """Every document of every collection, as the server has it."""
    names = [one for one in database.list_collection_names() if not one.startswith("system.")]
    return b"".join(bson.encode(one) for name in names for one in database[name].find())


def test_no_word_of_a_plan_is_readable_in_the_database(runtime: Runtime, client: Client) -> None:
    """Whoever takes the disk home reads nothing about the family, not even a caller's `ref`."""
    case = new_id()
    write_everything(client, case)
    control = f"control{uuid.uuid4().hex}"
    runtime.database["versions"].insert_one({"_id": control})

    kept = stored(runtime.database)

    assert control.encode() in kept
    assert case.encode() in kept
    assert MARK.encode() not in kept
    assert str(client.read(case)).count(MARK) > 30


def test_answers_and_refusals_repeat_no_word(client: Client) -> None:
    """What a command answers is ids and state; a refusal does not quote what was sent."""
    case = new_id()
    outcomes: list[Any] = [client.send("propose_plan", bodies.plan(VICTIM, PERPETRATOR), case)]
    for name, body in (
        ("propose_plan", bodies.plan(VICTIM) | words("plan")),
        ("draw_conclusion", bodies.conclusion() | words("conclusion")),
        ("log_contact", bodies.contact(new_id()) | words("contact")),
        ("report_progress", words("loose")),
    ):
        with pytest.raises(Refuse) as refused:
            client.send(name, body, case)
        outcomes.append([str(refused.value), refused.value.__dict__])

    assert MARK not in str(outcomes)


@pytest.fixture
def register(runtime: Runtime, client: Client) -> Store:
    """The database of a busy region: 20,000 cases with a fragment each, beside the test's own."""
    others = [
        {
            "_id": str(uuid.uuid4()),
            "case": str(uuid.uuid4()),
            "kind": "plan",
            "at": "2026-01-01T00:00:00.000000+00:00",
            "place": 0,
        }
        for _ in range(20_000)
    ]
    for start in range(0, len(others), 5_000):
        runtime.database["fragments"].insert_many(others[start : start + 5_000])
    return runtime.database


def test_reading_does_not_slow_down_with_the_number_of_cases(
    register: Store, client: Client, clock: FixedClock
) -> None:
    """Whether there are twenty cases or twenty thousand, a read looks at what it returns."""
    case = new_id()
    plan = client.adopted(case)
    reads: dict[str, Callable[[], Any]] = {
        "everything": lambda: client.read(case),
        "the plan": lambda: client.read(case, kinds=["plan", "goal"]),
        "one fragment": lambda: client.read(case, fragment=plan),
        "an unknown case": lambda: client.read(new_id()),
        "an outcome": lambda: client.outcome("plan_outcome", case, plan),
        "a command": lambda: client.position(case, client.propose(case), "ggz"),
    }

    for name, read in reads.items():
        with watching(register) as watched:
            read()
        assert watched.operations, name
        assert not watched.plans & {"COLLSCAN"}, (name, watched.plans)
        assert watched.examined <= 80, (name, watched.examined)


def test_fragments_come_in_the_order_of_their_time_from_the_index(register: Store) -> None:
    """The server reads a case in order and sorts nothing in memory."""
    wanted = register["fragments"].find({"case": new_id()}).sort([("at", 1), ("place", 1)])

    plan = str(wanted.explain()["queryPlanner"]["winningPlan"])

    assert "'indexName': 'case_1_at_1_place_1'" in plan
    assert "SORT" not in plan
