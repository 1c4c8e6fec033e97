"""Persons of the client system (cliëntsysteem) set right: somebody is added, who somebody is.

Whom they may be elsewhere, and from whom of the staff the case is hidden by it, is added beside
(`services.intake.commands`): a correction adds matches, and lifts no wall (domain.md, section 4).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casework.change import fragment_event
from casework.command import Command, invalid, unmet
from casework.fragment import Fragment, revise
from contracts.bodies.intake import MOST_PERSONS
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, ClientPerson, fragment_result
from services.intake.domain.informing import informing_due, settled_anew

_KEPT = ("roles", "given_name", "family_name", "birth_date", "sex", "relation")


def identity_content(person: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of who a person is: the national number is not (it is matched, then let go)."""
    return {field: person[field] for field in _KEPT if field in person}


def add_person(
    case: Case, command: Command, matches: Collection[str], informings: Sequence[Fragment]
) -> Change:
    """A member whom the referral did not name: born since, or overlooked.

    `matches` are the keyed matches of the person, `informings` those of the case, with their
    content. Another victim whom nobody informed, where no victim is, is for the chair to confirm.
    The plan lacks the person until a version with a goal, or a ground why not, is adopted.
    """
    if len(case.persons) >= MOST_PERSONS:
        raise unmet(Reason.TOO_MANY_PERSONS, "the client system has as many members as it can have")
    body = command.body
    person = ClientPerson(command.new_id(), tuple(sorted(matches)), "victim" in body["roles"])
    identity = Fragment(
        id=command.new_id(),
        kind="person",
        category="identity",
        source=command.own_partner,
        subjects=(person.id,),
        at=command.now,
        content=identity_content(body),
    )
    informing = replace(
        identity,
        id=command.new_id(),
        kind="informing",
        category="safety",
        content=body["informing"],
        place=1,
    )
    now = [*informings, informing]
    joined = replace(case, persons=(*case.persons, person), version=case.version + 1)
    settled = settled_anew(joined, now, another_victim=person.victim)
    data = {
        **_event_data(case, settled, command, person.id),
        **informing_due([one.content or {} for one in now]),
    }
    result = fragment_result(settled, identity)
    return Change(
        {**result, "ids": {"person": person.id, "informing": informing.id}},
        settled,
        added=(identity, informing),
        events=(fragment_event("intake.person_added", identity, **data),),
    )


def correct_person(
    case: Case,
    command: Command,
    identity: Fragment,
    matches: Collection[str],
    informings: Sequence[Fragment],
) -> Change:
    """Who somebody is, said anew; the former version is kept, sealed, and released to nobody.

    `matches` are those of the person as it is said now: those of before stay beside them. Whoever
    becomes a victim, or is none, changes whether a victim is informed.
    """
    if identity.kind != "person":
        raise unmet(Reason.CORRECTED_OTHERWISE, "this is set right by an act of its own")
    command.check_version(identity.version)
    before = case.person(identity.subjects[0])
    person = replace(
        before,
        matches=tuple(sorted({*before.matches, *matches})),
        victim="victim" in command.body["roles"],
    )
    persons = tuple(person if one is before else one for one in case.persons)
    if not any(one.victim for one in persons):
        raise invalid("/roles", "victim_unnamed")
    corrected = revise(identity, content=identity_content(command.body))
    settled = settled_anew(
        replace(case, persons=persons),
        informings,
        another_victim=person.victim and not before.victim,
    )
    data = _event_data(case, settled, command, person.id)
    return Change(
        fragment_result(settled, corrected),
        settled,
        revised=(corrected,),
        events=(fragment_event("intake.person_corrected", corrected, **data),),
    )


def _event_data(before: Case, now: Case, command: Command, member: str) -> dict[str, Any]:
    unsettled = before.informing_settled and not now.informing_settled
    return {
        "member": member,
        "partner": command.own_partner,
        "informing": "unsettled" if unsettled else "as_before",
        "ground": command.body["ground"],
    }
