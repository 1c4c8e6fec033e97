"""What may be recorded: the quick check against the contract, and what it refuses."""

import copy
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from chassis.errors import Refuse
from contracts.rpc.audit import RecordRequest
from contracts.vocabulary import CATEGORIES
from services.audit.domain import entry as quick
from tests.unit.audit.entries import action, entry, fragments, full_entry, new_id

SCHEMA = RecordRequest()


def schema_accepts(payload: object) -> bool:
    try:
        SCHEMA.load(payload)  # type: ignore[arg-type]
    except ValidationError:
        return False
    return True


def check_accepts(payload: object) -> bool:
    try:
        quick.read_entries(payload)
    except Refuse as refusal:
        return refusal.code != "validation_failed"
    return True


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["caw", "two words", "é", 'quo"te', "back\\slash", "\x7f", "a\n", "", "3"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NEAR_MISSES = st.sampled_from(
    [
        *(
            "Lokale-Politie",
            "lokale politie",
            "-caw",
            "caw\n",
            "a" * 64,
            "a" * 65,
            "",
            "é",
            "r.1:2",
        ),
        *("released", "Released", "release", "action", "event", "none", "full", "identity"),
        *(str(uuid.UUID(int=7)), "{" + str(uuid.UUID(int=7)) + "}", uuid.UUID(int=7).hex),
        *(str(uuid.UUID(int=7)) + "\n", "urn:uuid:" + str(uuid.UUID(int=7))),
        "ABCDEF00-0000-4000-8000-000000000000",
        *("2026-03-02T09:30:00Z", "2026-03-02T09:30:00", "2026-03-02T09:30:00+02:00", "2026-03-02"),
        *("20260302T093000Z", "2026-W10-1T09:30:00+00:00", "2026-03-02 09:30:00+00:00", "x" * 129),
        *(0, 1, 1.0, True, False, None, [], {}, [None], ["caw", "caw"], ["caw", "ggz"]),
        *([new_id()] * 2, [new_id(), new_id()], fragments(2), [*fragments(1), {}]),
        [{**fragments(1)[0], "level": "some"}],
        [{**fragments(1)[0], "more": 1}],
        [{**fragments(1)[0], "category": ["identity"]}],
    ]
)
MEMBERS = st.sampled_from(sorted(entry()))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(MEMBERS, JSON | NEAR_MISSES), max_size=2), st.data())
def test_the_quick_check_accepts_just_what_the_contract_accepts(
    changes: list[tuple[str, Any]], data: st.DataObject
) -> None:
    """A decision would be refused that must be recorded, or something recorded that must not be."""
    given_entry = entry(**dict(changes))
    for name in data.draw(st.lists(MEMBERS, max_size=1)):
        del given_entry[name]
    for name in data.draw(st.lists(st.text(max_size=3), max_size=1)):
        given_entry.setdefault(name, 1)
    payload = {"entries": [entry(), given_entry]}
    assert check_accepts(payload) == schema_accepts(payload)


@given(st.dictionaries(st.text(max_size=10), JSON))
def test_the_quick_check_and_the_contract_agree_on_decisions(decided: dict[str, Any]) -> None:
    """A decision's input would be recorded with a text that the contract forbids."""
    for name in ("input", "result"):
        payload = {"entries": [entry(**{name: decided})]}
        assert check_accepts(payload) == schema_accepts(payload)


@given(JSON | st.lists(JSON, max_size=3).map(lambda given: {"entries": given}))
def test_what_is_no_request_is_refused_by_both(payload: Any) -> None:
    """A malformed request would bring the service down."""
    assert not check_accepts(payload)
    assert not schema_accepts(payload)


@pytest.mark.parametrize(("count", "accepted"), [(0, False), (1, True), (200, True), (201, False)])
def test_a_request_holds_as_many_entries_as_the_contract_says(count: int, accepted: bool) -> None:
    """A whole page of a list could not be recorded at once."""
    payload = {"entries": [action() for _ in range(count)]}
    assert (check_accepts(payload), schema_accepts(payload)) == (accepted, accepted)


