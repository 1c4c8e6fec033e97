"""Leaves: canonical, committed to their detail, the same for everybody."""

import copy
from hashlib import sha256
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.audit import RecordedEntry
from services.audit.domain import leaf, tree
from services.audit.domain.entry import read_entry
from services.audit.domain.tree import Frontier
from tests.unit.audit.entries import entry, full_entry

SALT = bytes(range(32))

ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53 - 1) | ASCII,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII, inner, max_size=4),
)


def recorded(given_entry: dict[str, Any], before: int = 0) -> dict[str, Any]:
    """An entry as it is stored behind `before` others."""
    frontier = Frontier()
    for number in range(before):
        frontier.append(tree.leaf_hash(bytes([number])))
    return leaf.append_entry(
        leaf.commit_detail(read_entry(given_entry), SALT), frontier, "2026-03-02T09:30:01Z"
    )


@given(JSON_VALUES)
def test_leaves_are_canonical_as_the_standard_says(value: Any) -> None:
    """An auditor with another tool would compute another hash for the same leaf."""
    assert leaf.canonical(value) == rfc8785.dumps(value)


def test_a_stored_entry_is_what_the_readme_says() -> None:
    """A tool that reads the log years later would not understand it."""
    given_entry = entry()
    document = recorded(given_entry, before=5)
    reply = {**given_entry, "time": "2026-03-02T09:30:00.000000Z"}
    for name in ("case_persons", "fragments", "reasons", "input", "result"):
        del reply[name]
    assert document["leaf"] == {
        **reply,
        "v": 1,
        "index": 5,
        "recorded": "2026-03-02T09:30:01Z",
        "detail": leaf.commitment(document["detail"]),
    }
    assert document["_id"] == 5
    assert document["nodes"][0] == sha256(b"\x00" + rfc8785.dumps(document["leaf"])).digest()
    assert len(document["nodes"]) == 2
    assert document["detail"] == {
        "salt": SALT,
        "case_persons": given_entry["case_persons"],
        "fragments": given_entry["fragments"],
        "reasons": given_entry["reasons"],
        "decision": orjson.dumps({"input": given_entry["input"], "result": given_entry["result"]}),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"salt": b"x" * 32},
        {"case_persons": []},
        {"fragments": []},
        {"reasons": ["other"]},
        {"decision": b"{}"},
    ],
)
def test_the_leaf_commits_to_all_of_the_detail(change: dict[str, Any]) -> None:
    """A part of what was decided could be changed without a trace."""
    detail = recorded(full_entry())["detail"]
    assert leaf.commitment({**detail, **change}) != leaf.commitment(detail)


def test_the_same_detail_has_another_commitment_each_time() -> None:
    """Who sees a leaf could find out its detail by trying."""
    read = read_entry(entry())
    commitments = {leaf.commit_detail(read, bytes([salt] * 32)).commitment for salt in range(3)}
    assert len(commitments) == 3


def test_an_answer_has_all_members_and_the_decision_only_when_asked() -> None:
    """An auditor would get less, or a list would carry whole decisions."""
    given_entry = full_entry()
    document = recorded(given_entry)
    place = {"index": 0, "leaf_hash": document["nodes"][0].hex()}
    shown = {**given_entry, "time": "2026-03-02T09:30:00.000000Z", **place}
    assert leaf.recorded_entry(document, with_decision=True) == shown
    assert RecordedEntry().validate(shown) == {}
    del document["detail"]["decision"]
    brief = {**shown, "input": {}, "result": {}}
    assert leaf.recorded_entry(document, with_decision=False) == brief
    assert RecordedEntry().validate(brief) == {}


def test_an_entry_is_the_same_only_when_all_of_it_does() -> None:
    """An id used twice would give a receipt for something that was never recorded."""
    given_entry = full_entry()
    document = recorded(given_entry)
    assert leaf.is_same_entry(read_entry(copy.deepcopy(given_entry)), document)
    for change in (
        {"outcome": "denied"},
        {"fragments": []},
        {"reasons": []},
        {"result": {"allow": False}},
        {"command_id": given_entry["decision_id"]},
    ):
        assert not leaf.is_same_entry(read_entry({**given_entry, **change}), document)
