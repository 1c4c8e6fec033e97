"""Informing (domain.md, section 4, step 1): who of the family knows, and who is informed later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from casework.change import Event
from casework.command import Command, unmet
from casework.fragment import Fragment, revise
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, fragment_result, result_of


def informing_due(informings: Iterable[Mapping[str, Any]]) -> dict[str, date]:
    """The first day on which a deferred informing is looked at again, if any is deferred."""
    days = [_day(one["review_on"]) for one in informings if one["state"] == "deferred"]
    return {"informing_due": min(days)} if days else {}


def confirm_informing(case: Case, command: Command) -> Change:
    """The chair confirms why no victim was informed (domain.md, section 4, step 1)."""
    if case.victim_informed:
        raise unmet(Reason.INFORMING_SETTLED, "a victim is informed; there is nothing to confirm")
    if case.informing_confirmed:
        raise unmet(Reason.INFORMING_SETTLED, "it has been confirmed already")
    case = replace(case, informing_confirmed=True, version=case.version + 1)
    return Change(result_of(case), case, events=(Event("intake.informing_confirmed"),))


def record_informing(case: Case, command: Command, informings: Sequence[Fragment]) -> Change:
    """How a person came to know, or why not yet; what was said before is kept as it was.

    `informings` are those of the case, with their content. A victim who is informed settles what
    the chair would otherwise have to confirm.
    """
    subject = command.body["subject"]
    case.check_subjects([subject])
    found = next(one for one in informings if one.subjects == (subject,))
    if (found.content or {})["state"] == "informed":
        raise unmet(Reason.INFORMING_SETTLED, "this person has been informed already")
    content = {name: value for name, value in command.body.items() if name != "subject"}
    informing = revise(found, content=content)
    if content["state"] == "informed" and _is_victim(case, subject):
        case = replace(case, victim_informed=True, version=case.version + 1)
    others = [one.content or {} for one in informings if one is not found]
    event = Event("intake.informing_recorded", informing_due([*others, content]))
    result = fragment_result(case, informing, content["state"])
    return Change(result, case, revised=(informing,), events=(event,))


def correct_informing(
    case: Case, command: Command, target: str, informings: Sequence[Fragment]
) -> Change:
    """What was recorded of somebody's informing is set right; the former version is kept, sealed.

    `target` is the fragment among `informings`, which are those of the case, with their content.
    When no victim turns out to be informed, the chair confirms once more before anybody
    contributes.
    """
    found = next((one for one in informings if one.id == target), None)
    if found is None:
        raise unmet(Reason.CORRECTED_OTHERWISE, "this is no informing")
    command.check_version(found.version)
    content = {name: value for name, value in command.body.items() if name != "ground"}
    corrected = revise(found, content=content)
    now = [corrected if one is found else one for one in informings]
    case = _settled_anew(case, now)
    settled = case.victim_informed or case.informing_confirmed
    data = {
        **informing_due([one.content or {} for one in now]),
        "informing": "settled" if settled else "unsettled",
        "ground": command.body["ground"],
    }
    result = fragment_result(case, corrected, content["state"])
    event = Event("intake.informing_corrected", data)
    return Change(result, case, revised=(corrected,), events=(event,))


def _settled_anew(case: Case, informings: Sequence[Fragment]) -> Case:
    """The case by what is recorded of its victims now."""
    informed = any(
        (one.content or {})["state"] == "informed" and _is_victim(case, one.subjects[0])
        for one in informings
    )
    if informed == case.victim_informed:
        return case
    confirmed = case.informing_confirmed and informed
    return replace(
        case,
        victim_informed=informed,
        informing_confirmed=confirmed,
        version=case.version + 1,
    )


def _is_victim(case: Case, subject: str) -> bool:
    return any(person.id == subject and person.victim for person in case.persons)


def _day(day: date | str) -> date:
    """A day of a body, or of content as it was kept."""
    return date.fromisoformat(day) if isinstance(day, str) else day
