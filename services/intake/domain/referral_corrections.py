"""What sets a referral (aanmelding) right: its texts, its criteria, the involved services.

Persons are corrected by acts of their own, and informing by `services.intake.domain.informing`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from casework.change import Event, fragment_event
from casework.command import Command, invalid, unmet
from casework.fragment import Fragment, recall, revise
from contracts.reasons import Reason
from services.intake.domain.answers import lapse
from services.intake.domain.case import Case, Change, fragment_result
from services.intake.domain.referral import NARRATIVES

SERVICE: Final = "involved_service"

_MEMBER: Final = {
    **{kind: "narrative" for kind, _ in NARRATIVES.values()},
    SERVICE: "involved_service",
    "criterion": "criterion",
    "uninformed_ground": "uninformed_ground",
}
"""Kind of a part → the member of the body that says it anew."""

_NEEDED: Final = ("occurrence", "worry", "precaution")
"""Of these a referral always tells at least one."""

_WITHDRAWABLE: Final = (*_NEEDED, "wish", SERVICE)


def correct_referral_part(case: Case, command: Command, part: Fragment) -> Change:
    """A new version of an own part; the old one is kept, sealed, and released to nobody.

    `part` has its content. An involved service keeps the mandate that it gave.
    """
    part.check_own(command)
    if part.kind not in _MEMBER:
        raise unmet(Reason.CORRECTED_OTHERWISE, "this is set right by an act of its own")
    part.check_live()
    command.check_version(part.version)
    corrected = revise(part, **_said_anew(case, command, part))
    event = _event("intake.referral_corrected", corrected, command)
    return Change(fragment_result(case, corrected), case, revised=(corrected,), events=(event,))


def withdraw_referral_part(
    case: Case,
    command: Command,
    part: Fragment,
    alike: Sequence[str],
    still_contributes: bool,
    followers: Sequence[str] = (),
) -> Change:
    """The source takes back a part that was recorded in error; it is released to nobody.

    `alike` are the live parts of its kind, `still_contributes` whether something else that is live
    comes from the partner, `followers` the partners that follow an action of the plan which a
    service was to carry out. What the referral must tell at least once can only be corrected.
    """
    part.check_own(command)
    if part.kind not in _WITHDRAWABLE:
        raise unmet(Reason.CORRECTED_OTHERWISE, "this is corrected, and not withdrawn")
    part.check_live()
    command.check_version(part.version)
    others = [one for one in alike if one != part.id]
    if part.kind in _NEEDED and not others:
        raise unmet(Reason.LAST_PART, "a referral tells at least one of these")
    withdrawn = recall(part)
    event = _event("intake.referral_part_withdrawn", withdrawn, command)
    if part.kind == SERVICE and case.director is not None:
        complete = set(others) <= set(case.mandated_by)
        event = replace(event, data={**event.data, "complete": complete})
    result = fragment_result(case, withdrawn)
    case, lapsed = lapse(case, part.source, still_contributes)
    data = {"involved_service": part.id, "followers": list(followers)}
    waited_for = (Event("intake.executor_withdrawn", data),) if followers else ()
    return Change(result, case, revised=(withdrawn,), events=(event, *waited_for, *lapsed))


def add_involved_service(case: Case, command: Command) -> Change:
    """An involved service (betrokken dienst) that the referral did not name.

    Where the case has a director, it is asked for a mandate within the days that the terms say.
    """
    case.check_contributing()
    case.participant(command.own_partner)
    case.check_subjects(command.body["subjects"])
    service = Fragment(
        id=command.new_id(),
        kind=SERVICE,
        category="assistance",
        source=command.own_partner,
        subjects=tuple(command.body["subjects"]),
        at=command.now,
        content=command.given("service", "function", "since", "text"),
    )
    data: dict[str, Any] = {"partner": service.source}
    if case.director is not None:
        data["mandates_due"] = command.today + timedelta(days=command.terms["mandate_days"])
    event = fragment_event("intake.involved_service_added", service, **data)
    return Change(fragment_result(case, service), case, added=(service,), events=(event,))


def _said_anew(case: Case, command: Command, part: Fragment) -> dict[str, Any]:
    """The content and subjects that take the place of those of `part`."""
    body, member = command.body, _MEMBER[part.kind]
    if member not in body:
        raise invalid(f"/{member}", "missing")
    if part.kind == "criterion":
        criterion = (part.content or {})["criterion"]
        return {"content": {"criterion": criterion, **body[member]}}
    if part.kind == "uninformed_ground":
        return {"content": body[member]}
    case.check_subjects(body["subjects"])
    return {"content": body[member], "subjects": tuple(body["subjects"])}


def _event(name: str, part: Fragment, command: Command) -> Event:
    return fragment_event(name, part, partner=part.source, ground=command.body["ground"])
