"""Reading fragments: whole, narrowed, unknown."""

from typing import Any

import pytest

from chassis.migrations import Migrations
from chassis.runtime import Runtime
from contracts.rpc.fragments import ReadFragmentsReply
from services.plans.application import Plans
from services.plans.migrations import STEPS
from tests.integration.envelopes import new_id
from tests.integration.observing import watching
from tests.integration.plans.client import Client
from tests.unit.plans import bodies


def test_reading_is_narrowed_to_what_is_needed(client: Client) -> None:
    """A page that shows the plan asks for no other texts, and a decision asks for none."""
    case = new_id()
    plan = client.propose(case)
    client.position(case, plan, "ggz", "object")

    [version] = client.read(case, kinds=["plan"])
    facts = client.read(case, content=False)

    assert version["content"]["text"] == "het plan"
    assert [one["id"] for one in facts] == [one["id"] for one in client.read(case)]
    assert {one["content"] for one in facts} == {None}
    assert client.read(case, kinds=[]) == []
    assert client.read(case, fragment=plan) == [version]
    assert client.read(new_id(), fragment=plan) == []


def test_a_safety_check_comes_only_with_what_it_is_of(client: Client) -> None:
    """The check of a conclusion is neither decided nor recorded as seen among the reports."""
    case = new_id()
    client.adopted(case)
    report = client.send("report_progress", bodies.report(), case)["id"]
    conclusion = client.send("draw_conclusion", bodies.conclusion(), case)["id"]

    listed = client.read(case, kinds=["report", "safety_check"])
    facts = client.read(case, kinds=["conclusion", "safety_check"], content=False)

    assert [one["of"] for one in listed] == [None, report]
    assert listed[1]["content"]["of"] == report
    assert [(one["of"], one["content"]) for one in facts] == [(None, None), (conclusion, None)]


def test_checks_of_an_earlier_version_learn_what_they_are_of(
    runtime: Runtime, client: Client
) -> None:
    """A check that was stored before its fact existed must not be shown without its report."""
    case = new_id()
    report = client.send("report_progress", bodies.report(), case)["id"]
    runtime.database["fragments"].update_many({}, {"$unset": {"of": ""}})

    for _ in Migrations(runtime, STEPS).run():
        pass

    assert [one["of"] for one in client.read(case, content=False)] == [None, report]


def test_a_check_that_an_earlier_version_stores_beside_us_is_shown_with_its_report_only(
    runtime: Runtime, client: Client
) -> None:
    """While versions run side by side, a check must not pass for one that goes with nothing."""
    case = new_id()
    report = client.send("report_progress", bodies.report(), case)["id"]
    runtime.database["fragments"].update_many({}, {"$unset": {"of": ""}})

    opened = client.read(case)
    facts = client.read(case, content=False)
    alone = client.read(case, kinds=["safety_check"])

    assert [(one["kind"], one["of"]) for one in opened] == [
        ("report", None),
        ("safety_check", report),
    ]
    assert [one["kind"] for one in facts] == ["report"]
    assert alone == []


def test_a_check_that_no_key_opens_keeps_nobody_from_starting(
    runtime: Runtime, client: Client
) -> None:
    """One damaged document would keep plans, and every case in it, away."""
    case = new_id()
    client.send("report_progress", bodies.report(), case)
    fragments = runtime.database["fragments"]
    fragments.update_many({}, {"$unset": {"of": ""}})
    fragments.update_one({"kind": "safety_check"}, {"$set": {"sealed": b"damaged"}})

    assert Plans(runtime).ready()
    assert [one["kind"] for one in client.read(case, content=False)] == ["report"]


def test_an_unknown_case_holds_nothing(client: Client) -> None:
    """Whoever tries ids at random gets an answer in the same form."""
    case = new_id()

    reply = client.plans.queries.read_fragments(case, None, None, True)

    assert reply == {"case": case, "fragments": [], "destroyed": False}
    assert ReadFragmentsReply().validate(reply) == {}


@pytest.mark.parametrize("narrowing", [{}, {"kinds": []}, {"fragment": new_id()}])
def test_an_unknown_id_costs_as_much_as_a_known_one(
    runtime: Runtime, client: Client, replica: Client, narrowing: dict[str, Any]
) -> None:
    """Neither the number nor the kind of queries gives away whether a case exists."""
    case = new_id()
    client.adopted(case)
    with watching(runtime.database) as known:
        replica.read(case, **narrowing)
    with watching(runtime.database) as unknown:
        replica.read(new_id(), **narrowing)

    assert unknown.kinds == known.kinds
    assert len(known.kinds) == 2


def test_of_a_destroyed_case_facts_are_returned_and_no_word(
    runtime: Runtime, client: Client
) -> None:
    """The content is gone for good, and whoever asks must not wait for it to come back."""
    case = new_id()
    client.adopted(case)
    facts = client.read(case, content=False)
    runtime.vault.destroy(case)

    reply = client.plans.queries.read_fragments(case, None, None, True)

    assert reply == {"case": case, "fragments": facts, "destroyed": True}
