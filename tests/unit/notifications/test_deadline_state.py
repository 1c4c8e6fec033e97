"""The state of a deadline, whatever order the news of it came in, and when it reminds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.deadline_state import (
    Deadline,
    KindState,
    apply_change,
    apply_to_kind,
    mark_delivered,
    merge_facts,
    next_at,
)
from services.notifications.domain.deadlines import Begin, End, Resume, Suspend
from services.notifications.domain.reminder_times import (
    last_morning,
    morning_of,
    next_morning,
)

DAY = date(2026, 3, 2)
ANCHOR = "a-1"
NOTHING = KindState()
"""Nothing happened to the kind as a whole."""


def morning(day: int) -> datetime:
    return datetime(2026, 3, day, 7, tzinfo=UTC)


def set_for(due: date, at: str = "1") -> Deadline:
    return apply_change(Deadline(), Begin("action", ANCHOR, due), at)


def time_of(deadline: Deadline, kind: KindState = NOTHING) -> datetime | None:
    return next_at(deadline, kind, 3)


def a_change(day: int) -> st.SearchStrategy[Any]:
    """A change that the news of one moment may bring."""
    return st.sampled_from(
        [
            Begin("action", ANCHOR, date(2026, 3, day + 1), {"follower": f"f-{day}"}),
            End("action", ANCHOR),
            Resume("action", ANCHOR),
            End("action"),
            Suspend("action"),
            Resume("action"),
        ]
    )


State = tuple[Deadline, KindState]


def applied(state: State, change: Any, moment: str) -> State:
    """A deadline and its kind after a change to the one or to all."""
    deadline, kind = state
    if isinstance(change, Suspend) or change.anchor is None:
        return deadline, apply_to_kind(kind, change, moment)
    return apply_change(deadline, change, moment), kind


HISTORY = st.tuples(*(a_change(day) for day in range(5)))


DELIVERED = st.sampled_from(
    [
        Deadline(),
        Deadline(reminded_of=DAY, reminded_on=DAY),
        Deadline(reminded_of=DAY, reminded_on=DAY, escalated_of=DAY),
        Deadline(reminded_of=DAY, reminded_on=DAY, escalated_of=DAY, repeat_on=date(2026, 3, 7)),
    ]
)
"""What may have been delivered of a deadline before news of it comes."""


@given(DELIVERED, HISTORY, st.data())
def test_news_in_any_order_and_received_twice_comes_to_the_same(
    delivered: Deadline, history: tuple[Any, ...], data: st.DataObject
) -> None:
    """No reminder depends on which message the broker was quicker with."""
    in_order: State = (delivered, KindState())
    for moment, change in enumerate(history):
        in_order = applied(in_order, change, str(moment))

    shuffled: State = (delivered, KindState())
    moments = [*range(len(history)), *data.draw(st.lists(st.sampled_from(range(len(history)))))]
    for moment in data.draw(st.permutations(moments)):
        shuffled = applied(shuffled, history[moment], str(moment))

    assert shuffled == in_order
    assert time_of(*shuffled) == time_of(*in_order)


@given(HISTORY, st.integers(1, 3))
def test_a_case_that_ends_and_is_reopened_waits_for_what_it_waited_for(
    history: tuple[Any, ...], ends: int
) -> None:
    """However often a case ends, reopening brings back what had not been done, and no more."""
    before: State = (Deadline(), KindState())
    for moment, change in enumerate(history):
        before = applied(before, change, f"1{moment}")
    before = applied(before, Resume("action"), "19")

    ended = before
    for moment in range(ends):
        ended = applied(ended, Suspend("action"), f"2{moment}")
    reopened = applied(ended, Resume("action"), "3")

    assert time_of(*ended) is None
    assert time_of(*reopened) == time_of(*before)


def test_a_deadline_reminds_in_the_morning_of_its_day_and_escalates_days_later_once() -> None:
    """A day is there to act on, so nobody is reminded at midnight."""
    deadline = set_for(DAY)
    assert (deadline.phase, time_of(deadline)) == ("due", morning(2))

    deadline = mark_delivered(deadline, datetime(2026, 3, 2, 7, 0, 4, tzinfo=UTC))
    assert (deadline.phase, time_of(deadline)) == ("overdue", morning(5))

    assert time_of(mark_delivered(deadline, morning(5))) is None


def test_what_repeats_is_escalated_again_until_it_ends() -> None:
    """A child in danger is not forgotten because somebody was told of it once."""
    escalated = mark_delivered(
        mark_delivered(set_for(DAY), morning(2)), morning(5), morning(7).date()
    )
    assert (escalated.repeats, time_of(escalated)) == (True, morning(7))

    again = mark_delivered(escalated, morning(7), morning(9).date())
    assert time_of(again) == morning(9)
    assert time_of(apply_change(again, End("action", ANCHOR), "2")) is None
    assert time_of(again, apply_to_kind(NOTHING, Suspend("action"), "2")) is None
    anew = apply_change(again, Begin("action", ANCHOR, date(2026, 3, 20)), "2")
    assert (anew.repeats, time_of(anew)) == (False, morning(20))
    assert time_of(mark_delivered(again, morning(9))) is None, "policy says that it comes once"


def test_the_days_to_act_are_counted_from_a_reminder_that_came_late() -> None:
    """After an outage of a week nobody is reminded and passed over in one morning."""
    deadline = mark_delivered(set_for(DAY), datetime(2026, 3, 9, 6, 59, tzinfo=UTC))

    assert time_of(deadline) == morning(11)


def test_what_is_done_is_not_due_and_what_is_taken_up_again_is() -> None:
    """An action that was blocked and is possible again has the day it had."""
    done = apply_change(set_for(DAY), End("action", ANCHOR), "2")

    assert time_of(done) is None
    assert time_of(apply_change(done, Resume("action", ANCHOR), "3")) == morning(2)


def test_what_was_told_is_not_told_again_when_work_goes_on() -> None:
    """A follower who says that the work is begun is not reminded of the same day once more."""
    all_delivered = mark_delivered(mark_delivered(set_for(DAY), morning(2)), morning(5))

    assert time_of(apply_change(all_delivered, Resume("action", ANCHOR), "2")) is None
    assert time_of(apply_change(all_delivered, Begin("action", ANCHOR, DAY), "2")) is None


def test_another_day_is_reminded_of_anew() -> None:
    """A report was made; the next one is due."""
    reported = apply_change(
        mark_delivered(set_for(DAY), morning(2)), Begin("action", ANCHOR, date(2026, 3, 20)), "2"
    )

    assert (reported.phase, time_of(reported)) == ("due", morning(20))


def test_what_was_set_before_all_of_its_kind_ended_stays_void() -> None:
    """An action of a plan that was replaced is nobody's, whatever is still said of it."""
    resumed = apply_change(set_for(DAY, "1"), Resume("action", ANCHOR), "3")
    ended = apply_to_kind(KindState(), End("action"), "2")

    assert time_of(resumed, ended) is None
    assert time_of(resumed, apply_to_kind(ended, Resume("action"), "4")) is None
    assert time_of(set_for(DAY, "2"), ended) == morning(2)