@pytest.mark.parametrize(
    ("name", "most", "one"),
    [
        ("roles", 50, lambda number: f"role-{number}"),
        ("case_persons", 200, lambda number: str(uuid.UUID(int=number))),
        ("reasons", 200, lambda number: f"reason-{number % 7}"),
        ("fragments", 5000, lambda number: fragments(1)[0]),
    ],
)
def test_lists_are_as_long_as_the_contract_says(name: str, most: int, one: Any) -> None:
    """A case with many people in it could not be read by anybody."""
    for count, accepted in ((most, True), (most + 1, False)):
        payload = {"entries": [entry(**{name: [one(number) for number in range(count)]})]}
        assert (check_accepts(payload), schema_accepts(payload)) == (accepted, accepted)


@pytest.mark.parametrize(
    "decided",
    [
        {"victim": "Fatima El Amrani"},
        {"Fatima El Amrani": 1},
        {"address": ["Schuilstraat 1"]},
        {"name": "Zoë"},
        {"quoted": '"'},
        {"note": "line\nline"},
    ],
)
def test_no_sentence_and_no_name_gets_into_the_record(decided: dict[str, Any]) -> None:
    """What a victim told would be in a log that is never deleted."""
    for name in ("input", "result"):
        assert not check_accepts({"entries": [entry(**{name: decided})]})


def test_too_large_a_decision_is_refused_and_so_is_too_much_at_once() -> None:
    """One caller could fill the memory of the service."""
    large = {"codes": ["x" * 60] * 30_000}
    larger = {"codes": ["x" * 60] * 40_000}
    assert len(orjson.dumps(large)) < 2 * 1024 * 1024 < len(orjson.dumps(larger))
    assert check_accepts({"entries": [entry(input=large)]})
    assert not check_accepts({"entries": [entry(input=larger)]})
    assert not schema_accepts({"entries": [entry(input=larger)]})
    with pytest.raises(Refuse) as refused:
        quick.read_entries({"entries": [entry(input=large) for _ in range(10)]})
    assert refused.value.code == "body_too_large"


def test_a_refusal_names_the_members_and_never_their_values() -> None:
    """A name that was sent by mistake would be in a log file."""
    wrong = entry(person="Fatima El Amrani", time="gisteren", input={"a": "Fatima El Amrani"})
    del wrong["outcome"]
    wrong["Fatima El Amrani"] = 1
    with pytest.raises(Refuse) as refused:
        quick.read_entry(wrong)
    assert refused.value.members == {"fields": ["input", "outcome", "person", "time", "unknown"]}
    assert "Fatima" not in f"{refused.value!r} {refused.value.detail}"


def test_what_is_recorded_is_what_was_given() -> None:
    """The record would say something else than what was decided."""
    given_entry = full_entry()
    before = copy.deepcopy(given_entry)
    read = quick.read_entry(given_entry)
    assert given_entry == before
    decision = {"input": before["input"], "result": before["result"]}
    assert orjson.loads(read.decision) == decision
    assert {**read.leaf_members, **read.detail_members, **decision} == {
        **before,
        "time": "2026-03-02T09:30:00.000000Z",
    }


def test_what_may_be_left_out_is_recorded_as_nothing() -> None:
    """A record would lack members that searches ask for."""
    given_entry = entry()
    del given_entry["command_id"], given_entry["on_behalf_of"]
    reply = quick.read_entry(given_entry).leaf_members
    assert (reply["command_id"], reply["on_behalf_of"]) == (None, None)


MOMENTS = st.timedeltas(timedelta(days=-1500 * 365), timedelta(days=7000 * 365)).map(
    lambda distance: datetime(2000, 1, 1, tzinfo=UTC) + distance
)


@given(MOMENTS, MOMENTS, st.integers(-14, 14))
def test_the_order_of_written_moments_is_the_order_of_time(
    one: datetime, other: datetime, hours: int
) -> None:
    """A search between two days would miss entries of other time zones or years."""
    shifted = datetime.fromisoformat(
        (one.replace(tzinfo=None) + timedelta(hours=hours)).isoformat() + f"{hours:+03d}:00"
    )
    assert (quick.format_time(shifted) < quick.format_time(other)) == (one < other)
    assert datetime.fromisoformat(quick.format_time(shifted)) == one


def test_every_category_can_be_recorded() -> None:
    """A category that the quick check forgot would make its cases unreadable."""
    shown = [{"id": new_id(), "category": name, "level": "full"} for name in CATEGORIES]
    assert check_accepts({"entries": [entry(fragments=shown)]})
