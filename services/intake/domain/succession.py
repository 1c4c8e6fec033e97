"""Succession: a case goes on under the agreement that succeeds its own (domain.md, section 3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from casework.case import check_support
from casework.change import Event
from casework.command import Command, unmet
from casework.fragment import of_the_table
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Participant, result_of
from services.intake.domain.places import Places

TAKING_A_PLACE: Final = ("accepted", "active")
"""The stages in which a case takes one of the agreement's places."""


def take_over_case(case: Case, command: Command, places: Mapping[str, Places]) -> Change:
    """The operational team takes the case over, by a recorded decision.

    The parties that the terms name take part; who had answered has answered. A case that has a
    place needs one under the successor: `places` are those of both agreements.
    """
    predecessor, successor = case.agreement, command.body["agreement"]
    if predecessor == successor:
        raise unmet(Reason.NOT_SUCCESSOR, "the case is under this agreement already")
    check_support(command.terms["participants"], command.body["supported_by"], command.terms)
    moved: tuple[Places, ...] = ()
    counted_under = case.counted_under
    if case.stage in TAKING_A_PLACE:
        taken = places[successor].take(command.terms["cap"], counted=case.counts_under(successor))
        moved = (places[predecessor].give_back(), taken)
        counted_under = case.counting_under(successor)
    before = {one.partner: one for one in case.participants}
    participants = tuple(
        before.get(partner, Participant(partner, command.now))
        for partner in command.terms["participants"]
    )
    case = replace(
        case,
        agreement=successor,
        participants=participants,
        counted_under=counted_under,
        match_days=command.terms["match_working_days"],
        version=case.version + 1,
    )
    content = command.given("text", "summary", "supported_by")
    decision = of_the_table(command, "takeover", case.everybody, content)
    event = Event("intake.case_taken_over", {"predecessor": predecessor})
    return Change(result_of(case), case, added=(decision,), places=moved, events=(event,))
