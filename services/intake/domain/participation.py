"""Who takes part in a case: a party that is invited."""

from dataclasses import replace

from casework.change import Event
from casework.command import Command, unmet
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Participant, result_of


def invite_participant(case: Case, command: Command) -> Change:
    """A party joins the case, where the agreement works by invitation."""
    partner = command.body["partner"]
    if partner not in command.terms.get("parties", ()):
        raise unmet(Reason.NOT_A_PARTY, "the partner is no party to the agreement")
    if case.takes_part(partner):
        raise unmet(Reason.ALREADY_PARTICIPANT, "the partner takes part already")
    joined = Participant(partner, command.now)
    case = replace(case, participants=(*case.participants, joined), version=case.version + 1)
    event = Event("intake.participant_invited", {"partner": partner})
    return Change(result_of(case), case, events=(event,))
