"""Acute danger (crisis): whoever sees it warns everybody at once (domain.md, section 4, step 1)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from casework.change import fragment_event
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, result_of

LEADS_TO: Final = {
    "closed": "reopening_needed",
    "declined": "reopening_needed",
    "withdrawn": "new_referral_needed",
}
"""Stage of a case that has ended → what acute danger in it asks for, as the answer says it."""


def raise_crisis(case: Case, command: Command) -> Change:
    """Acute danger: alerts the operational team, at any stage; it waits for nothing.

    In a case that has ended it leads whoever is told to what can be done then. Subjects that are
    no members of the client system are left out; when none is left it is about everybody.
    """
    named = [one for one in command.body["subjects"] if one in case.everybody]
    subjects = named or case.everybody
    case = replace(case, crisis=True, version=case.version + (not case.crisis))
    note = Fragment(
        id=command.new_id(),
        kind="crisis_note",
        category="safety",
        source=command.partner or case.submitted_by,
        subjects=tuple(subjects),
        at=command.now,
        content=command.given("text", "summary"),
    )
    return Change(
        result_of(case, ids={"fragment": note.id}, state=LEADS_TO.get(case.stage, "alerted")),
        case,
        added=(note,),
        events=(fragment_event("intake.crisis_raised", note, partner=note.source),),
    )


def end_crisis(case: Case, command: Command, notes: Sequence[str]) -> Change:
    """The chair declares, with a ground, that the danger is over; what it had opened closes again.

    `notes` are the warnings (crisis notes) of the case, oldest first: the last one has been read,
    or a warning of this moment would be ended unseen. Reopening a case ends no crisis.
    """
    if command.target not in notes:
        raise Refuse("not_found")
    if not case.crisis:
        raise unmet(Reason.NO_CRISIS, "no crisis is open")
    if command.target != notes[-1]:
        raise unmet(Reason.NEWER_CRISIS, "acute danger was reported anew")
    case = replace(case, crisis=False, version=case.version + 1)
    content = {"of": command.target, **command.body}
    end = of_the_table(command, "crisis_end", case.everybody, content)
    end = replace(end, category="safety")
    return Change(
        result_of(case, ids={"fragment": end.id}, state="ended"),
        case,
        added=(end,),
        events=(fragment_event("intake.crisis_ended", end),),
    )
