"""What intake answers: facts for decisions, content to release, and its commands."""

from typing import Final

from marshmallow import fields

from contracts import vocabulary as words
from contracts.bodies import intake as bodies
from contracts.fields import (
    Code,
    Day,
    Flag,
    Moment,
    OneOf,
    RandomId,
    Strict,
    Whole,
    codes,
    ids,
    many,
)
from contracts.rpc.command import CommandEnvelope, CommandReply
from contracts.rpc.fragments import Fragment

PAGE = 100


class ParticipantFacts(Strict):
    """A partner that takes part in a case."""

    partner = Code(required=True)
    since = Moment(required=True)
    answered = OneOf(words.SHOWN_ANSWERS, required=True, allow_none=True)


class GuestFacts(Strict):
    """The referrer's one visit to a session: when that begins, until when the pass holds."""

    session = RandomId(required=True)
    starts_at = Moment(required=True)
    until = Moment(required=True)


class EmergencyFacts(Strict):
    """An emergency access (noodtoegang) that the person who asks has now."""

    grant = RandomId(required=True)
    partner = Code(required=True)
    until = Moment(required=True)


class CaseFacts(Strict):
    """What policy needs to know of a case.

    `contributors` are the partners that were ever the source of something in it. `conflicts`,
    `guest` and `emergency` are those of the person who asks. `persons` are the random ids of the
    client system; `follow_up_on` is the day from which the follow-up is due.
    """

    id = RandomId(required=True)
    found = Flag(required=True)
    agreement = Code(allow_none=True)
    region = Code(allow_none=True)
    stage = OneOf(words.STAGES, allow_none=True)
    version = Whole(allow_none=True)
    submitted_by = Code(allow_none=True)
    referrer = Code(allow_none=True)
    submitted_at = Moment(allow_none=True)
    participants = many(ParticipantFacts, most=200)
    contributors = codes(200)
    persons = ids()
    director = Code(allow_none=True)
    follow_up_on = Day(allow_none=True)
    followers = codes(200)
    crisis = Flag()
    victim_informed = Flag()
    informing_confirmed = Flag()
    evaluating = Flag()
    guest = fields.Nested(GuestFacts, allow_none=True)
    emergency = fields.Nested(EmergencyFacts, allow_none=True)
    conflicts = fields.List(OneOf(words.WALL_CAUSES))
    session = RandomId(allow_none=True)


class ReadCaseRequest(Strict):
    """A case for `person`; `kinds` and `fragment` narrow it, `content` false leaves texts out."""

    case = RandomId(required=True)
    person = Code(required=True)
    kinds = fields.List(Code(), allow_none=True, load_default=None)
    fragment = RandomId(allow_none=True, load_default=None)
    content = Flag(load_default=True)


class ReadCaseReply(Strict):
    """An unknown id is a case with `found` false and no fragments, in the same shape.

    `walled` are the persons who must not learn of the case: for its events, never for an answer.
    `destroyed` as in contracts/rpc/fragments.py.
    """

    case = fields.Nested(CaseFacts, required=True)
    fragments = many(Fragment, most=5000, required=True)
    destroyed = Flag(required=True)
    walled = codes(1000, required=True)


class ListCasesRequest(Strict):
    """Cases that take place between these partners or agreements, without the person's walls.

    `partners`: (agreement, partner) pairs; `agreements`: those in which the person sees all
    references; `referrer`: true selects the person's own referrals instead.
    """

    person = Code(required=True)
    parties = fields.List(fields.Tuple((Code(), Code())), required=True)
    agreements = codes(required=True)
    referrer = Flag(load_default=False)
    kinds = fields.List(Code(), required=True)
    after = fields.String(allow_none=True, load_default=None)
    limit = Whole(1, PAGE, required=True)


class ListedCase(Strict):
    """A case of a list, with the fragments of the kinds that were asked for.

    `order` is its place in the list, which never changes: the list goes on after it with
    `after`, also once the case itself is gone.
    """

    case = fields.Nested(CaseFacts, required=True)
    order = fields.String(required=True)
    fragments = many(Fragment, most=5000, required=True)
    destroyed = Flag(required=True)


class ListCasesReply(Strict):
    """A page, newest first; `next` is where the following one starts, null at the end."""

    cases = many(ListedCase, most=PAGE, required=True)
    next = fields.String(required=True, allow_none=True)


class OpenWhereaboutsRequest(Strict):
    """Whereabouts that a recorded decision released, by id."""

    case = RandomId(required=True)
    fragments = ids(required=True)
    decision_id = RandomId(required=True)


class OpenWhereaboutsReply(Strict):
    """Content by fragment id; one recalled in between is absent."""

    contents = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)


class AgendaEntry(Strict):
    """A case on an agenda."""

    case = RandomId(required=True)
    referrer_attends = Flag(required=True)
    put_by = Code(required=True)


class Session(Strict):
    """A session of a table with its agenda; unknown ids answer with `found` false."""

    id = RandomId(required=True)
    found = Flag(required=True)
    agreement = Code(allow_none=True)
    table = Code(allow_none=True)
    starts_at = Moment(allow_none=True)
    version = Whole(allow_none=True)
    cancelled = Flag()
    agenda = many(AgendaEntry, most=200)


class ReadSessionRequest(Strict):
    session = RandomId(required=True)
    person = Code(required=True)


class ReadSessionReply(Strict):
    """The session and the facts of each case on its agenda, in the order of the agenda."""

    session = fields.Nested(Session, required=True)
    cases = many(CaseFacts, most=200, required=True)


class ListSessionsRequest(Strict):
    agreements = codes(required=True)
    after = fields.String(allow_none=True, load_default=None)
    limit = Whole(1, PAGE, required=True)


class ListSessionsReply(Strict):
    """Sessions without their agenda, latest first by the moment of their first schedule."""

    sessions = many(Session, most=PAGE, required=True)
    next = fields.String(required=True, allow_none=True)


METHODS: Final = {
    "read_case": (ReadCaseRequest, ReadCaseReply),
    "list_cases": (ListCasesRequest, ListCasesReply),
    "open_whereabouts": (OpenWhereaboutsRequest, OpenWhereaboutsReply),
    "read_session": (ReadSessionRequest, ReadSessionReply),
    "list_sessions": (ListSessionsRequest, ListSessionsReply),
    **dict.fromkeys(bodies.BODIES, (CommandEnvelope, CommandReply)),
}
