"""What an auditor can ask, and what stays another auditor's."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.errors import CodedError, Park, Refuse
from chassis.validation import load
from contracts.rpc.audit import SearchReply, SearchRequest
from services.audit.application import Audit
from services.audit.store import _INDEXES
from tests.integration.audit.conftest import Installation, question, record
from tests.integration.serving import case_event
from tests.unit.audit.entries import action, entry, fragments, new_id

CASE, OTHER_CASE, VICTIM, COMMAND = new_id(), new_id(), new_id(), new_id()
SHOWN = fragments(2)

GIVEN: list[dict[str, Any]] = [
    entry(case=CASE, case_persons=[VICTIM], fragments=SHOWN, outcome="withheld"),
    entry(case=OTHER_CASE, person="p-caw", partner="caw", outcome="released"),
    action(case=CASE) | {"command_id": COMMAND, "action": "offer_item"},
    entry(case=CASE, outcome="denied", person="p-kin", time="2026-03-03T00:00:00+01:00"),
    entry(case=OTHER_CASE, agreement="sample-kortrijk", person="p-far", emergency=True),
    entry(
        case=new_id(),
        agreement=None,
        outcome="denied",
        partner=None,
        time="2026-04-01T00:00:00Z",
    ),
    entry(case=CASE, emergency=True, case_persons=[VICTIM], time="2026-03-05T12:00:00+00:00"),
]


@pytest.fixture
def filled(audit: Audit) -> Audit:
    record(audit, *GIVEN)
    return audit


def found(audit: Audit, **members: Any) -> list[int]:
    """The indexes of what is found, as the gateway asks."""
    request = load(SearchRequest, question() | members)
    answer = audit.search(request)
    assert SearchReply().validate(answer) == {}
    return [each["index"] for each in answer["entries"]]


@pytest.mark.parametrize(
    ("members", "indexes"),
    [
        ({}, [0, 1, 2, 3, 5, 6]),
        ({"person": "p-kin"}, [3]),
        ({"partner": "caw"}, [1]),
        ({"case": CASE}, [0, 2, 3, 6]),
        ({"case_person": VICTIM}, [0, 6]),
        ({"fragment": SHOWN[1]["id"]}, [0]),
        ({"command_id": COMMAND}, [2]),
        ({"outcome": "denied"}, [3, 5]),
        ({"action": "offer_item"}, [2]),
        ({"kind": "action"}, [2]),
        ({"emergency": True}, [6]),
        ({"emergency": False, "case": CASE}, [0, 2, 3]),
        ({"since": "2026-03-02T09:30:00.000001+00:00"}, [3, 5, 6]),
        ({"until": "2026-03-03T00:00:00+02:00"}, [0, 1, 2]),
        ({"since": "2026-03-02T23:00:00Z", "until": "2026-03-05T12:00:00Z"}, [3]),
        ({"case": CASE, "person": "p-kin", "outcome": "denied"}, [3]),
        ({"case_person": VICTIM, "emergency": True}, [6]),
        ({"person": "p-nobody"}, []),
        ({"case": OTHER_CASE}, [1]),
        ({"agreements": ["sample-kortrijk"]}, [4, 5]),
        ({"agreements": ["sample-kortrijk"], "case": CASE}, []),
        ({"agreements": []}, [5]),
        ({"agreements": ["sample-brugge", "sample-kortrijk"]}, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_an_auditor_finds_just_what_was_asked(
    filled: Audit, members: dict[str, Any], indexes: list[int]
) -> None:
    """An answer would leave out a look at a file, or show one of another region."""
    assert found(filled, **members) == indexes


def test_pages_follow_each_other_in_the_order_of_the_log(filled: Audit) -> None:
    """Between two pages an entry would be lost or returned twice."""
    record(filled, *(entry(person="p-busy") for _ in range(7)))
    pages, after = [], None
    while True:
        page = filled.search(question(person="p-busy", limit=3, after=after))
        pages.append([each["index"] for each in page["entries"]])
        after = page["next"]
        if after is None:
            break
        record(filled, entry(person="p-idle"))
    assert pages == [[7, 8, 9], [10, 11, 12], [13]]


def test_a_search_ends_where_the_log_ended_with_its_first_page(filled: Audit) -> None:
    """Each page that is read adds to the record: a search of that would never come to an end."""
    record(filled, *(entry(person="p-busy") for _ in range(5)))
    pages, after = [], None
    while len(pages) < 9:
        page = filled.search(question(person="p-busy", limit=2, after=after))
        pages.append([each["index"] for each in page["entries"]])
        after = page["next"]
        if after is None:
            break
        record(filled, *(entry(person="p-busy") for _ in range(3)))
    assert pages == [[7, 8], [9, 10], [11]]


def test_a_search_of_an_empty_log_finds_nothing(audit: Audit) -> None:
    """A new installation would look as if it lost its record."""
    assert found(audit) == []


@pytest.mark.parametrize(
    "after",
    ["", "x", "-1", "1", "1.5", "1-", "-1-1", "１-１", "9" * 30 + "-1", "1-" + "9" * 30, "1-1 "],
)
def test_a_cursor_that_is_none_is_refused(filled: Audit, after: str) -> None:
    """A mangled cursor would begin again at the start, or break the service."""
    with pytest.raises(CodedError) as refused:
        filled.search(question(after=after))
    assert refused.value.code == "cursor_invalid"


def test_decisions_come_only_when_asked_for(filled: Audit) -> None:
    """A list would carry megabytes, or an auditor could not decide again."""
    (brief,) = filled.search(question(person="p-kin"))["entries"]
    (whole,) = filled.search(question(person="p-kin", detail=True))["entries"]
    assert (brief["input"], brief["result"]) == ({}, {})
    assert (whole["input"], whole["result"]) == (GIVEN[3]["input"], GIVEN[3]["result"])
    assert {**brief, "input": whole["input"], "result": whole["result"]} == whole
    assert whole["reasons"] == ["need_to_know"]


def test_a_command_is_joined_to_what_came_of_it(filled: Audit) -> None:
    """An auditor would see that somebody was allowed to, and not whether it happened."""
    fragment = new_id()
    event = case_event(
        "item_offered",
        CASE,
        at=datetime(2026, 3, 2, 9, 30, 1, tzinfo=UTC),
        fragment=fragment,
        category="judicial",
        partner="parket",
    )
    event["commandid"] = COMMAND
    filled.record_event(event)
    filled.record_event(dict(event))
    answer = filled.search(question(command_id=COMMAND, detail=True))["entries"]
    reply = [(each["kind"], each["action"], each["outcome"], each["case"]) for each in answer]
    assert reply == [
        ("action", "offer_item", "permitted", CASE),
        ("event", "item_offered", "happened", CASE),
    ]
    assert answer[1]["input"] == event
    assert answer[1]["decision_id"] == event["decisionid"]
    assert answer[1]["partner"] == "parket"
    assert found(filled, fragment=fragment) == [7]
    assert filled.lacking([event["id"]]) == []


def test_an_event_that_is_none_of_ours_is_not_recorded(filled: Audit) -> None:
    """Text could be smuggled into the record by way of an event."""
    event = case_event("referral_submitted", CASE)
    of_no_schema = (
        {**event, "data": {**event["data"], "text": "x"}},
        {**event, "type": "referral_burnt"},
        {**event, "data": {**event["data"], "submitted_by": "two words"}},
        {**event, "dataschema": "urn:x:2"},
    )
    for broken in of_no_schema:
        with pytest.raises(Park) as parked:
            filled.record_event(broken)
        assert parked.value.code == "event_invalid"
    with pytest.raises(Refuse) as refused:
        filled.record_event({**event, "note": "Fatima El Amrani"})
    assert refused.value.code == "validation_failed"
    assert filled.lacking([event["id"]]) == [event["id"]]


SEARCHES: dict[str, tuple[dict[str, Any], list[int]]] = {
    "command_id": ({"command_id": COMMAND}, [2]),
    "fragment": ({"fragment": SHOWN[0]["id"]}, [0]),
    "case_person": ({"case_person": VICTIM}, [0, 6]),
    "case": ({"case": CASE}, [0, 2, 3, 6]),
    "person": ({"person": "p-kin"}, [3]),
    "emergency": ({"emergency": True, "agreements": ["sample-brugge", "sample-kortrijk"]}, [4, 6]),
    "partner": ({"partner": "caw"}, [1]),
    "outcome": ({"outcome": "denied"}, [3, 5]),
    "agreements": ({"since": "2026-03-05T00:00:00Z"}, [5, 6]),
}
"""Index → a search that uses it, and the entries that it finds."""


@pytest.mark.parametrize("index", _INDEXES)
def test_no_search_reads_entries_that_it_does_not_answer(
    installation: Installation, filled: Audit, index: str
) -> None:
    """In a log of years each question would read all of it."""
    members, indexes = SEARCHES[index]
    record(filled, *(entry(person="p-other", partner="ggz", outcome="released") for _ in range(80)))
    installation.database.command("profile", 2)
    try:
        assert found(filled, **members) == indexes
    finally:
        installation.database.command("profile", 0)
    looked_for_end, looked = installation.database["system.profile"].find(
        {"op": "query", "ns": f"{installation.database.name}.leaves"}, sort=[("ts", 1)]
    )
    assert looked_for_end["keysExamined"] == 1
    assert looked["command"]["hint"] == index
    assert looked["docsExamined"] == len(indexes)
    assert not looked.get("hasSortStage", False)