def test_what_begins_after_a_case_ended_is_due() -> None:
    """A crisis in a closed case waits for somebody all the same."""
    suspended = apply_to_kind(KindState(), Suspend("crisis"), "2")

    assert time_of(set_for(DAY, "1"), suspended) is None
    assert time_of(set_for(DAY, "2"), suspended) is None
    assert time_of(set_for(DAY, "3"), suspended) == morning(2)


def test_a_mark_without_a_day_is_never_due() -> None:
    """An answer that overtook its question leaves nothing to remind of."""
    assert time_of(apply_change(Deadline(), End("question", ANCHOR), "2")) is None
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


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 3, 2), "2026-03-02T07:00"),  # winter
        (date(2026, 7, 14), "2026-07-14T06:00"),  # summer
        (date(2026, 3, 28), "2026-03-28T07:00"),
        (date(2026, 3, 29), "2026-03-29T06:00"),  # the clock has gone forward
        (date(2026, 10, 24), "2026-10-24T06:00"),
        (date(2026, 10, 25), "2026-10-25T07:00"),  # the clock has gone back
    ],
)
def test_a_day_begins_at_eight_in_the_morning_in_brussels(day: date, begins: str) -> None:
    """Nobody is reminded at midnight, nor in summer an hour later than the agreed one."""
    begin = datetime.fromisoformat(f"{begins}+00:00")
    before, after = begin - timedelta(seconds=1), begin
    yesterday, tomorrow = day - timedelta(days=1), day + timedelta(days=1)

    assert (morning_of(day), morning_of(day).tzinfo) == (begin, UTC)
    assert (last_morning(before), next_morning(before)) == (yesterday, begin)
    assert (last_morning(after), next_morning(after)) == (day, morning_of(tomorrow))


@pytest.mark.parametrize("midnight", ["2026-07-14T22:30+00:00", "2026-01-14T23:30+00:00"])
def test_the_night_belongs_to_the_morning_before_it(midnight: str) -> None:
    """In Brussels the new day has begun, but not yet its morning."""
    now = datetime.fromisoformat(midnight)

    assert last_morning(now) == now.date()
    assert next_morning(now).date() == now.date() + timedelta(days=1)
