"""Risk on the real broker and database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pymongo import MongoClient

from chassis.errors import RemoteError, Unreachable
from contracts.rpc import METHODS
from deploy.local.parts import Parts
from tests.integration.envelopes import new_id
from tests.integration.risk.client import envelope
from tests.integration.serving import Served, serving
from tests.unit.risk.factories import closing, filled_in, profile
from tests.unit.risk.instruments import file_of
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def risk(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "risk") as served:
        yield served


@pytest.fixture(scope="module")
def database(parts: Parts) -> Iterator[Any]:
    """Its own database, to look at what it keeps."""
    with MongoClient(parts.mongo_url("risk"), tz_aware=True) as client:
        yield client["risk"]


def send(risk: Served, name: str, body: dict[str, Any], case: str, **changes: Any) -> Any:
    """Send a decided command as the gateway does; the reply fits the contract."""
    reply = risk.call("gateway", name, envelope(name, body, case, **changes))
    assert METHODS["risk"][name][1]().validate(reply) == {}
    return reply


def reading(case: str, **narrowing: Any) -> dict[str, Any]:
    """A request to read what risk holds of a case."""
    return {"case": case, "kinds": None, "fragment": None, "content": True} | narrowing


def weighed(risk: Served, case: str) -> str:
    """A case that is assessed, weighed and taken; returns the weighing."""
    assessment = send(risk, "record_assessment", filled_in(), case)["id"]
    weighing: str = send(risk, "open_weighing", {}, case, partner=None)["id"]
    for partner in ("caw", "parket"):
        said = {"position": "accept"}
        send(risk, "take_weighing_position", said, case, partner=partner, target=weighing)
    send(risk, "write_problem_profile", profile(), case, target=weighing, if_match=1)
    said = closing("take", assessment)
    send(risk, "close_weighing", said, case, target=weighing, if_match=2)
    return weighing


def test_the_catalogue_is_returned(risk: Served) -> None:
    """A professional sees which instruments there are, and which one cannot be filled in yet."""
    reply = risk.call("gateway", "instruments", {})

    assert METHODS["risk"]["instruments"][1]().validate(reply) == {}
    assert [(one["id"], one["template"]) for one in reply["instruments"]] == [
        ("b-safer-v2", False),
        ("danger-assessment", False),
        ("dash-ric", False),
        ("odara", False),
        ("rti-template", True),
    ]
    assert reply["instruments"][0]["title"] == "B-SAFER, tweede versie"


def test_an_instrument_is_returned_as_its_file_has_it(risk: Served) -> None:
    """The form that is shown asks what will be scored; an unknown one is nothing."""
    reply = risk.call("gateway", "instrument", {"instrument": "odara"})

    assert METHODS["risk"]["instrument"][1]().validate(reply) == {}
    assert reply == {"instrument": file_of("odara")}
    assert risk.call("gateway", "instrument", {"instrument": "sara"}) == {"instrument": None}


def test_a_case_is_assessed_weighed_and_read(risk: Served) -> None:
    """What the table did comes back over the bus in the form that the contract promises."""
    case = new_id()
    weighed(risk, case)

    read = risk.call("gateway", "read_fragments", reading(case))

    assert METHODS["risk"]["read_fragments"][1]().validate(read) == {}
    kinds = [one["kind"] for one in read["fragments"]]
    assert kinds == [
        "assessment",
        *["assessment_answer"] * 16,
        "weighing",
        "weighing_position",
        "weighing_position",
        "problem_profile",
    ]
    assert all(one["content"] for one in read["fragments"])


def test_an_unknown_case_answers_in_the_same_shape(risk: Served) -> None:
    """Nobody learns from the answer whether a case exists."""
    case = new_id()

    assert risk.call("gateway", "read_fragments", reading(case)) == {
        "case": case,
        "fragments": [],
        "destroyed": False,
    }


def test_a_closed_weighing_is_answered_to_intake(risk: Served) -> None:
    """The chair can accept a case: intake learns what the table concluded, and no more."""
    case = new_id()
    weighing = weighed(risk, case)

    reply = risk.call("intake", "weighing_outcome", {"case": case, "outcome": weighing})

    closed_at = datetime.fromisoformat(reply.pop("closed_at"))
    assert timedelta(0) <= datetime.now(UTC) - closed_at < timedelta(minutes=1)
    assert reply == {
        "id": weighing,
        "case": case,
        "conclusion": "take",
        "assessments": 1,
        "problem_profile": True,
        "stands": True,
    }


def test_a_weighing_that_does_not_stand_is_no_outcome(risk: Served) -> None:
    """Nobody can move a case on a weighing that is unfinished or somebody else's."""
    case = new_id()
    still_open = send(risk, "open_weighing", {}, case)["id"]
    foreign = weighed(risk, new_id())

    for outcome in (still_open, foreign, new_id()):
        with pytest.raises(RemoteError) as refusal:
            risk.call("intake", "weighing_outcome", {"case": case, "outcome": outcome})
        assert refusal.value.code == "not_found"


