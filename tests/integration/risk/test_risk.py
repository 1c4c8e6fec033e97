"""Risk on the real broker and database."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from chassis.errors import RemoteError, Unreachable
from deploy.local.parts import Parts
from tests.integration.serving import Served, case_event, serving
from tests.waiting import wait_until

CLOSED_AT = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def risk(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "risk") as served:
        yield served


@pytest.fixture(scope="module")
def database(parts: Parts) -> Iterator[Any]:
    """Its own database, to put there what later steps will write, and to look."""
    with MongoClient(parts.mongo_url("risk"), tz_aware=True) as client:
        yield client["risk"]


def weighing(case: str, **changes: Any) -> dict[str, Any]:
    """A closed weighing of a case, as risk keeps it."""
    return {
        "_id": str(uuid.uuid4()),
        "case": case,
        "closed_at": CLOSED_AT,
        "conclusion": "take",
        "assessments": 1,
        "problem_profile": True,
        "note_of_later_steps": "stays inside",
        **changes,
    }


def test_a_closed_weighing_is_told_to_intake(risk: Served, database: Any) -> None:
    """The chair can accept a case: intake learns what the table concluded, and no more."""
    case = str(uuid.uuid4())
    document = weighing(case)
    database.weighings.insert_one(document)

    told = risk.call("intake", "weighing_outcome", {"case": case, "outcome": document["_id"]})

    assert told == {
        "id": document["_id"],
        "case": case,
        "closed_at": CLOSED_AT.isoformat(),
        "conclusion": "take",
        "assessments": 1,
        "problem_profile": True,
    }


def test_open_foreign_and_unknown_weighings_look_the_same(risk: Served, database: Any) -> None:
    """Nobody can move a case on a weighing that is unfinished or somebody else's."""
    case, other = str(uuid.uuid4()), str(uuid.uuid4())
    still_open, foreign = weighing(case, closed_at=None), weighing(other)
    database.weighings.insert_many([still_open, foreign])
    refusals = set()

    for outcome in (still_open["_id"], foreign["_id"], str(uuid.uuid4())):
        with pytest.raises(RemoteError) as refusal:
            risk.call("intake", "weighing_outcome", {"case": case, "outcome": outcome})
        refusals.add((refusal.value.code, refusal.value.detail))

    assert refusals == {("not_found", "no closed weighing of this case has this id")}


def test_a_malformed_question_names_the_members_at_fault(risk: Served) -> None:
    """A mistake of the caller is told as such and is no failure of the service."""
    with pytest.raises(RemoteError) as refusal:
        risk.call("intake", "weighing_outcome", {"case": "x", "colour": "red"})

    assert refusal.value.code == "validation_failed"
    assert refusal.value.members == {"fields": ["case", "colour", "outcome"]}


def test_only_intake_may_ask_for_an_outcome(risk: Served) -> None:
    """The gateway, which faces the outside, cannot fetch what was weighed: the broker refuses."""
    with pytest.raises(Unreachable):
        risk.call("gateway", "weighing_outcome", {})

    assert risk.call("gateway", "ping", {}) == {"ready": True}


def test_a_case_is_known_from_its_events(risk: Served, database: Any) -> None:
    """Risk knows which cases there are, and that a withdrawn one is withdrawn."""
    case, began = str(uuid.uuid4()), datetime.now(UTC)
    submitted = case_event("referral_submitted", case, began)
    withdrawn = case_event(
        "case_withdrawn",
        case,
        began + timedelta(hours=1),
        stage="withdrawn",
        ground="other_help_started",
    )

    risk.tell(submitted, withdrawn)
    wait_until(lambda: risk.has_heard(submitted, withdrawn), 20, "both events heard")

    assert list(database.cases.find({"case": case}, {"_id": 0})) == [
        {
            "case": case,
            "agreement": "sample-brugge",
            "stage": "withdrawn",
            "told_at": withdrawn["time"],
        }
    ]


def test_old_news_and_news_told_twice_change_nothing(risk: Served, database: Any) -> None:
    """An event that arrives late or again does not bring a withdrawn case back."""
    case, began = str(uuid.uuid4()), datetime.now(UTC)
    submitted = case_event("referral_submitted", case, began)
    taken = case_event(
        "case_taken_on_agenda",
        case,
        began + timedelta(microseconds=1),
        stage="forming",
        session=str(uuid.uuid4()),
    )

    risk.tell(taken)
    wait_until(lambda: risk.has_heard(taken), 20, "the newer event heard")
    risk.tell(submitted, taken)
    wait_until(lambda: risk.has_heard(submitted), 20, "the older event heard")

    assert database.cases.find_one({"case": case})["stage"] == "forming"


def test_an_event_that_is_none_of_ours_is_lacking(risk: Served) -> None:
    """The publisher learns which events have not arrived, and sends them again."""
    never_sent = str(uuid.uuid4())

    told = risk.call("intake", "lacking", {"event_ids": [never_sent]})

    assert told == {"lacking": [never_sent]}
