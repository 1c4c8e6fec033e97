"""Reading fragments: whole, narrowed, unknown."""

from typing import Any

import pytest

from chassis.runtime import Runtime
from contracts.rpc.fragments import ReadFragmentsReply
from tests.integration.intake.looking import watching
from tests.integration.plans.desk import Desk, new_id


def test_reading_is_narrowed_to_what_is_needed(desk: Desk) -> None:
    """A page that shows the plan asks for no other texts, and a decision asks for none."""
    case = new_id()
    plan = desk.propose(case)
    desk.position(case, plan, "ggz", "object")

    [version] = desk.read(case, kinds=["plan"])
    facts = desk.read(case, content=False)

    assert version["content"]["text"] == "het plan"
    assert [one["id"] for one in facts] == [one["id"] for one in desk.read(case)]
    assert {one["content"] for one in facts} == {None}
    assert desk.read(case, kinds=[]) == []
    assert desk.read(case, fragment=plan) == [version]
    assert desk.read(new_id(), fragment=plan) == []


def test_an_unknown_case_holds_nothing(desk: Desk) -> None:
    """Whoever tries ids at random gets an answer in the same shape."""
    case = new_id()

    told = desk.plans.reading.fragments(case, None, None, True)

    assert told == {"case": case, "fragments": []}
    assert ReadFragmentsReply().validate(told) == {}


@pytest.mark.parametrize("narrowing", [{}, {"kinds": []}, {"fragment": new_id()}])
def test_an_unknown_id_costs_as_much_as_a_known_one(
    runtime: Runtime, desk: Desk, neighbour: Desk, narrowing: dict[str, Any]
) -> None:
    """Neither the number nor the kind of questions to the database tells whether a case exists."""
    case = new_id()
    desk.adopted(case)
    with watching(runtime.database) as known:
        neighbour.read(case, **narrowing)
    with watching(runtime.database) as unknown:
        neighbour.read(new_id(), **narrowing)

    assert unknown.shape == known.shape
    assert len(known.shape) == 2
