"""What policy decides of deadlines, read as changes."""

from datetime import date
from typing import Any

import pytest

from chassis.errors import Retry
from services.notifications.domain.deadlines import Begin, End, Resume, Suspend, changes, repeat_on

EVENT = {"id": "e-1", "source": "intake", "type": "crisis_raised"}
BEGINS = {
    "change": "begins",
    "kind": "action",
    "anchor": "a-1",
    "due": "2026-03-02",
    "members": {"follower": "caw"},
    "again": False,
}


def changed(*entries: Any) -> list[Any]:
    return changes({"deadlines": list(entries)}, EVENT)


def test_each_sort_of_change_is_read() -> None:
    """What the rules decide is what is remembered, no more and no less."""
    assert changed(
        BEGINS,
        {"change": "ends", "kind": "question", "anchor": "q-1"},
        {"change": "ends", "kind": "action", "anchor": None},
        {"change": "suspends", "kind": "report", "anchor": None},
        {"change": "resumes", "kind": "report", "anchor": None},
        {"change": "resumes", "kind": "action", "anchor": "a-1"},
    ) == [
        Begin("action", "a-1", date(2026, 3, 2), {"follower": "caw"}),
        End("question", "q-1"),
        End("action"),
        Suspend("report"),
        Resume("report"),
        Resume("action", "a-1"),
    ]


def test_what_is_told_again_while_it_stands_remembers_its_event() -> None:
    """Whoever comes later is told of it once, as everybody was."""
    [crisis] = changed(BEGINS | {"kind": "crisis", "again": True})

    assert crisis.members == {"follower": "caw", "event": EVENT}


def test_the_day_on_which_an_escalation_is_repeated_is_the_rules() -> None:
    """Without a clear answer it is tried again, and not forgotten."""
    assert repeat_on({"repeat_on": "2026-03-07"}) == date(2026, 3, 7)
    assert repeat_on({"repeat_on": None}) is None
    for nonsense in ({}, {"repeat_on": True}, {"repeat_on": "soon"}):
        with pytest.raises(Retry):
            repeat_on(nonsense)


@pytest.mark.parametrize(
    "nonsense",
    [
        "a text",
        {},
        BEGINS | {"kind": "holiday"},
        BEGINS | {"due": "soon"},
        BEGINS | {"anchor": None},
        BEGINS | {"members": None},
        {"change": "suspends", "kind": "report", "anchor": "r-1"},
        {"change": "forgets", "kind": "report", "anchor": None},
    ],
)
def test_nonsense_is_no_decision(nonsense: Any) -> None:
    """When policy answers oddly the event is handled again later: no deadline is lost."""
    with pytest.raises(Retry) as refusal:
        changed(nonsense)

    assert refusal.value.code == "policy_unavailable"
    with pytest.raises(Retry):
        changes({"tell": []}, EVENT)
