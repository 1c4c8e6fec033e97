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


def _is_victim(case: Case, subject: str) -> bool:
    return any(person.id == subject and person.victim for person in case.persons)


def _day(day: date | str) -> date:
    """A day of a body, or of content as it was kept."""
    return date.fromisoformat(day) if isinstance(day, str) else day
