"""The commands of intake: for each, the state it looks at and the rule it is given to."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError

from chassis.clock import Clock
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES
from services.intake.domain import (
    contributions,
    crisis,
    direction,
    emergency,
    informing,
    matching,
    participation,
    sessions,
    stages,
    succession,
)
from services.intake.domain.case import Case, Change, Fragment, with_events
from services.intake.domain.command import Command
from services.intake.domain.referral import submit_referral
from services.intake.neighbours import Settled
from services.intake.store.keeping import Books

Envelope = Mapping[str, Any]
KeyedMatch = Callable[[matching.Identity], str]


@dataclass(frozen=True)
class Around:
    """What a command looks at beside the books.

    `settled` tells the neighbour's closed document that it names, `staff` are the keyed matches of
    persons with a mandate, `keyed` makes such a match.
    """

    settled: Settled
    staff: Mapping[str, str]
    keyed: KeyedMatch


def load(name: str, envelope: Envelope, clock: Clock) -> Command:
    """The command that an envelope carries; raises Refuse when its body does not fit."""
    try:
        body = COMMAND_BODIES[name]().load(envelope["body"])
    except ValidationError as error:
        raise Refuse("validation_failed", fields=sorted(error.messages_dict)) from None
    return Command(
        name=name,
        person=envelope["person"],
        partner=envelope["partner"],
        roles=tuple(envelope["roles"]),
        terms=envelope["terms"],
        body=body,
        now=clock.now(),
        new_id=lambda: str(uuid.uuid4()),
        target=envelope["target"],
        if_match=envelope["if_match"],
    )


def case_of(name: str, envelope: Envelope) -> str | None:
    """The case that a command is about; None for those that are about none yet."""
    if name == "put_on_agenda":
        case: str = envelope["body"]["case"]
        return case
    return None if name in _WITHOUT_CASE else envelope["case"]


def change_of(command: Command, envelope: Envelope, books: Books, around: Around) -> Change:
    """What the command changes, by its rule; raises Refuse and changes nothing."""
    if command.name == "submit_referral":
        return _submit(command, books, around)
    if command.name == "schedule_session":
        return sessions.schedule_session(command)
    case = books.case(case_of(command.name, envelope) or "")
    decided_on = envelope["decided_on"] or {"stage": "", "version": 0}
    case.check_decided_on(decided_on["stage"], decided_on["version"])
    return _ON_CASES[command.name](case, command, books, around)


def _submit(command: Command, books: Books, around: Around) -> Change:
    matches = {
        person["ref"]: tuple(around.keyed(one) for one in matching.identities(person))
        for person in command.body["persons"]
    }
    change = submit_referral(command, matches)
    if change.case is None:
        return change
    known = books.introduce(change.case)
    return with_events(change, matching.notice(change.case, known, around.staff))


def _change_stage(case: Case, command: Command, books: Books, around: Around) -> Change:
    session = command.body.get("session")
    counts = command.body["command"] in stages.COUNTED
    reopens = command.body["command"] == "reopen"
    facts = stages.StageFacts(
        session=books.session(session) if session else None,
        requests_open=books.requests_open(case.id),
        settled=around.settled(),
        advice_written=books.has_kind(case.id, "advice", since=case.reopened_at),
        # Taken only where they matter: steps of different cases would conflict on them.
        places=books.places(case.agreement) if counts else None,
        first_waiting=books.first_waiting(case.agreement) if counts else None,
        services=books.ids_of_kind(case.id, "involved_service"),
        informings=_informings(case, books) if reopens else (),
    )
    return stages.change_stage(case, command, facts)


def _put_on_agenda(case: Case, command: Command, books: Books, around: Around) -> Change:
    session = books.session(_target(command))
    if session is None:
        raise Refuse("not_found")
    return sessions.put_on_agenda(case, session, command)


def _record_informing(case: Case, command: Command, books: Books, around: Around) -> Change:
    return informing.record_informing(case, command, _informings(case, books))


def _informings(case: Case, books: Books) -> list[Fragment]:
    found = books.ids_of_kind(case.id, "informing")
    return [books.fragment(case.id, each, opened=True) for each in found]


def _offer_item(case: Case, command: Command, books: Books, around: Around) -> Change:
    answers = command.body.get("answers")
    request = books.fragment(case.id, answers) if answers else None
    return contributions.offer_item(case, command, request)


def _correct_item(case: Case, command: Command, books: Books, around: Around) -> Change:
    item = books.fragment(case.id, _target(command))
    return contributions.correct_item(case, command, item)


def _recall_item(case: Case, command: Command, books: Books, around: Around) -> Change:
    item = books.fragment(case.id, _target(command))
    return contributions.recall_item(case, command, item)


def _answer_forming(case: Case, command: Command, books: Books, around: Around) -> Change:
    has_contributed = books.has_contributed(case.id, command.own_partner)
    return contributions.answer_forming(case, command, has_contributed)


def _answer_request(case: Case, command: Command, books: Books, around: Around) -> Change:
    asked = books.fragment(case.id, _target(command), opened=True)
    item = command.body.get("item")
    shared = books.find_fragment(case.id, item) if item else None
    return contributions.answer_request(case, command, asked, shared)


def _appoint_director(case: Case, command: Command, books: Books, around: Around) -> Change:
    services = books.ids_of_kind(case.id, "involved_service")
    return direction.appoint_director(case, command, around.staff, services)


def _record_mandate(case: Case, command: Command, books: Books, around: Around) -> Change:
    services = books.ids_of_kind(case.id, "involved_service")
    return direction.record_direction_mandate(case, command, services)


def _take_over(case: Case, command: Command, books: Books, around: Around) -> Change:
    both = (case.agreement, command.body["agreement"])
    return succession.take_over_case(case, command, {one: books.places(one) for one in both})


def _rule_only(rule: Callable[[Case, Command], Change]) -> "Handler":
    return lambda case, command, books, around: rule(case, command)


def _target(command: Command) -> str:
    if command.target is None:
        raise Refuse("not_found")
    return command.target


Handler = Callable[[Case, Command, Books, Around], Change]

_WITHOUT_CASE: Final = ("submit_referral", "schedule_session")

_ON_CASES: Final[dict[str, Handler]] = {
    "confirm_informing": _rule_only(informing.confirm_informing),
    "record_informing": _record_informing,
    "put_on_agenda": _put_on_agenda,
    "change_stage": _change_stage,
    "raise_crisis": _rule_only(crisis.raise_crisis),
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
