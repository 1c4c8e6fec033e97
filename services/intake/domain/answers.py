"""Answers that say what is not so any more: to the call for contributions, to a question.

An answer never reads as "no risk" because what it rested on was taken back (domain.md, section 4).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from casework.change import Event
from casework.fragment import Fragment, revise
from services.intake.domain.case import Case
from services.intake.domain.information_request import InformationRequest

ANSWERED_AT: Final = ("forming", "weighing", "waiting", "accepted", "active")
"""The stages at which a partner can still answer a question."""


def lapse(case: Case, partner: str, still_contributes: bool) -> tuple[Case, tuple[Event, ...]]:
    """The case without the answer `contributed` of a partner that took back everything.

    While the case is forming the partner has to answer again; later the answer is shown as
    `recalled`. `still_contributes` is true when something else that is live comes from it.
    """
    if still_contributes:
        return case, ()
    answered = None if case.stage == "forming" else "recalled"
    participants = tuple(
        replace(one, answered=answered)
        if one.partner == partner and one.answered == "contributed"
        else one
        for one in case.participants
    )
    if participants == case.participants:
        return case, ()
    data = {"partner": partner, "state": answered or "unanswered"}
    return replace(case, participants=participants), (Event("intake.answer_lapsed", data),)


def unanswered(case: Case, item: str, questions: Iterable[Fragment]) -> tuple[Fragment, ...]:
    """The questions that the recalled item answered, as they are without it.

    Where partners still contribute they are open again, with the day that they had; later they are
    shown as `recalled`.
    """
    state = "open" if case.stage in ANSWERED_AT else "recalled"
    return tuple(
        revise(question, codes=replace(request, state=state, answered_on=None, item=None).codes())
        for question in questions
        if (request := InformationRequest.of(question)).item == item
    )
