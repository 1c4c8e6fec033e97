"""Sessions of the table and their agenda."""

from datetime import timedelta

import pytest

from services.intake.domain.case import AgendaEntry, Case, Change, Evaluation, Guest, Session
from services.intake.domain.sessions import LONGEST_AGENDA, put_on_agenda, schedule_session
from tests.unit.casework.factories import NOW, command, refusal
from tests.unit.intake.factories import case, names, session, wall

TERMS = {"guest_hours": 4}


def put(given: Case, on: Session, attends: bool = False) -> Change:
    """The coordination team puts a case on an agenda."""
    body = {"case": given.id, "referrer_attends": attends}
    ask = command("put_on_agenda", body, terms=TERMS, partner=None, roles=("coordination_team",))
    return put_on_agenda(given, on, ask)


def test_a_session_is_scheduled() -> None:
    """The table knows when it meets, and everybody is told."""
    body = {
        "agreement": "sample-brugge",
        "table": "table-brugge",
        "starts_at": "2026-03-10T09:00:00+00:00",
    }

    change = schedule_session(command("schedule_session", body))

    assert change.session is not None
    assert (change.session.table, change.session.agenda) == ("table-brugge", ())
    assert change.result == {"id": change.session.id, "version": 1}
    assert [(event.name, event.data) for event in change.events] == [
        (
            "intake.session_scheduled",
            {
                "session": change.session.id,
                "agreement": "sample-brugge",
                "table": "table-brugge",
                "starts_at": change.session.starts_at,
            },
        )
    ]


def test_a_case_is_put_on_the_agenda() -> None:
    """The case is known to be on this session; both versions stay, for nobody to count entries."""
    change = put(case(stage="referred"), session())

    assert change.session is not None
    assert change.case is not None
    assert change.session.agenda == (AgendaEntry(case().id, False, "coordination_team"),)
    assert (change.session.version, change.case.session) == (1, session().id)
    assert (change.case.version, change.case.guest) == (case().version, None)
    assert names(change) == ["case_put_on_agenda"]
    assert change.result == {
        "id": session().id,
        "case": case().id,
        "stage": "referred",
        "version": 1,
    }


def test_the_referrer_may_come_once_to_explain() -> None:
    """The pass is for one session and ends some hours after it began; there is no second one."""
    change = put(case(stage="referred"), session(starts_at=NOW), attends=True)

    assert change.case is not None
    assert change.case.guest == Guest(session().id, NOW + timedelta(hours=4))
    attended = change.case
    again = session(id="another")
    assert refusal(lambda: put(attended, again, attends=True)) == (
        "precondition_unmet",
        "referrer_attended",
    )
    later = put(attended, again)
    assert later.case is not None
    assert later.case.guest == change.case.guest


def test_a_referrer_behind_the_wall_is_not_received_at_the_table() -> None:
    """Whoever the case is kept from is not asked in to explain it; the table discusses it alone."""
    walled = case(stage="referred", walls=(wall(case().referrer),))

    assert refusal(lambda: put(walled, session(), attends=True)) == (
        "precondition_unmet",
        "referrer_not_received",
    )
    discussed = put(walled, session())
    assert discussed.case is not None
    assert discussed.case.guest is None


def test_a_visit_that_is_over_is_not_given_again_when_a_case_comes_back() -> None:
    """The referrer explains once; a reopening years later makes no guest of anybody."""
    over = Guest("long-ago", NOW - timedelta(days=900))
    back = case(stage="forming", guest=over, reopened_at=NOW - timedelta(days=1))

    assert refusal(lambda: put(back, session(), attends=True)) == (
        "precondition_unmet",
        "referrer_attended",
    )


@pytest.mark.parametrize(
    ("stage", "looks_back"),
    [("concluded", True), ("closed", True), ("active", False), ("declined", False)],
)
def test_a_session_looks_back_on_a_case_that_is_over(stage: str, looks_back: bool) -> None:
    """The team evaluates what ended, also where the last signature comes after the invitation."""
    change = put(case(stage=stage), session())

    assert change.case is not None
    expected = (Evaluation(NOW, NOW + timedelta(hours=4), session().id),) if looks_back else ()
    assert change.case.evaluations == expected


def test_a_further_session_does_not_end_the_one_that_evaluates_now() -> None:
    """Planning the next look back during a session takes nothing from the table."""
    over = Evaluation(NOW - timedelta(days=30), NOW - timedelta(days=29))
    now = Evaluation(NOW - timedelta(hours=1), NOW + timedelta(hours=3))
    later = session(id="later", starts_at=NOW + timedelta(days=30))

    change = put(case(stage="closed", evaluations=(over, now)), later)

    assert change.case is not None
    assert change.case.evaluations[0] == now
    assert [one.begins for one in change.case.evaluations[1:]] == [later.starts_at]


def test_a_case_is_on_an_agenda_once() -> None:
    """A second click does not put the family on the list twice."""
    on = session(agenda=(AgendaEntry(case().id, False, "caw"),))

    assert refusal(lambda: put(case(), on))[0] == "already_on_agenda"


def test_a_session_of_another_agreement_is_none_for_this_case() -> None:
    """A family is not discussed at another region's table."""
    assert refusal(lambda: put(case(), session(agreement="sample-kortrijk"))) == (
        "precondition_unmet",
        "session_unknown",
    )


@pytest.mark.parametrize(("length", "fits"), [(LONGEST_AGENDA - 1, True), (LONGEST_AGENDA, False)])
def test_an_agenda_has_an_end(length: int, fits: bool) -> None:
    """An agenda that no meeting could finish is refused before it cannot be read any more."""
    full = session(agenda=tuple(AgendaEntry(str(one), False, "caw") for one in range(length)))

    if fits:
        assert put(case(), full).session is not None
    else:
        assert refusal(lambda: put(case(), full))[0] == "too_many"


def test_nothing_is_put_on_the_agenda_of_a_session_that_is_over() -> None:
    """A family would wait for a table that has met already."""
    over = session(starts_at=NOW - timedelta(hours=5))

    assert refusal(lambda: put(case(), over)) == ("precondition_unmet", "session_over")
    assert put(case(), session(starts_at=NOW - timedelta(hours=3))).session is not None
