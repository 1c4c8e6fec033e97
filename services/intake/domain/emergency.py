"""Emergency access (noodtoegang): acute danger, for a short time, announced and reviewed."""

from dataclasses import replace
from datetime import timedelta

from casework.change import Event
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Emergency, fragment_result
from services.intake.domain.days import working_days_later


def open_emergency(case: Case, command: Command) -> Change:
    """Opens the case for a person until the time that the agreement allows is over.

    Once: until somebody has reviewed it, another person has to open it again.
    """
    own = [one for one in case.emergencies if one.person == command.person]
    if any(one.until > command.now for one in own):
        raise unmet(Reason.EMERGENCY_OPEN, "this person has emergency access now")
    if any(one.reviewed_by is None for one in own):
        raise unmet(Reason.EMERGENCY_UNREVIEWED, "this person's last access has not been reviewed")
    partner = command.own_partner
    ground = Fragment(
        id=command.new_id(),
        kind="emergency_ground",
        category="safety",
        source=partner,
        subjects=case.everybody,
        at=command.now,
        content={"text": command.body["ground"]},
    )
    until = command.now + timedelta(minutes=command.terms["minutes"])
    opened = Emergency(ground.id, command.person, partner, until)
    case = replace(case, emergencies=(*case.emergencies, opened))
    data = {
        "grant": opened.grant,
        "person": opened.person,
        "partner": partner,
        "until": until,
        "review_due": working_days_later(command.today, command.terms["review_working_days"]),
    }
    event = Event("intake.emergency_opened", data)
    return Change(fragment_result(case, ground, "open"), case, added=(ground,), events=(event,))


def review_emergency(case: Case, command: Command) -> Change:
    """A second person says whether an emergency access was justified, once."""
    found = next((one for one in case.emergencies if one.grant == command.target), None)
    if found is None:
        raise Refuse("not_found")
    if found.person == command.person:
        raise unmet(Reason.SECOND_PERSON, "nobody reviews the own emergency access")
    if found.reviewed_by is not None:
        raise unmet(Reason.ALREADY_REVIEWED, "it has been reviewed already")
    reviewed = replace(found, reviewed_by=command.person)
    emergencies = tuple(reviewed if one is found else one for one in case.emergencies)
    case = replace(case, emergencies=emergencies)
    content = {"of": found.grant, **command.body}
    review = of_the_table(command, "emergency_review", case.everybody, content)
    data = {
        "grant": found.grant,
        "person": command.person,
        "justified": command.body["justified"],
    }
    event = Event("intake.emergency_reviewed", data)
    return Change(fragment_result(case, review, "reviewed"), case, added=(review,), events=(event,))
