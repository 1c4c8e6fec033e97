"""What each event sets, clears or resumes."""

from datetime import date
from typing import Any

import pytest

from contracts.topology import SUBSCRIPTIONS
from services.notifications.domain.deadlines import (
    KINDS,
    Clear,
    Resume,
    Set,
    changes,
)
from tests import samples


def sample(name: str) -> dict[str, Any]:
    """The data of the contract's sample of an event."""
    data: dict[str, Any] = samples.event(name)["data"]
    return data


def changed(name: str, **more: Any) -> list[Any]:
    return changes(name, sample(name) | more)


def test_an_event_that_is_not_handled_sets_nothing() -> None:
    """Every rule is about an event that reaches this service."""
    assert changes("intake.item_offered", sample("intake.item_offered")) == []
    assert changed("intake.session_scheduled") == []


@pytest.mark.parametrize("name", SUBSCRIPTIONS["notifications"])
def test_every_sample_of_what_is_handled_is_understood(name: str) -> None:
    """No event of the contract fails for a member that is not there."""
    assert all(isinstance(one, Set | Clear | Resume) for one in changed(name))


@pytest.mark.parametrize(
    ("name", "kind", "day", "members"),
    [
        ("intake.information_requested", "question", "due", ("to", "by")),
        ("intake.referral_submitted", "informing", "informing_due", ()),
        ("intake.director_appointed", "mandates", "mandates_due", ("person",)),
        ("intake.execution_started", "report", "report_due", ()),
        ("plans.progress_reported", "report", "next_on", ()),
        ("plans.plan_position_taken", "positions", "positions_due", ("answered",)),
        ("intake.case_reopened", "report", "report_due", ()),
        ("intake.case_reopened", "informing", "informing_due", ()),
        ("intake.follow_up_extended", "follow_up", "follow_up_due", ()),
        ("intake.emergency_opened", "emergency_review", "review_due", ("person",)),
        ("intake.case_concluded", "follow_up", "follow_up_due", ()),
        ("plans.follow_up_recorded", "follow_up", "next_on", ()),
    ],
)
def test_an_event_that_names_a_day_sets_a_deadline(
    name: str, kind: str, day: str, members: tuple[str, ...]
) -> None:
    """What somebody has to do by a day is remembered by the platform, not by that person."""
    data = sample(name)
    [deadline] = [one for one in changed(name) if isinstance(one, Set) and one.kind == kind]

    assert (deadline.kind, deadline.due) == (kind, date.fromisoformat(data[day]))
    assert dict(deadline.members) == {member: data[member] for member in members}


def test_every_action_of_an_adopted_plan_has_its_own_deadline() -> None:
    """The actions of the plan before it are nobody's any more."""
    first, second, *actions = changed("plans.plan_adopted")

    assert {first, second} == {
        Clear("positions", sample("plans.plan_adopted")["case"]),
        Clear("action"),
    }
    assert [(one.kind, one.members) for one in actions] == [
        ("action", {"follower": "lokale-politie"})
    ]


@pytest.mark.parametrize("state", ["done", "not_possible", "not_undertaken"])
def test_an_action_that_is_done_or_blocked_is_not_due_any_more(state: str) -> None:
    """A blocked action is the team's, which is told so at once."""
    action = sample("plans.action_updated")["action"]

    assert changed("plans.action_updated", state=state) == [Clear("action", action)]
    assert changed("plans.action_updated", state="in_progress") == [Resume("action", action)]


@pytest.mark.parametrize(
    ("name", "cleared"),
    [
        ("intake.information_request_answered", "question"),
        ("intake.emergency_reviewed", "emergency_review"),
        ("intake.direction_mandate_recorded", "mandates"),
        ("intake.case_reopened", "follow_up"),
    ],
)
def test_what_was_done_is_not_due_any_more(name: str, cleared: str) -> None:
    """A reminder of what is done teaches people to ignore reminders."""
    assert [one.kind for one in changed(name) if isinstance(one, Clear)] == [cleared]


def test_a_mandate_that_leaves_others_open_clears_nothing() -> None:
    """The director goes on collecting mandates."""
    assert changed("intake.direction_mandate_recorded", complete=False) == []


@pytest.mark.parametrize("name", ["case_withdrawn", "case_declined", "case_closed"])
def test_a_case_that_is_over_reminds_of_nothing_but_the_review(name: str) -> None:
    """Emergency access is answered for, and so is a doubt about a wall, whatever became of it."""
    assert {one.kind for one in changed(f"intake.{name}")} == {*KINDS} - {
        "emergency_review",
        "wall_question",
    }
