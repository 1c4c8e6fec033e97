"""Reading fragments: whole, narrowed, unknown."""

from typing import Any

import pytest

from chassis.runtime import Runtime
from contracts.rpc.fragments import ReadFragmentsReply
from services.plans.application import Plans
from tests.integration.intake.looking import watching
from tests.integration.plans.desk import Desk, new_id
from tests.unit.plans import bodies


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


def test_a_safety_check_comes_only_with_what_it_is_of(desk: Desk) -> None:
    """The check of a conclusion is neither decided nor recorded as seen among the reports."""
    case = new_id()
    desk.adopted(case)
    report = desk.send("report_progress", bodies.report(), case)["id"]
    conclusion = desk.send("draw_conclusion", bodies.conclusion(), case)["id"]

    listed = desk.read(case, kinds=["report", "safety_check"])
    facts = desk.read(case, kinds=["conclusion", "safety_check"], content=False)

    assert [one["of"] for one in listed] == [None, report]
    assert listed[1]["content"]["of"] == report
    assert [(one["of"], one["content"]) for one in facts] == [(None, None), (conclusion, None)]


def test_checks_of_an_earlier_version_learn_what_they_are_of(runtime: Runtime, desk: Desk) -> None:
    """A check that was stored before its fact existed must not be shown without its report."""
    case = new_id()
    report = desk.send("report_progress", bodies.report(), case)["id"]
    runtime.database["fragments"].update_many({}, {"$unset": {"of": ""}})

    Plans(runtime)

    assert [one["of"] for one in desk.read(case, content=False)] == [None, report]


def test_an_unknown_case_holds_nothing(desk: Desk) -> None:
    """Whoever tries ids at random gets an answer in the same shape."""
    case = new_id()

    told = desk.plans.queries.read_fragments(case, None, None, True)

    assert told == {"case": case, "fragments": [], "destroyed": False}
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


def test_of_a_destroyed_case_facts_are_told_and_no_word(runtime: Runtime, desk: Desk) -> None:
    """The content is gone for good, and whoever asks must not wait for it to come back."""
    case = new_id()
    desk.adopted(case)
    facts = desk.read(case, content=False)
    runtime.vault.destroy(case)

    told = desk.plans.queries.read_fragments(case, None, None, True)

    assert told == {"case": case, "fragments": facts, "destroyed": True}
