"""Acute danger (crisis): whoever sees it warns everybody at once (domain.md, section 4, step 1)."""

from dataclasses import replace

from casework.change import fragment_event
from casework.command import Command
from casework.fragment import Fragment
from services.intake.domain.case import Case, Change, result_of


def raise_crisis(case: Case, command: Command) -> Change:
    """Acute danger: alerts the operational team, at any stage; it waits for nothing."""
    case.check_subjects(command.body["subjects"])
    case = replace(case, crisis=True, version=case.version + (not case.crisis))
    note = Fragment(
        id=command.new_id(),
        kind="crisis_note",
        category="safety",
        source=command.partner or case.submitted_by,
        subjects=tuple(command.body["subjects"]),
        at=command.now,
        content=command.given("text", "summary"),
    )
    return Change(
        result_of(case, ids={"fragment": note.id}),
        case,
        added=(note,),
        events=(fragment_event("intake.crisis_raised", note, partner=note.source),),
    )
