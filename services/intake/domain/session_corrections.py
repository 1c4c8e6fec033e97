"""What sets sessions right: one is moved or cancelled, a case is taken off an agenda.

A session that has begun was held: what stands of it stays (domain.md, section 4, mistakes).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from casework.change import Event
from casework.command import Command, invalid, unmet
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Session, event_facts, result_of


def move_session(session: Session, cases: Sequence[Case], command: Command) -> Change:
    """The session begins at another moment, and what goes with it does too.

    `cases` are those on its agenda: the referrer's visit and the look back at a case that is over
    move along. The terms name the end of the agreement (`until`) and `guest_hours`.
    """
    _check_to_come(session, command)
    command.check_version(session.version)
    starts_at: datetime = command.body["starts_at"]
    _check_moment(starts_at, command)
    ends = starts_at + timedelta(hours=command.terms["guest_hours"])
    moved = replace(session, starts_at=starts_at, version=session.version + 1)
    others = tuple(_moved_along(case, session, starts_at, ends) for case in cases)
    data = _session_data(moved) | _ground(command) | {"formerly": session.starts_at}
    visits = tuple(
        Event("intake.visit_moved", {**event_facts(case), "referrer": case.referrer})
        for case in others
        if _is_visited(case, session)
    )
    return Change(
        {"id": moved.id, "version": moved.version, "state": "scheduled"},
        others=others,
        session=moved,
        former_session=session,
        events=(Event("intake.session_moved", data), *visits),
    )


def cancel_session(
    session: Session,
    cases: Sequence[Case],
    elsewhere: Sequence[Session],
    command: Command,
) -> Change:
    """The session does not take place: its agenda is empty, visits to it are given back.

    `cases` are those on its agenda, `elsewhere` the sessions that any of them is on.
    """
    _check_to_come(session, command)
    command.check_version(session.version)
    cancelled = replace(session, agenda=(), cancelled=True, version=session.version + 1)
    without = [_without(case, session, elsewhere) for case in cases]
    events = [Event("intake.session_cancelled", _session_data(session) | _ground(command))]
    for case in cases:
        facts, left = event_facts(case), _left(case, session, command)
        events += [replace(one, data={**facts, **one.data}) for one in left]
    return Change(
        {"id": cancelled.id, "version": cancelled.version, "state": "cancelled"},
        others=tuple(without),
        session=cancelled,
        former_session=session,
        events=tuple(events),
    )


def take_off_agenda(
    case: Case, session: Session, elsewhere: Sequence[Session], command: Command
) -> Change:
    """The case is not discussed at this session; `elsewhere` are the sessions that it is on.

    The version of the session stays, as it did when the case was put on the agenda.
    """
    _check_to_come(session, command)
    if not session.lists(case.id):
        raise unmet(Reason.NOT_ON_AGENDA, "the case is not on the agenda of that session")
    agenda = tuple(entry for entry in session.agenda if entry.case != case.id)
    return Change(
        result_of(case, id=session.id, version=session.version),
        _without(case, session, elsewhere),
        session=replace(session, agenda=agenda),
        former_session=session,
        events=_left(case, session, command),
    )


def _check_to_come(session: Session, command: Command) -> None:
    if session.cancelled:
        raise unmet(Reason.SESSION_CANCELLED, "the session was cancelled")
    if session.starts_at <= command.now:
        raise unmet(Reason.SESSION_HELD, "the session has begun")


def _check_moment(starts_at: datetime, command: Command) -> None:
    until = datetime.fromisoformat(command.terms["until"])
    if not command.now < starts_at < until:
        bounds = {"least": command.now.isoformat(), "most": until.isoformat()}
        raise invalid("/starts_at", "range", **bounds)


def _is_visited(case: Case, session: Session) -> bool:
    return case.guest is not None and case.guest.session == session.id


def _moved_along(case: Case, session: Session, starts_at: datetime, ends: datetime) -> Case:
    evaluations = tuple(
        replace(one, begins=starts_at, ends=ends, session=session.id) if one.at(session) else one
        for one in case.evaluations
    )
    case = replace(case, evaluations=evaluations)
    if case.guest is None or not _is_visited(case, session):
        return case
    return replace(case, guest=replace(case.guest, until=ends))


def _without(case: Case, session: Session, elsewhere: Sequence[Session]) -> Case:
    """The case as it is when the session does not discuss it."""
    evaluations = tuple(one for one in case.evaluations if not one.at(session))
    guest = None if _is_visited(case, session) else case.guest
    case = replace(case, evaluations=evaluations, guest=guest)
    if case.session != session.id:
        return case
    others = [one for one in elsewhere if one.id != session.id and one.lists(case.id)]
    last = max(others, key=lambda one: one.starts_at, default=None)
    return replace(case, session=None if last is None else last.id)


def _left(case: Case, session: Session, command: Command) -> tuple[Event, ...]:
    """What happened to a case that leaves an agenda.

    The visit is an event of its own: the referrer may know of the case and not of the session.
    """
    off = Event("intake.case_taken_off_agenda", {"session": session.id, **_ground(command)})
    if not _is_visited(case, session):
        return (off,)
    return (off, Event("intake.visit_given_back", {"referrer": case.referrer}))


def _session_data(session: Session) -> dict[str, Any]:
    return {
        "session": session.id,
        "agreement": session.agreement,
        "table": session.table,
        "starts_at": session.starts_at,
    }


def _ground(command: Command) -> dict[str, Any]:
    return {"ground": command.body["ground"]}
