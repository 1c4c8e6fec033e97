"""The commands of intake: for each, the state it looks at and the rule it is given to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from casework.command import Command
from casework.envelope import Envelope
from casework.fragment import Fragment
from chassis.errors import Refuse
from services.intake.domain import (
    contributions,
    crisis,
    direction,
    emergency,
    identity,
    informing,
    matching,
    participation,
    sessions,
    stages,
    succession,
)
from services.intake.domain.case import Case, Change, with_events
from services.intake.domain.referral import submit_referral
from services.intake.outcomes import OutcomeLookup
from services.intake.store.writes import IntakeTransaction

KeyedMatch = Callable[[identity.Identity], str]


@dataclass(frozen=True)
class CommandContext:
    """What a command looks at beside what intake stores.

    `outcome` gives the closed document of risk or plans that it names, `staff` are the keyed
    matches of persons with a mandate, `keyed` makes such a match.
    """

    envelope: Envelope
    outcome: OutcomeLookup
    staff: Mapping[str, str]
    keyed: KeyedMatch


def case_of(name: str, envelope: Envelope) -> str | None:
    """The case that a command is about; None for those that are about none yet."""
    if name == "put_on_agenda":
        case: str = envelope["body"]["case"]
        return case
    return None if name in WITHOUT_CASE else envelope["case"]


def change_of(command: Command, transaction: IntakeTransaction, context: CommandContext) -> Change:
    """What the command changes, by its rule; raises Refuse and changes nothing."""
    if command.name == "submit_referral":
        return _submit(command, transaction, context)
    if command.name == "schedule_session":
        return sessions.schedule_session(command)
    case = transaction.lock_case(case_of(command.name, context.envelope) or "")
    seen = context.envelope["decided_on"]
    if not (seen and command.name in AT_ANY_MOMENT):
        case.check_decided_on(seen["stage"] if seen else "", seen["version"] if seen else 0)
    return RULES[command.name](case, command, transaction, context)


def _submit(command: Command, transaction: IntakeTransaction, context: CommandContext) -> Change:
    matches: dict[str, tuple[str, ...]] = {}
    looks_for: dict[str, identity.Strength] = {}
    for person in command.body["persons"]:
        signals = identity.signals(person)
        matches[person["ref"]] = tuple(sorted(context.keyed(mark) for mark in signals.marks))
        for mark, strength in signals.looks_for.items():
            match = context.keyed(mark)
            looks_for[match] = identity.stronger(strength, looks_for.get(match))
    change = submit_referral(command, matches)
    if change.case is None:
        return change
    alike = transaction.note_matches(change.case, looks_for)
    return with_events(change, matching.notice(change.case, alike, context.staff))


def _change_stage(
    case: Case, command: Command, transaction: IntakeTransaction, context: CommandContext
) -> Change:
    session = command.body.get("session")
    counts = command.body["command"] in stages.COUNTED
    reopens = command.body["command"] == "reopen"
    facts = stages.StageFacts(
        session=transaction.session(session) if session else None,
        requests_open=transaction.requests_open(case.id),
        outcome=context.outcome(),
        advice_written=transaction.has_kind(case.id, "advice", since=case.reopened_at),
        # Taken only where they matter: steps of different cases would conflict on them.
        places=transaction.lock_places(case.agreement) if counts else None,
        first_waiting=transaction.first_waiting(case.agreement) if counts else None,
        services=transaction.ids_of_kind(case.id, "involved_service"),
        informings=_informings(case, transaction) if reopens else (),
    )
    return stages.change_stage(case, command, facts)


def _end_crisis(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    notes = transaction.ids_of_kind(case.id, "crisis_note")
    return crisis.end_crisis(case, command, notes)


def _put_on_agenda(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    session = transaction.session(command.target or "")
    if session is None:
        raise Refuse("not_found")
    return sessions.put_on_agenda(case, session, command)


def _record_informing(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    return informing.record_informing(case, command, _informings(case, transaction))


def _informings(case: Case, transaction: IntakeTransaction) -> list[Fragment]:
    found = transaction.ids_of_kind(case.id, "informing")
    return [transaction.fragments(case.id).open(each) for each in found]


def _offer_item(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    answers = command.body.get("answers")
    request = transaction.fragments(case.id).get(answers) if answers else None
    change = contributions.offer_item(case, command, request)
    return change if request is None else _last_answer(change, case, transaction, request.id)


def _correct_item(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    item = transaction.fragments(case.id).get(command.target)
    return contributions.correct_item(case, command, item)


def _recall_item(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    item = transaction.fragments(case.id).get(command.target)
    return contributions.recall_item(case, command, item)


def _answer_forming(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    has_contributed = transaction.has_contributed(case.id, command.own_partner)
    change = contributions.answer_forming(case, command, has_contributed)
    answers_anew = case.participant(command.own_partner).answered is not None
    return change if answers_anew else _last_answer(change, change.case or case, transaction)


def _answer_request(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    fragments = transaction.fragments(case.id)
    question, shared = fragments.open(command.target), fragments.find(command.body.get("item"))
    change = contributions.answer_request(case, command, question, shared)
    return _last_answer(change, case, transaction, question.id)


def _last_answer(
    change: Change, case: Case, transaction: IntakeTransaction, answered: str | None = None
) -> Change:
    """The same change; it tells when it was the last answer. `answered` is a request."""
    still_open = transaction.requests_open(case.id, besides=answered)
    return with_events(change, contributions.notice_complete(case, still_open))


def _appoint_director(
    case: Case, command: Command, transaction: IntakeTransaction, context: CommandContext
) -> Change:
    services = transaction.ids_of_kind(case.id, "involved_service")
    return direction.appoint_director(case, command, context.staff, services)


def _record_mandate(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    services = transaction.ids_of_kind(case.id, "involved_service")
    return direction.record_direction_mandate(case, command, services)


def _take_over(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    both = (case.agreement, command.body["agreement"])
    places = {agreement: transaction.lock_places(agreement) for agreement in both}
    return succession.take_over_case(case, command, places)


def _rule_only(rule: Callable[[Case, Command], Change]) -> "Handler":
    return lambda case, command, _transaction, _context: rule(case, command)


Handler = Callable[[Case, Command, IntakeTransaction, CommandContext], Change]

WITHOUT_CASE: Final = ("submit_referral", "schedule_session")
"""The commands that are about no case yet."""

AT_ANY_MOMENT: Final = ("raise_crisis",)
"""Allowed at every stage alike: acute danger waits for nobody who changed the case meanwhile."""

RULES: Final[dict[str, Handler]] = {
    "confirm_informing": _rule_only(informing.confirm_informing),
    "record_informing": _record_informing,
    "put_on_agenda": _put_on_agenda,
    "change_stage": _change_stage,
    "raise_crisis": _rule_only(crisis.raise_crisis),
    "end_crisis": _end_crisis,
    "invite_participant": _rule_only(participation.invite_participant),
    "declare_conflict": _rule_only(participation.declare_conflict),
    "offer_item": _offer_item,
    "offer_whereabouts": _rule_only(contributions.offer_whereabouts),
    "correct_item": _correct_item,
    "recall_item": _recall_item,
    "answer_forming": _answer_forming,
    "request_information": _rule_only(contributions.request_information),
    "answer_request": _answer_request,
    "write_advice": _rule_only(direction.write_advice),
    "appoint_director": _appoint_director,
    "record_direction_mandate": _record_mandate,
    "open_emergency": _rule_only(emergency.open_emergency),
    "review_emergency": _rule_only(emergency.review_emergency),
    "take_over_case": _take_over,
}
"""Command on a case → its rule, with what it is given."""
