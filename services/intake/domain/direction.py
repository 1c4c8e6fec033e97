"""Direction (regie): the advice, the case director, and the mandates of involved services."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from casework.change import Event
from casework.command import Command, unmet
from casework.fragment import of_the_table
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, fragment_result, result_of


def write_advice(case: Case, command: Command) -> Change:
    """The advice (advies) that the referrer reads when the case is not taken."""
    advice = of_the_table(command, "advice", case.everybody, command.body)
    event = Event("intake.advice_written")
    return Change(fragment_result(case, advice), case, added=(advice,), events=(event,))


def appoint_director(case: Case, command: Command, services: Sequence[str]) -> Change:
    """The case director (casusregisseur); whoever was before takes the mandates along.

    `services` are the involved services, each of which is asked for a mandate. The terms name the
    partner that the person acts for. Somebody behind the wall of the case cannot direct it, nor can
    the referrer, who remains in the own role: refused as policy refuses whoever is on no team, so
    that choosing a director shows no wall.
    """
    person = command.body["person"]
    if person in case.walled or person == case.referrer:
        raise Refuse("not_allowed", reason=Reason.DIRECTOR_UNFIT)
    if person == case.director:
        raise unmet(Reason.DIRECTOR_APPOINTED, "this person directs the case already")
    partner = command.terms["partner"]
    case.participant(partner)
    case = replace(case, director=person, mandated_by=(), version=case.version + 1)
    data: dict[str, Any] = {"person": person, "partner": partner}
    if services:
        due = command.today + timedelta(days=command.terms["mandate_days"])
        data["mandates_due"] = due
    return Change(result_of(case), case, events=(Event("intake.director_appointed", data),))


def record_direction_mandate(case: Case, command: Command, services: Sequence[str]) -> Change:
    """An involved service mandates the director (regiemandaat); `services` are all of them."""
    body = command.body
    if case.director is None:
        raise unmet(Reason.DIRECTOR_MISSING, "no director is appointed")
    if body["involved_service"] not in services:
        raise unmet(
            Reason.SERVICE_UNKNOWN, "`involved_service` is no involved service of this case"
        )
    if body["involved_service"] in case.mandated_by:
        raise unmet(Reason.ALREADY_MANDATED, "this service has mandated the director already")
    mandate = of_the_table(command, "direction_mandate", case.everybody, body)
    mandated_by = (*case.mandated_by, body["involved_service"])
    case = replace(case, mandated_by=mandated_by)
    data = {
        "involved_service": body["involved_service"],
        "complete": set(services) <= set(mandated_by),
    }
    event = Event("intake.direction_mandate_recorded", data)
    return Change(fragment_result(case, mandate), case, added=(mandate,), events=(event,))
