"""Sessions of a table and their agenda."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from casework.change import Event
from casework.command import Command, unmet
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.case import (
    AgendaEntry,
    Case,
    Change,
    Evaluation,
    Guest,
    Session,
    result_of,
)

LONGEST_AGENDA: Final = 200

LOOKED_BACK_ON: Final = ("concluded", "closed")
"""The stages in which a session evaluates a case; it may be closed before the session begins."""


def schedule_session(command: Command) -> Change:
    """A new meeting of a table, with nothing on its agenda; it may have begun today."""
    session = Session(
        id=command.new_id(),
        agreement=command.body["agreement"],
        table=command.body["table"],
        starts_at=command.body["starts_at"],
    )
    data = {
        "session": session.id,
        "agreement": session.agreement,
        "table": session.table,
        "starts_at": session.starts_at,
    }
    return Change(
        {"id": session.id, "version": session.version},
        session=session,
        events=(Event("intake.session_scheduled", data),),
    )


def put_on_agenda(case: Case, session: Session, command: Command) -> Change:
    """Puts a case on the agenda; its referrer attends one session once, to explain (step 2).

    Somebody behind the wall of the case does not come.
    """
    ends = session.starts_at + timedelta(hours=command.terms["guest_hours"])
    _check_agenda(case, session)
    if ends < command.now:
        raise unmet(Reason.SESSION_OVER, "the session is over")
    attends: bool = command.body["referrer_attends"]
    entry = AgendaEntry(case.id, attends, command.partner or command.roles[0])
    # The version is for everybody at the table to see, and an entry is not: it stays as it was.
    session = replace(session, agenda=(*session.agenda, entry))
    case = replace(case, session=session.id)
    if case.stage in LOOKED_BACK_ON:
        looking_back = Evaluation(session.starts_at, ends, session.id)
        to_come = (one for one in case.evaluations if one.ends > command.now)
        case = replace(case, evaluations=(*to_come, looking_back))
    if attends:
        if case.referrer in case.walled:
            raise unmet(Reason.REFERRER_NOT_RECEIVED, "the referrer does not come to this table")
        if case.guest is not None:
            raise unmet(Reason.REFERRER_ATTENDED, "the referrer attends one session once")
        case = replace(case, guest=Guest(session.id, ends))
    return Change(
        result_of(case, id=session.id, version=session.version),
        case,
        session=session,
        events=(Event("intake.case_put_on_agenda", {"session": session.id}),),
    )


def _check_agenda(case: Case, session: Session) -> None:
    if case.agreement != session.agreement:
        raise unmet(Reason.SESSION_UNKNOWN, "the session belongs to another agreement")
    if session.cancelled:
        raise unmet(Reason.SESSION_CANCELLED, "the session was cancelled")
    if session.lists(case.id):
        raise Refuse("already_on_agenda", "the case is on this agenda")
    if len(session.agenda) >= LONGEST_AGENDA:
        raise Refuse("too_many", "the agenda is full")
