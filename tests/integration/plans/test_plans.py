"""Plans on the real broker and database."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient

from chassis.errors import RemoteError
from deploy.local.parts import Parts
from tests.integration.serving import Served, case_event, serving
from tests.waiting import wait_until

CLOSED_AT = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)

SAID = {
    "plan_outcome": {"version": 2, "followers": ["caw", "lokale-politie"]},
    "conclusion_outcome": {
        "violence_stopped": True,
        "goals_reached": False,
        "followers": ["caw"],
    },
    "follow_up_outcome": {"result": "extend", "ground": "goals_at_risk"},
}
KEPT_IN = {
    "plan_outcome": "plan_versions",
    "conclusion_outcome": "conclusions",
    "follow_up_outcome": "follow_ups",
}
each_outcome = pytest.mark.parametrize("method", SAID)


@pytest.fixture(scope="module")
def plans(parts: Parts) -> Iterator[Served]:
    """The service, running."""
    with serving(parts, "plans") as served:
        yield served


@pytest.fixture(scope="module")
def database(parts: Parts) -> Iterator[Any]:
    """Its own database, to put there what later steps will write, and to look."""
    with MongoClient(parts.mongo_url("plans"), tz_aware=True) as client:
        yield client["plans"]


def closed(method: str, case: str, **changes: Any) -> dict[str, Any]:
    """A closed document, as plans keeps it."""
    kept = {"_id": str(uuid.uuid4()), "case": case, "closed_at": CLOSED_AT}
    return kept | SAID[method] | {"note_of_later_steps": "stays inside"} | changes


@each_outcome
def test_a_closed_document_is_told_to_intake(method: str, plans: Served, database: Any) -> None:
    """A step of the case rests on what was decided: intake learns that, and no more."""
    case = str(uuid.uuid4())
    document = closed(method, case)
    database[KEPT_IN[method]].insert_one(document)

    told = plans.call("intake", method, {"case": case, "outcome": document["_id"]})

    kept = {"id": document["_id"], "case": case, "closed_at": CLOSED_AT.isoformat()}
    assert told == kept | SAID[method]


@each_outcome
def test_what_is_open_foreign_unknown_or_of_another_kind_looks_the_same(
    method: str, plans: Served, database: Any
) -> None:
    """Nobody can move a case on a document that is unfinished, foreign or something else."""
    case = str(uuid.uuid4())
    still_open, foreign = closed(method, case, closed_at=None), closed(method, str(uuid.uuid4()))
    database[KEPT_IN[method]].insert_many([still_open, foreign])
    other = next(kind for kind in SAID if kind != method)
    of_another_kind = closed(other, case)
    database[KEPT_IN[other]].insert_one(of_another_kind)
    refusals = set()

    for document in (still_open, foreign, of_another_kind, {"_id": str(uuid.uuid4())}):
        with pytest.raises(RemoteError) as refusal:
            plans.call("intake", method, {"case": case, "outcome": document["_id"]})
        refusals.add((refusal.value.code, refusal.value.detail))

    assert refusals == {("not_found", "nothing closed of this case has this id")}


def test_a_withdrawn_case_is_known_as_withdrawn(plans: Served, database: Any) -> None:
    """Nobody is reminded of a plan for a case that was withdrawn."""
    case = str(uuid.uuid4())
    submitted = case_event("referral_submitted", case)
    withdrawn = case_event("case_withdrawn", case, stage="withdrawn", ground="other")

    plans.tell(submitted, withdrawn)
    wait_until(lambda: plans.has_heard(submitted, withdrawn), 20, "both events heard")

    assert list(database.cases.find({"case": case}, {"_id": 0})) == [
        {
            "case": case,
            "agreement": "sample-brugge",
            "stage": "withdrawn",
            "told_at": withdrawn["time"],
        }
    ]
    assert plans.call("gateway", "ping", {}) == {"ready": True}
