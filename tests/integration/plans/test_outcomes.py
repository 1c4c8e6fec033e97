"""What intake rests a step on: closed once, and never changed."""

from datetime import date
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.validation import dump
from contracts.rpc import METHODS
from tests.integration.plans.desk import Desk, new_id
from tests.unit.plans import bodies


def close(desk: Desk, case: str) -> dict[str, str]:
    """One closed document of each kind, by the method that tells it."""
    return {
        "plan_outcome": desk.adopted(case),
        "conclusion_outcome": desk.send("draw_conclusion", bodies.conclusion(), case)["id"],
        "follow_up_outcome": desk.send("record_follow_up", bodies.follow_up(), case)["id"],
    }


def told(desk: Desk, case: str, closed: dict[str, str]) -> dict[str, Any]:
    """What intake is told of each."""
    return {
        method: dump(METHODS["plans"][method][1], desk.outcome(method, case, document))
        for method, document in closed.items()
    }


def test_what_was_closed_is_told(desk: Desk, clock: FixedClock) -> None:
    """A step of the case rests on what was decided: intake learns that, and no more."""
    case = new_id()
    closed = close(desk, case)

    # The database keeps milliseconds.
    at = clock.now().replace(microsecond=clock.now().microsecond // 1000 * 1000).isoformat()
    common = {
        method: {"id": closed[method], "case": case, "closed_at": at, "stands": True}
        for method in closed
    }
    assert told(desk, case, closed) == {
        "plan_outcome": common["plan_outcome"] | {"version": 1, "followers": ["caw", "parket"]},
        "conclusion_outcome": common["conclusion_outcome"]
        | {"violence_stopped": True, "goals_reached": True, "followers": ["caw", "parket"]},
        "follow_up_outcome": common["follow_up_outcome"]
        | {"result": "close", "ground": None, "next_on": None},
    }


def test_what_was_closed_never_changes(desk: Desk) -> None:
    """A newer plan, a finished action, another conclusion: what intake was told stays true."""
    case = new_id()
    closed = close(desk, case)
    before = told(desk, case, closed)
    [action, _] = desk.actions(case, closed["plan_outcome"])

    desk.update(case, action, "done")
    desk.send("draw_conclusion", bodies.conclusion(violence_stopped=False), case)
    desk.adopted(case, actions=[bodies.action("ggz")])
    reopened = bodies.follow_up("reopen", ground="new_facts")
    desk.send("record_follow_up", reopened, case)

    after = told(desk, case, closed)
    assert after == {method: {**said, "stands": False} for method, said in before.items()}


def test_what_was_closed_stands_until_something_later_takes_its_place(desk: Desk) -> None:
    """A case would end on a plan or a talk that the table has left behind."""
    case = new_id()
    closed = close(desk, case)

    def standing(*methods: str) -> None:
        said = told(desk, case, closed)
        assert {method for method in closed if said[method]["stands"]} == set(methods)

    desk.propose(case)
    standing(*closed)
    extended = bodies.follow_up("extend", next_on="2027-06-01")
    closed["later"] = desk.send("record_follow_up", extended, case)["id"]
    later = desk.outcome("follow_up_outcome", case, closed.pop("later"))
    assert (later["stands"], later["next_on"]) == (True, date(2027, 6, 1))
    standing("plan_outcome", "conclusion_outcome")
    second = desk.adopted(case)
    standing()
    assert desk.outcome("plan_outcome", case, second)["stands"]


def test_what_is_open_foreign_unknown_or_of_another_kind_looks_the_same(desk: Desk) -> None:
    """Nobody can move a case on a document that is unfinished, foreign or something else."""
    case, other = new_id(), new_id()
    closed, foreign = close(desk, case), close(desk, other)
    proposed = desk.propose(case)
    refusals = set()

    for method, own in closed.items():
        elsewhere = [document for of, document in closed.items() if document != own]
        for document in (proposed, foreign[method], new_id(), *elsewhere):
            with pytest.raises(Refuse) as refusal:
                desk.outcome(method, case, document)
            refusals.add((refusal.value.code, refusal.value.detail))

    assert refusals == {("not_found", "nothing closed of this case has this id")}
