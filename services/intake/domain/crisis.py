"""Acute danger (crisis): whoever sees it tells everybody at once (domain.md, section 4, step 1)."""

from dataclasses import replace

from services.intake.domain.case import Case, Change, Fragment, fragment_event, outcome
from services.intake.domain.command import Command


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
        content={"text": command.body["text"], "summary": command.body["summary"]},
    )
    return Change(
        outcome(case, ids={"fragment": note.id}),
        case,
        added=(note,),
        events=(fragment_event("intake.crisis_raised", case, note),),
    )
