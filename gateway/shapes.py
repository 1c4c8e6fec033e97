"""What answers look like, for the OpenAPI document; tests hold real answers against them.

Nothing is dumped through these: what is released is built by allow-list (gateway/projection.py).
"""

from marshmallow import Schema, fields, validate

from contracts import vocabulary as words
from contracts.fields import Code, Flag, Moment, OneOf, RandomId, Strict, ids, many
from contracts.rpc.audit import OUTCOMES, Checkpoint, ProofReply, RecordedEntry
from contracts.rpc.notifications import TASKS
from gateway.decisions import OBLIGATIONS
from gateway.mistakes import KINDS, RULE

NEXT = {"description": "Give it as `after` to go on; null at the end."}


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


class CasesAnswer(Strict):
    """A page of cases, newest first."""

    cases = many(ReferenceAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class ReferralsAnswer(Strict):
    """A page of one's own referrals, newest first."""

    referrals = many(ReferenceAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class SessionAnswer(Strict):
    """One meeting of a table."""

    id = RandomId(required=True)
    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = Moment(required=True)
    version = fields.Integer(required=True)


class SessionsAnswer(Strict):
    """A page of sessions."""

    sessions = many(SessionAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class AgendaRowAnswer(ReferenceAnswer):
    """A case on an agenda."""

    referrer_attends = Flag(required=True)


class AgendaAnswer(Strict):
    """The cases on the agenda of a session that the reader may know of."""

    session = RandomId(required=True)
    cases = many(AgendaRowAnswer, required=True)


class MessageAnswer(Strict):
    """A message: that something waits, never what."""

    id = RandomId(required=True)
    task = OneOf(TASKS, required=True)
    text = fields.String(required=True)
    at = Moment(required=True)
    read = Flag(required=True)
    version = fields.Integer(required=True)


class InboxAnswer(Strict):
    """A page of the own inbox, newest first."""

    messages = many(MessageAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class OpenedMessageAnswer(MessageAnswer):
    """A message, opened: the id of the case or session that it is about."""

    about = fields.Dict(keys=OneOf(("case", "session")), values=RandomId(), required=True)


class ContactPersonAnswer(Strict):
    """Whom to turn to."""

    name = fields.String(required=True)
    function = fields.String(required=True)
    email = fields.String(required=True)
    phone = fields.String(required=True)


class ContactAnswer(Strict):
    """A partner and its contact person."""

    partner = Code(required=True)
    name = fields.String(required=True)
    domain = OneOf(words.DOMAINS, required=True)
    contact = fields.Nested(ContactPersonAnswer, required=True)


class ContactsAnswer(Strict):
    """The contact person of every partner."""

    contacts = many(ContactAnswer, required=True)


class SearchBody(Strict):
    """An auditor's question; every member narrows it. It travels in a body: URLs are kept."""

    person = Code()
    partner = Code()
    case = RandomId()
    case_person = RandomId()
    fragment = RandomId()
    command_id = RandomId()
    outcome = OneOf(OUTCOMES)
    action = Code()
    kind = OneOf(("release", "action", "event"))
    emergency = Flag()
    since = Moment()
    until = Moment()
    detail = Flag(load_default=False)
    after = fields.String(load_default=None, validate=validate.Length(min=1, max=2000))
    limit = fields.Integer(strict=True, load_default=50, validate=validate.Range(1, 200))


class RecordsAnswer(Strict):
    """Entries of the record, in the order of the log."""

    entries = many(RecordedEntry, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class CheckpointsAnswer(Strict):
    """Signed statements of the log's size and root, newest first; keep them elsewhere."""

    checkpoints = many(Checkpoint, required=True)
    public_key = fields.String(required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class ProofQuery(Strict):
    """In which tree the entry's place is proved; the newest checkpoint's when not given."""

    size = fields.Integer(load_default=None, validate=validate.Range(min=1))


class ProofAnswer(ProofReply):
    """The leaf and the path that leads from it to the signed root."""


class DoneAnswer(Strict):
    """What a command led to: ids and state, never content."""

    id = RandomId(required=True)
    case = RandomId(required=True, allow_none=True)
    stage = OneOf(words.STAGES, required=True, allow_none=True)
    version = fields.Integer(required=True)
    state = Code(required=True, allow_none=True)
    ids = fields.Dict(keys=Code(), values=RandomId(), required=True)


class PlaceAnswer(Strict):
    """Where in the body a mistake stands."""

    pointer = fields.String(required=True, metadata={"description": "A JSON pointer (RFC 6901)."})
    code = OneOf([kind for kind, _ in KINDS] + [RULE], required=True)
    detail = fields.String(required=True)
    note = fields.String(metadata={"description": "The schema's own words, in English."})


class ReasonAnswer(Strict):
    """Why something is not allowed."""

    code = Code(required=True)
    text = fields.String()


class ProblemAnswer(Schema):
    """A problem document (RFC 9457); `code` is stable, `title` and `detail` are for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = Code(required=True)
    note = fields.String(metadata={"description": "More for developers, in English."})
    errors = many(PlaceAnswer)
    reasons = many(ReasonAnswer)
