"""Succession: a case goes on under the agreement that succeeds its own (domain.md, section 3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Event, Participant, of_the_table, outcome
from services.intake.domain.command import Command, unmet
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
        raise unmet(Reason.SAME_AGREEMENT, "the case is under this agreement already")
    _check_support(command)
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
        version=case.version + 1,
    )
    content = {name: command.body[name] for name in ("text", "summary", "supported_by")}
    decision = of_the_table(command, "takeover", case, content)
    event = Event("intake.case_taken_over", {"predecessor": predecessor}, case)
    return Change(outcome(case), case, added=(decision,), places=moved, events=(event,))


def _check_support(command: Command) -> None:
    """Raises Refuse unless as many of those who take part support it as the agreement asks for."""
    taking_part, support = command.terms["participants"], set(command.body["supported_by"])
    others = sorted(support.difference(taking_part))
    if others:
        detail = "the partner does not take part in this case"
        raise unmet(Reason.NOT_A_PARTICIPANT, detail, partners=others)
    missing = [one for one in taking_part if one not in support]
    if command.terms["supported_decision"] == "quorum":
        missing = missing if len(support) < command.terms["quorum"] else []
    if missing:
        raise unmet(Reason.SUPPORT_MISSING, "too few partners support it", partners=missing)
