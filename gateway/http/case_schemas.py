"""What answers about a case look like, for the OpenAPI document, as in response_schemas.py."""

from marshmallow import Schema, fields

from contracts import vocabulary as words
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId, Strict, Whole, ids, many
from gateway.http.response_schemas import NEXT
from gateway.release.decisions import OBLIGATIONS


class ObligationAnswer(Schema):
    """What the reader must do and leave."""

    kind = OneOf(OBLIGATIONS, required=True)
    at = Moment(metadata={"description": "With `expires_at`: until when."})


class FragmentAnswer(Strict):
    """A released fragment; which members `content` has depends on kind and level."""

    id = RandomId(required=True)
    kind = Code(required=True)
    category = OneOf(words.CATEGORIES, required=True)
    source = Code(required=True)
    subjects = ids(required=True)
    status = OneOf(("offered", "recalled"), required=True)
    version = Whole(required=True)
    at = Moment(required=True)
    level = OneOf(("summary", "full"), required=True)
    content = fields.Dict(keys=fields.String(), required=True)


class ParticipantAnswer(Strict):
    """A partner that takes part, and its answer to the call for contributions."""

    partner = Code(required=True)
    since = Moment(required=True)
    answered = OneOf(words.SHOWN_ANSWERS, required=True, allow_none=True)


class VisitAnswer(Strict):
    """The session at which the referrer explains, once, and when it begins."""

    session = RandomId(required=True)
    starts_at = Moment(required=True)


class ReferenceAnswer(Strict):
    """A case without content; a list shows by which persons a team recognises it."""

    id = RandomId(required=True)
    agreement = Code(required=True)
    stage = OneOf(words.STAGES, required=True)
    version = Whole(required=True)
    submitted_at = Moment(required=True)
    submitted_by = Code()
    region = Code()
    crisis = Flag()
    director = Code(allow_none=True)
    follow_up_on = Day(allow_none=True)
    visit = fields.Nested(
        VisitAnswer,
        allow_none=True,
        metadata={"description": "To the referrer: the one visit to a session, null without one."},
    )
    fragments = many(FragmentAnswer)


class CaseAnswer(ReferenceAnswer):
    """What of a case is released to the reader now."""

    participants = many(ParticipantAnswer)
    withheld = fields.Dict(
        keys=OneOf(words.CATEGORIES),
        values=Flag(),
        metadata={"description": "Categories of which something is held back."},
    )
    obligations = many(ObligationAnswer, required=True)


class ParticipantsAnswer(Strict):
    """Who takes part in a case."""

    case = RandomId(required=True)
    participants = many(ParticipantAnswer, required=True)


class _FragmentsAnswer(Strict):
    case = RandomId(required=True)
    withheld = fields.Dict(keys=OneOf(words.CATEGORIES), values=Flag(), required=True)
    obligations = many(ObligationAnswer, required=True)


def fragments_answer(name: str, description: str) -> type[Schema]:
    """The schema of an answer that lists fragments of a case under `name`."""
    title = "".join(word.capitalize() for word in name.split("_"))
    members = {"__doc__": description, name: many(FragmentAnswer, required=True)}
    return type(f"{title}Answer", (_FragmentsAnswer,), members)


class CasesAnswer(Strict):
    """A page of cases, newest first."""

    cases = many(ReferenceAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class ReferralsAnswer(Strict):
    """A page of one's own referrals, newest first."""

    referrals = many(ReferenceAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class AgendaRowAnswer(ReferenceAnswer):
    """A case on an agenda."""

    referrer_attends = Flag(required=True)


class AgendaAnswer(Strict):
    """The cases on the agenda of a session that the reader may know of."""

    session = RandomId(required=True)
    cases = many(AgendaRowAnswer, required=True)
