"""The state of a deadline, whatever order the news of it came in, and when it reminds."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.deadline_state import (
    Deadline,
    apply_change,
    mark_delivered,
    merge_facts,
    next_at,
)
from services.notifications.domain.deadlines import Clear, Resume, Set
from services.notifications.domain.reminder_times import last_morning, next_morning

DAY = date(2026, 3, 2)
ANCHOR = "a-1"


def morning(day: int) -> datetime:
    return datetime(2026, 3, day, 7, tzinfo=UTC)


def set_for(due: date, at: str = "1") -> Deadline:
    return apply_change(Deadline(), Set("action", ANCHOR, due), at)


def time_of(deadline: Deadline, ended_at: str = "") -> datetime | None:
    return next_at(deadline, ended_at, 3)


def a_change(day: int) -> st.SearchStrategy[Any]:
    """A change that the news of one moment may bring."""
    return st.sampled_from(
        [
            Set("action", ANCHOR, date(2026, 3, day + 1), {"follower": f"f-{day}"}),
            Clear("action", ANCHOR),
            Resume("action", ANCHOR),
        ]
    )


HISTORY = st.tuples(*(a_change(day) for day in range(5)))


@given(HISTORY, st.data())
def test_news_in_any_order_and_received_twice_comes_to_the_same(
    history: tuple[Any, ...], data: st.DataObject
) -> None:
    """No reminder depends on which message the broker was quicker with."""
    in_order = Deadline()
    for moment, change in enumerate(history):
        in_order = apply_change(in_order, change, str(moment))

    shuffled = Deadline()
    moments = [*range(len(history)), *data.draw(st.lists(st.sampled_from(range(len(history)))))]
    for moment in data.draw(st.permutations(moments)):
        shuffled = apply_change(shuffled, history[moment], str(moment))

    assert shuffled == in_order


def test_a_deadline_reminds_in_the_morning_of_its_day_and_escalates_days_later_once() -> None:
    """A day is there to act on, so nobody is reminded at midnight."""
    deadline = set_for(DAY)
    assert (deadline.phase, time_of(deadline)) == ("due", morning(2))

    deadline = mark_delivered(deadline, datetime(2026, 3, 2, 7, 0, 4, tzinfo=UTC))
    assert (deadline.phase, time_of(deadline)) == ("overdue", morning(5))

    assert time_of(mark_delivered(deadline, morning(5))) is None


def test_the_days_to_act_are_counted_from_a_reminder_that_came_late() -> None:
    """After an outage of a week nobody is reminded and passed over in one morning."""
    deadline = mark_delivered(set_for(DAY), datetime(2026, 3, 9, 6, 59, tzinfo=UTC))

    assert time_of(deadline) == morning(11)


def test_what_is_done_is_not_due_and_what_is_taken_up_again_is() -> None:
    """An action that was blocked and is possible again has the day it had."""
    done = apply_change(set_for(DAY), Clear("action", ANCHOR), "2")

    assert time_of(done) is None
    assert time_of(apply_change(done, Resume("action", ANCHOR), "3")) == morning(2)


def test_what_was_told_is_not_told_again_when_work_goes_on() -> None:
    """A follower who says that the work is begun is not reminded of the same day once more."""
    all_delivered = mark_delivered(mark_delivered(set_for(DAY), morning(2)), morning(5))

    assert time_of(apply_change(all_delivered, Resume("action", ANCHOR), "2")) is None
    assert time_of(apply_change(all_delivered, Set("action", ANCHOR, DAY), "2")) is None


def test_another_day_is_reminded_of_anew() -> None:
    """A report was made; the next one is due."""
    reported = apply_change(
        mark_delivered(set_for(DAY), morning(2)), Set("action", ANCHOR, date(2026, 3, 20)), "2"
    )

    assert (reported.phase, time_of(reported)) == ("due", morning(20))


def test_what_was_set_before_all_of_its_kind_ended_stays_void() -> None:
    """An action of a plan that was replaced is nobody's, whatever is still said of it."""
    resumed = apply_change(set_for(DAY, "1"), Resume("action", ANCHOR), "3")

    assert time_of(resumed, ended_at="2") is None
    assert time_of(set_for(DAY, "2"), ended_at="2") == morning(2)


def test_a_mark_without_a_day_is_never_due() -> None:
    """An answer that overtook its question leaves nothing to remind of."""
    assert time_of(apply_change(Deadline(), Clear("question", ANCHOR), "2")) is None
    assert time_of(apply_change(Deadline(), Resume("question", ANCHOR), "2")) is None


def facts_after(*told: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """The facts of a case after these events: when, which, with what data."""
    facts: dict[str, Any] = {}
    newest = ""
    for at, name, data in told:
        facts = merge_facts(facts, name, data, at, newer=at > newest)
        newest = max(at, newest)
    return facts


def test_who_was_walled_off_once_stays_so_and_other_facts_are_the_newest() -> None:
    """A command that was decided before a conflict was declared has no wall in it afterwards."""
    known = {"stage": "active", "director": "p-d", "walled": ["p-1"]}
    event_data = {"stage": "concluded", "walled": ["p-2"], "plan": "not a fact of the case"}

    newer = merge_facts(known, "plans.any", event_data, "2", newer=True)
    older = merge_facts(known, "plans.any", event_data, "2", newer=False)

    assert (newer["stage"], newer["director"], newer["walled"]) == ("concluded", "p-d", WALLED)
    assert (older["stage"], older["director"], older["walled"]) == ("active", "p-d", WALLED)
    assert "plan" not in newer


WALLED = ["p-1", "p-2"]
RAISED = ("1", "intake.wall_raised", {"person": "p-1", "walled": ["p-1"]})
LIFTED = ("2", "intake.wall_answered", {"person": "p-1", "walled": []})
OVERTAKEN = ("3", "plans.plan_proposed", {"walled": ["p-1"]})
AGAIN = ("4", "intake.conflict_declared", {"person": "p-1", "walled": ["p-1"]})


def test_a_wall_that_was_lifted_is_none_until_it_is_raised_again() -> None:
    """Whoever was walled off in error is reminded of the own work again."""
    assert facts_after(RAISED)["walled"] == ["p-1"]
    assert facts_after(RAISED, LIFTED)["walled"] == []
    assert facts_after(RAISED, LIFTED, OVERTAKEN)["walled"] == []
    assert facts_after(RAISED, LIFTED, OVERTAKEN, AGAIN)["walled"] == ["p-1"]


def test_a_wall_of_which_another_is_left_is_not_lifted() -> None:
    """Who is no relative may still be the victim's former lawyer."""
    left = ("2", "intake.wall_answered", {"person": "p-1", "walled": ["p-1"]})

    assert facts_after(RAISED, left)["walled"] == ["p-1"]


@given(st.permutations([RAISED, LIFTED, OVERTAKEN, AGAIN]), st.integers(1, 4))
def test_walls_do_not_depend_on_the_order_of_the_news(order: list[Any], number: int) -> None:
    """A message does not reach somebody walled off because the broker was quicker with another."""
    heard = [one for one in order if int(one[0]) <= number]
    in_order = sorted(heard, key=lambda one: str(one[0]))

    assert facts_after(*heard)["walled"] == facts_after(*in_order)["walled"]


def test_a_day_begins_in_its_morning() -> None:
    """What is told once a day is not told at midnight."""
    early, late = datetime(2026, 3, 2, 6, 59, tzinfo=UTC), morning(2)

    assert (last_morning(early), next_morning(early)) == (date(2026, 3, 1), morning(2))
    assert (last_morning(late), next_morning(late)) == (DAY, morning(3))
