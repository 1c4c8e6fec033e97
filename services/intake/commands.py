"""The commands of intake: for each, the state it looks at and the rule it is given to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    persons,
    referral_corrections,
    session_corrections,
    sessions,
    stages,
    succession,
    walling,
)
from services.intake.domain.case import Case, Change, Session, with_events
from services.intake.domain.referral import submit_referral
from services.intake.outcomes import FollowersLookup, OutcomeLookup
from services.intake.store.writes import IntakeTransaction

KeyedMatch = Callable[[identity.Identity], str]


@dataclass(frozen=True)
class CommandContext:
    """What a command looks at beside what intake stores.

    `outcome` gives the closed document of risk or plans that it names, `followers` who follows an
    action of the involved service that it withdraws, `keyed` makes the match of what somebody is
    recognised by.
    """

    envelope: Envelope
    outcome: OutcomeLookup
    followers: FollowersLookup
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
    if command.name in AT_A_SESSION:
        return _set_session_right(command, transaction)
    case = transaction.lock_case(case_of(command.name, context.envelope) or "")
    seen = context.envelope["decided_on"]
    if not (seen and command.name in AT_ANY_MOMENT):
        case.check_decided_on(seen["stage"] if seen else "", seen["version"] if seen else 0)
    return RULES[command.name](case, command, transaction, context)


@dataclass(frozen=True)
class _Recognised:
    """By which keyed matches persons are known, by their place, and which others may be theirs."""

    matches: list[tuple[str, ...]]
    looks_for: dict[str, identity.Strength]


def _recognise(persons: Iterable[Mapping[str, Any]], context: CommandContext) -> _Recognised:
    known = _Recognised([], {})
    for person in persons:
        signals = identity.signals(person)
        known.matches.append(tuple(sorted(context.keyed(mark) for mark in signals.marks)))
        for mark, strength in signals.looks_for.items():
            match = context.keyed(mark)
            known.looks_for[match] = identity.stronger(strength, known.looks_for.get(match))
    return known


def _submit(command: Command, transaction: IntakeTransaction, context: CommandContext) -> Change:
    known = _recognise(command.body["persons"], context)
    refs = (person["ref"] for person in command.body["persons"])
    change = submit_referral(command, dict(zip(refs, known.matches, strict=True)))
    return _noticed(change, known.looks_for, command, transaction)


def _add_person(
    case: Case, command: Command, transaction: IntakeTransaction, context: CommandContext
) -> Change:
    known = _recognise([command.body], context)
    informings = _informings(case, transaction)
    change = persons.add_person(case, command, known.matches[0], informings)
    return _noticed(change, known.looks_for, command, transaction)


def _correct_person(
    case: Case, command: Command, transaction: IntakeTransaction, context: CommandContext
) -> Change:
    """Others are looked for by what was not known of the person before."""
    former = transaction.fragments(case.id).open(command.target)
    known, before = _recognise([command.body], context), _recognise([former.content or {}], context)
    informings = _informings(case, transaction)
    change = persons.correct_person(case, command, former, known.matches[0], informings)
    looks_for = {
        match: strength
        for match, strength in known.looks_for.items()
        if before.looks_for.get(match) != strength
    }
    return _noticed(change, looks_for, command, transaction, before=case)


def _noticed(
    change: Change,
    looks_for: Mapping[str, identity.Strength],
    command: Command,
    transaction: IntakeTransaction,
    before: Case | None = None,
) -> Change:
    """The same change, with what follows from who is in the client system now.

    The chairs are told of other cases that may be of the same people, and whoever of the staff may
    be one of them is walled off.
    """
    if change.case is None:
        return change
    alike = transaction.note_matches(change.case, looks_for)
    change = with_events(change, matching.notice(change.case, alike))
    return wall_off_matched(change, command, transaction, before=before)


def wall_off_matched(
    change: Change,
    command: Command,
    transaction: IntakeTransaction,
    *,
    before: Case | None = None,
    asking: bool = True,
) -> Change:
    """The same change, with a wall for each member of staff who may be in the client system.

    The persons of the case have been noted by then (`note_matches`): whoever registers staff at the
    same moment conflicts on that note. `before` is the case as it was when its walls were raised or
    lifted, where more is known of its persons now; `asking` as in `walling.matched_walls`.
    """
    if change.case is None:
        return change
    walls = walling.matched_walls(
        change.case,
        transaction.staff_matching(change.case),
        command.new_id,
        command.now,
        command.today,
        anew=transaction.staff_matching(change.case.known_since(before)) if before else (),
        asking=asking,
    )
    return walling.wall_off(change, walls, _asked(change.case, transaction))


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
    return sessions.put_on_agenda(case, _session(command, transaction), command)


def _take_off_agenda(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    session, elsewhere = _session(command, transaction), transaction.sessions_of([case.id])
    return session_corrections.take_off_agenda(case, session, elsewhere, command)


def _set_session_right(command: Command, transaction: IntakeTransaction) -> Change:
    """Each case on the agenda is taken for this command: no step of one meets half of it."""
    session = _session(command, transaction)
    listed = sorted(entry.case for entry in session.agenda)
    cases = [transaction.lock_case(case) for case in listed]
    if command.name == "move_session":
        return session_corrections.move_session(session, cases, command)
    elsewhere = transaction.sessions_of(listed)
    return session_corrections.cancel_session(session, cases, elsewhere, command)


def _session(command: Command, transaction: IntakeTransaction) -> Session:
    session = transaction.session(command.target or "")
    if session is None:
        raise Refuse("not_found")
    return session


def _record_informing(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    return informing.record_informing(case, command, _informings(case, transaction))


def _correct_informing(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    target = transaction.fragments(case.id).get(command.target)
    return informing.correct_informing(case, command, target.id, _informings(case, transaction))


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
    fragments = transaction.fragments(case.id)
    item, questions = fragments.get(command.target), fragments.of_kind("request")
    still = transaction.has_contributed(case.id, item.source, apart_from=item.id)
    return contributions.recall_item(case, command, item, questions, still)


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


def _withdraw_request(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    question = transaction.fragments(case.id).get(command.target)
    change = contributions.withdraw_request(case, command, question)
    return _last_answer(change, case, transaction, question.id)


def _correct_part(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    part = transaction.fragments(case.id).open(command.target)
    return referral_corrections.correct_referral_part(case, command, part)


def _withdraw_part(
    case: Case, command: Command, transaction: IntakeTransaction, context: CommandContext
) -> Change:
    part = transaction.fragments(case.id).get(command.target)
    alike = transaction.ids_of_kind(case.id, part.kind)
    still = transaction.has_contributed(case.id, part.source, apart_from=part.id)
    followers = context.followers() if part.kind == referral_corrections.SERVICE else ()
    return referral_corrections.withdraw_referral_part(case, command, part, alike, still, followers)


def _appoint_director(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    services = transaction.ids_of_kind(case.id, "involved_service")
    return direction.appoint_director(case, command, services)


def _declare_conflict(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    return walling.declare_conflict(case, command, _asked(case, transaction))


def _raise_wall(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    return walling.raise_wall(case, command, _asked(case, transaction))


def _answer_wall(
    case: Case, command: Command, transaction: IntakeTransaction, _context: CommandContext
) -> Change:
    question = transaction.fragments(case.id).open(command.target, walling.QUESTION)
    return walling.answer_wall(case, command, question)


def _asked(case: Case, transaction: IntakeTransaction) -> list[Fragment]:
    """The open questions about walls of the case, without their content."""
    fragments = transaction.fragments(case.id)
    return [fragments.get(one) for one in walling.open_questions(case)]


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

AT_A_SESSION: Final = ("move_session", "cancel_session")
"""The commands about a session, with whatever cases are on its agenda."""

WITHOUT_CASE: Final = ("submit_referral", "schedule_session", *AT_A_SESSION)
"""The commands that are about no case, or none yet."""

AT_ANY_MOMENT: Final = ("raise_crisis",)
"""Allowed at every stage alike: acute danger waits for nobody who changed the case meanwhile."""

RULES: Final[dict[str, Handler]] = {
    "confirm_informing": _rule_only(informing.confirm_informing),
    "record_informing": _record_informing,
    "correct_informing": _correct_informing,
    "add_person": _add_person,
    "correct_person": _correct_person,
    "put_on_agenda": _put_on_agenda,
    "take_off_agenda": _take_off_agenda,
    "change_stage": _change_stage,
    "raise_crisis": _rule_only(crisis.raise_crisis),
    "end_crisis": _end_crisis,
    "invite_participant": _rule_only(participation.invite_participant),
    "declare_conflict": _declare_conflict,
    "raise_wall": _raise_wall,
    "answer_wall": _answer_wall,
    "propose_lifting": _rule_only(walling.propose_lifting),
    "offer_item": _offer_item,
    "offer_whereabouts": _rule_only(contributions.offer_whereabouts),
    "correct_item": _correct_item,
    "recall_item": _recall_item,
    "answer_forming": _answer_forming,
    "request_information": _rule_only(contributions.request_information),
    "answer_request": _answer_request,
    "withdraw_request": _withdraw_request,
    "correct_referral_part": _correct_part,
    "withdraw_referral_part": _withdraw_part,
    "add_involved_service": _rule_only(referral_corrections.add_involved_service),
    "write_advice": _rule_only(direction.write_advice),
    "appoint_director": _appoint_director,
    "record_direction_mandate": _record_mandate,
    "open_emergency": _rule_only(emergency.open_emergency),
    "review_emergency": _rule_only(emergency.review_emergency),
    "take_over_case": _take_over,
}
"""Command on a case → its rule, with what it is given."""
