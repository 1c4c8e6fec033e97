"""Sessions that are moved or cancelled, and cases that are taken off an agenda."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.case import (
    AgendaEntry,
    Case,
    Change,
    Evaluation,
    Guest,
    Session,
)
from services.intake.domain.session_corrections import (
    cancel_session,
    move_session,
    take_off_agenda,
)
from services.intake.domain.sessions import put_on_agenda
from tests.unit.casework.factories import NOW, command, refusal
from tests.unit.intake.factories import case, names, session, wall

STARTS = NOW + timedelta(days=7)
LATER = NOW + timedelta(days=14)
HOURS = timedelta(hours=4)
ENDS = NOW + timedelta(days=365)
TERMS = {"guest_hours": 4, "until": ENDS.isoformat()}
ERROR = {"ground": "recorded_in_error"}


def upcoming(*cases: Case, **changes: Any) -> Session:
    """A session in a week with these cases on its agenda."""
    agenda = tuple(AgendaEntry(one.id, one.guest is not None, "caw") for one in cases)
    return session(starts_at=STARTS, agenda=agenda, **changes)


def visited(**changes: Any) -> Case:
    """A case that the session looks back on, and whose referrer attends it."""
    on = session().id
    given = case(
        stage="closed",
        session=on,
        guest=Guest(on, STARTS + HOURS),
        evaluations=(Evaluation(STARTS, STARTS + HOURS, on),),
    )
    return replace(given, **changes)


def move(on: Session, *cases: Case, starts_at: Any = LATER, **changes: Any) -> Change:
    body = {"starts_at": starts_at.isoformat(), "ground": "situation_changed"}
    ask = command("move_session", body, **{"terms": TERMS, "if_match": on.version} | changes)
    return move_session(on, cases, ask)


def cancel(
    on: Session, *cases: Case, elsewhere: tuple[Session, ...] = (), **changes: Any
) -> Change:
    ask = command("cancel_session", ERROR, **{"if_match": on.version} | changes)
    return cancel_session(on, cases, (*elsewhere, on), ask)


def take_off(given: Case, on: Session, *elsewhere: Session) -> Change:
    return take_off_agenda(
        given, on, (*elsewhere, on), command("take_off_agenda", {"case": given.id, **ERROR})
    )


def data_of(change: Change, name: str) -> Mapping[str, Any]:
    [event] = [one for one in change.events if one.name == f"intake.{name}"]
    return event.data


def test_a_moved_session_takes_the_visit_and_the_look_back_along() -> None:
    """A pass for the old day would open the case when nobody meets, and close it when they do."""
    on = upcoming(visited())

    change = move(on, visited())

    [moved] = change.others
    assert change.session == replace(on, starts_at=LATER, version=2)
    assert change.former_session == on
    assert moved.guest == Guest(on.id, LATER + HOURS)
    assert moved.evaluations == (Evaluation(LATER, LATER + HOURS, on.id),)
    assert moved.version == visited().version
    assert names(change) == ["session_moved", "visit_moved"]
    assert data_of(change, "session_moved") == {
        "session": on.id,
        "agreement": on.agreement,
        "table": on.table,
        "starts_at": LATER,
        "formerly": STARTS,
        "ground": "situation_changed",
    }
    assert data_of(change, "visit_moved")["referrer"] == "p-worker"
    assert "session" not in data_of(change, "visit_moved")


def test_a_look_back_that_was_stored_without_its_session_moves_along_too() -> None:
    """What an earlier version stored names the moment only."""
    old = visited(evaluations=(Evaluation(STARTS, STARTS + HOURS), Evaluation(NOW, NOW + HOURS)))

    [moved] = move(upcoming(old), old).others

    assert [one.begins for one in moved.evaluations] == [LATER, NOW]


def test_a_case_without_a_visit_is_moved_with_its_session_and_says_nothing() -> None:
    """One message tells of a session, however many families are on its agenda."""
    given = case(session=session().id)

    change = move(upcoming(given), given)

    assert change.others == (given,)
    assert names(change) == ["session_moved"]


@pytest.mark.parametrize("starts_at", [NOW, NOW - timedelta(days=1), ENDS])
def test_a_session_is_moved_within_its_bounds(starts_at: Any) -> None:
    """In the past nobody comes, and after the agreement nobody may speak."""
    assert refusal(lambda: move(upcoming(), starts_at=starts_at))[0] == "validation_failed"


@pytest.mark.parametrize("act", [move, cancel])
def test_a_session_that_was_held_or_cancelled_is_not_set_right(act: Any) -> None:
    """What was done there would have been done nowhere."""
    held, gone = session(starts_at=NOW), upcoming(cancelled=True)

    assert refusal(lambda: act(held)) == ("precondition_unmet", "session_held")
    assert refusal(lambda: act(gone)) == ("precondition_unmet", "session_cancelled")


@pytest.mark.parametrize("act", [move, cancel])
def test_a_session_is_set_right_on_the_version_that_was_read(act: Any) -> None:
    """Two people who move one session do not undo each other unseen."""
    assert refusal(lambda: act(upcoming(), if_match=None))[0] == "precondition_required"
    assert refusal(lambda: act(upcoming(), if_match=3))[0] == "precondition_failed"


def test_a_cancelled_session_leaves_nothing_on_its_agenda() -> None:
    """The visit is given back, and whoever waits for the case is told that it is on no agenda."""
    given, other = visited(), case(id="another", stage="referred", session=session().id)
    on = upcoming(given, other)

    change = cancel(on, given, other)

    assert change.session == replace(on, agenda=(), cancelled=True, version=2)
    assert change.former_session == on
    for one in change.others:
        assert (one.session, one.guest, one.evaluations) == (None, None, ())
    assert names(change) == [
        "session_cancelled",
        "case_taken_off_agenda",
        "visit_given_back",
        "case_taken_off_agenda",
    ]
    assert change.result == {"id": on.id, "version": 2, "state": "cancelled"}


def test_who_is_walled_off_is_named_with_each_case_of_a_cancelled_session() -> None:
    """Somebody who must not learn of a family does not hear that it left an agenda."""
    given = case(walls=(wall("p-kin"),), session=session().id)

    change = cancel(upcoming(given), given)

    assert data_of(change, "case_taken_off_agenda")["walled"] == ["p-kin"]
    assert "walled" not in data_of(change, "session_cancelled")


def test_a_case_that_leaves_an_agenda_is_on_the_last_of_the_others() -> None:
    """It was on another table's agenda before: that one still stands."""
    given = visited()
    on = upcoming(given)
    first, last = (
        replace(on, id=name, starts_at=STARTS + timedelta(days=day))
        for name, day in (("first", 1), ("last", 2))
    )
    without = replace(on, id="without", starts_at=LATER, agenda=())

    change = take_off(given, on, first, last, without)

    assert change.case is not None
    assert change.case.session == "last"
    assert cancel(on, given, elsewhere=(first, last)).others[0].session == "last"


