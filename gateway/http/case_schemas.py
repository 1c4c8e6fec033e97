"""What answers about a case look like, for the OpenAPI document, as in response_schemas.py."""

from marshmallow import Schema, fields

from contracts import vocabulary as words
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId, Strict, ids, many
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
    version = fields.Integer(required=True)
    at = Moment(required=True)
    level = OneOf(("summary", "full"), required=True)
    content = fields.Dict(keys=fields.String(), required=True)


class ParticipantAnswer(Strict):
    """A partner that takes part, and its answer to the call for contributions."""

    partner = Code(required=True)
    since = Moment(required=True)
    answered = OneOf(words.FORMING_ANSWERS, required=True, allow_none=True)


class ReferenceAnswer(Strict):
    """A case without content; a list shows by which persons a team recognises it."""

    id = RandomId(required=True)
    agreement = Code(required=True)
    stage = OneOf(words.STAGES, required=True)
    version = fields.Integer(required=True)
    submitted_at = Moment(required=True)
    submitted_by = Code()
    region = Code()
    crisis = Flag()
    director = Code(allow_none=True)
    follow_up_on = Day(allow_none=True)
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


class _PartAnswer(Strict):
    case = RandomId(required=True)
    withheld = fields.Dict(keys=OneOf(words.CATEGORIES), values=Flag(), required=True)
    obligations = many(ObligationAnswer, required=True)


class ParticipantsAnswer(Strict):
    """Who takes part in a case."""

    case = RandomId(required=True)
    participants = many(ParticipantAnswer, required=True)


class ItemsAnswer(_PartAnswer):
    """The information items and whereabouts of a case."""

    items = many(FragmentAnswer, required=True)


class RequestsAnswer(_PartAnswer):
    """The questions of a case."""

    requests = many(FragmentAnswer, required=True)


class AssessmentsAnswer(_PartAnswer):
    """The assessments of a case, each answer in the category of what it tells about."""

    assessments = many(FragmentAnswer, required=True)


class WeighingsAnswer(_PartAnswer):
    """The weighings of a case, with positions, problem profile and assessments."""

    weighings = many(FragmentAnswer, required=True)


class DirectionMandatesAnswer(_PartAnswer):
    """The involved services of a case, and which of them mandated the director."""

    direction_mandates = many(FragmentAnswer, required=True)


class PlansAnswer(_PartAnswer):
    """The versions of the plan, with goals, actions and positions."""

    plans = many(FragmentAnswer, required=True)


class DecisionsAnswer(_PartAnswer):
    """The supported decisions of the team."""

    decisions = many(FragmentAnswer, required=True)


class ContactLogAnswer(_PartAnswer):
    """The contacts of the director."""

    contact_log = many(FragmentAnswer, required=True)


class TrajectoriesAnswer(_PartAnswer):
    """The running trajectories of help, justice and administration."""

    trajectories = many(FragmentAnswer, required=True)


class ReportsAnswer(_PartAnswer):
    """The progress reports, each with its safety check."""

    reports = many(FragmentAnswer, required=True)


class ConclusionsAnswer(_PartAnswer):
    """The conclusions, each with its safety check."""

    conclusions = many(FragmentAnswer, required=True)


class FollowUpsAnswer(_PartAnswer):
    """The follow-ups after a conclusion, each with its safety check."""

    follow_ups = many(FragmentAnswer, required=True)


class EvaluationsAnswer(_PartAnswer):
    """How the table looked back, each time with a safety check."""

    evaluations = many(FragmentAnswer, required=True)


class EmergenciesAnswer(_PartAnswer):
    """The emergency accesses to a case, with their reviews."""

    emergencies = many(FragmentAnswer, required=True)


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
