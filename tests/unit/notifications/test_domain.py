"""Whom an event brings a message, and how an inbox is leafed through."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Refuse, Retry
from services.notifications.domain.messages import (
    Message,
    PageCursor,
    mark_read,
    message_subject,
    messages,
)

CAME = datetime(2026, 3, 2, 9, 15, 0, 123456, tzinfo=UTC)
MESSAGE = Message("m-1", "p-099056e2", "question_waiting", CAME)


def decision(*tell: tuple[str, str], revision: Any = "r1") -> dict[str, Any]:
    return {
        "tell": [
            {"person": person, "task": task, "urgent": task == "crisis"} for person, task in tell
        ],
        "policy_revision": revision,
    }


def test_each_person_named_gets_one_message() -> None:
    """Nobody is found twice of one event, even when policy sees two reasons."""
    made = messages(
        decision(("p-1", "crisis"), ("p-2", "referral_waiting"), ("p-1", "referral_waiting")),
        CAME,
    )

    found = [(m.person, m.task, m.at, m.read, m.version, m.urgent) for m in made]
    came = CAME.replace(microsecond=123000)
    assert found == [
        ("p-1", "crisis", came, False, 1, True),
        ("p-2", "referral_waiting", came, False, 1, False),
    ]
    assert len({m.id for m in made}) == 2


def test_nobody_named_is_a_decision_too() -> None:
    """An event that concerns nobody is done with, and not asked about for ever."""
    assert messages(decision(), CAME) == []


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"tell": []},
        {"policy_revision": "r1"},
        decision(revision=""),
        decision(revision=7),
        {"tell": "everybody", "policy_revision": "r1"},
        {"tell": ["p-1"], "policy_revision": "r1"},
        {"tell": [{"person": "p-1"}], "policy_revision": "r1"},
        {"tell": [{"person": "p-1", "task": "crisis"}], "policy_revision": "r1"},
        {"tell": [{"person": 1, "task": "crisis", "urgent": True}], "policy_revision": "r1"},
        decision(("p-1", "gossip")),
        decision(("p-1", "crisis"), revision="r1")
        | {"tell": [{"person": "p-1", "task": "crisis", "urgent": True, "case": "x"}]},
        decision() | {"tell": [{"person": "p-1", "task": "crisis", "urgent": True, "opens": "no"}]},
        decision() | {"tell": [{"person": "p-1", "task": "crisis", "urgent": True, "opens": True}]},
    ],
)
def test_nonsense_is_no_decision(nonsense: dict[str, Any]) -> None:
    """When policy answers oddly nobody is found, and the event is handled again later."""
    with pytest.raises(Retry) as refusal:
        messages(nonsense, CAME)

    assert refusal.value.code == "policy_unavailable"


def test_a_message_opens_nothing_for_whoever_policy_says_so() -> None:
    """Somebody is asked for a deputy to whom the case does not exist."""
    told = {"person": "p-2", "task": "deputy_needed", "urgent": False, "opens": False}
    asked = decision(("p-1", "deputy_needed"))

    made = messages({**asked, "tell": [*asked["tell"], told]}, CAME)

    assert [(each.person, each.opens) for each in made] == [("p-1", True), ("p-2", False)]


def test_a_message_leads_to_ids_only() -> None:
    """What a message leads to is a case or a session, and nothing else of the event."""
    data = {"case": "c-1", "session": "s-1", "agreement": "sample-brugge", "walled": ["p-1"]}

    assert message_subject(data) == {"case": "c-1", "session": "s-1"}
    assert message_subject({"session": "s-1", "table": "table-brugge"}) == {"session": "s-1"}


def test_reading_a_message_is_a_new_version_of_it_once() -> None:
    """Marking what is read already changes nothing."""
    read = mark_read(MESSAGE, None)

    assert (read.read, read.version, read.id) == (True, 2, MESSAGE.id)
    assert mark_read(read, 2) == read


def test_a_message_that_is_not_theirs_cannot_be_marked() -> None:
    """Somebody who guesses an id learns nothing."""
    with pytest.raises(Refuse) as refusal:
        mark_read(None, 1)

    assert refusal.value.code == "not_found"


def test_a_message_that_moved_on_is_not_changed() -> None:
    """Two screens open at once do not overwrite each other."""
    with pytest.raises(Refuse) as refusal:
        mark_read(MESSAGE, 2)

    assert (refusal.value.code, refusal.value.members) == ("precondition_failed", {"version": 1})


@given(
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])),
    st.uuids().map(str),
)
def test_a_place_reads_back_as_it_was_written(at: datetime, message: str) -> None:
    """The next page begins where this one ends."""
    assert PageCursor.parse(PageCursor(at, message).format()) == PageCursor(at, message)


@given(st.text().filter(lambda text: "~" not in text))
def test_text_that_is_no_place_is_refused_with_a_code(text: str) -> None:
    """A made-up cursor is a mistake of the caller, never a failure of the service."""
    with pytest.raises(Refuse) as refusal:
        PageCursor.parse(text)

    assert refusal.value.code == "cursor_invalid"