def test_a_case_is_taken_off_the_agenda_and_its_referrer_may_come_another_time() -> None:
    """The one visit is given back; the version stays, for nobody to count entries."""
    given, other = visited(), case(id="another")
    on = upcoming(given, other)

    change = take_off(given, on)

    assert change.session is not None
    assert [one.case for one in change.session.agenda] == ["another"]
    assert (change.session.version, change.former_session) == (on.version, on)
    assert change.case == replace(given, session=None, guest=None, evaluations=())
    assert names(change) == ["case_taken_off_agenda", "visit_given_back"]
    again = command(
        "put_on_agenda", {"case": given.id, "referrer_attends": True}, terms={"guest_hours": 4}
    )
    put = put_on_agenda(change.case, replace(on, id="another session", agenda=()), again)
    assert put.case is not None
    assert put.case.guest is not None


def test_a_visit_to_another_session_is_not_given_back() -> None:
    """The referrer came once; leaving a later agenda makes no guest of anybody again."""
    given = visited(guest=Guest("long-ago", NOW - timedelta(days=9)))

    change = take_off(given, upcoming(given))

    assert change.case is not None
    assert change.case.guest == given.guest
    assert names(change) == ["case_taken_off_agenda"]


def test_what_is_on_no_agenda_is_taken_off_none() -> None:
    """A second click says that nothing was there, and what was discussed was discussed."""
    assert refusal(lambda: take_off(case(), upcoming())) == ("precondition_unmet", "not_on_agenda")
    held = session(starts_at=NOW, agenda=(AgendaEntry(case().id, False, "caw"),))
    assert refusal(lambda: take_off(case(), held)) == ("precondition_unmet", "session_held")


def test_nothing_is_put_on_the_agenda_of_a_cancelled_session() -> None:
    """A family would wait for a table that does not meet."""
    ask = command("put_on_agenda", {"case": case().id}, terms={"guest_hours": 4})
    gone = upcoming(cancelled=True)

    assert refusal(lambda: put_on_agenda(case(), gone, ask)) == (
        "precondition_unmet",
        "session_cancelled",
    )