def test_a_refusal_travels_with_its_code_and_reason(risk: Served) -> None:
    """The caller learns what is missing, by codes that the gateway can translate."""
    case = new_id()
    weighing = send(risk, "open_weighing", {}, case)["id"]

    with pytest.raises(RemoteError) as refusal:
        send(risk, "close_weighing", closing(), case, target=weighing, if_match=1)

    assert refusal.value.code == "precondition_unmet"
    assert refusal.value.members == {"reason": "positions_missing"}


def test_what_happened_is_published(risk: Served, database: Any) -> None:
    """Whoever waits for the table learns that it weighs, in ids and codes only."""
    case = new_id()
    weighed(risk, case)

    def states() -> list[str]:
        return [one["state"] for one in database.outbox.find({"subject": case})]

    wait_until(lambda: len(states()) == 6 and "unsent" not in states(), 20, "all published")
    events = [orjson.loads(one["body"]) for one in database.outbox.find({"subject": case})]
    assert {one["source"] for one in events} == {"risk"}
    assert {tuple(one["data"]["walled"]) for one in events} == {("p-kin",)}


def test_the_database_of_a_running_service_has_its_indexes(risk: Served, database: Any) -> None:
    """A region's cases are found by index where it counts: in service."""
    keys = [tuple(one["key"]) for one in database.fragments.list_indexes()]

    assert ("case", "at", "place") in keys
    assert ("case", "kind") in keys


def test_a_malformed_question_names_the_members_at_fault(risk: Served) -> None:
    """A mistake of the caller is named as such and is no failure of the service."""
    with pytest.raises(RemoteError) as refusal:
        risk.call("intake", "weighing_outcome", {"case": "x", "colour": "red"})

    assert refusal.value.code == "validation_failed"
    assert refusal.value.members == {"fields": ["case", "colour", "outcome"]}


def test_only_intake_may_ask_for_an_outcome(risk: Served) -> None:
    """The gateway, which faces the outside, cannot fetch what was weighed: the broker refuses."""
    with pytest.raises(Unreachable):
        risk.call("gateway", "weighing_outcome", {})

    assert risk.call("gateway", "ping", {}) == {"ready": True}


def test_nobody_but_the_gateway_reads_or_commands(risk: Served) -> None:
    """A service that was broken into reads no assessment: the broker does not let it ask."""
    for caller in ("intake", "plans", "notifications"):
        with pytest.raises(Unreachable):
            risk.call(caller, "read_fragments", reading(new_id()))


def test_every_method_of_the_contract_is_there(risk: Served) -> None:
    """No call that the contract promises ends in silence."""
    for method in METHODS["risk"]:
        caller = "intake" if method == "weighing_outcome" else "gateway"
        with pytest.raises(RemoteError) as refusal:
            risk.call(caller, method, {"nothing": "like this"})
        assert refusal.value.code == "validation_failed"
