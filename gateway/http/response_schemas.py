"""What answers look like, for the OpenAPI document; tests compare real answers with them.

Nothing is dumped through these: what is released is built by allow-list (release/projection.py).
"""

from marshmallow import Schema, fields, validate

from contracts import vocabulary as words
from contracts.faults import FAULTS
from contracts.fields import Code, Digits, Flag, Moment, OneOf, RandomId, Strict, Whole, many
from contracts.rpc.audit import OUTCOMES, Checkpoint, ProofReply, RecordedEntry
from contracts.rpc.notifications import TASKS
from contracts.rpc.risk import InstrumentSummary

NEXT = {"description": "Give it as `after` to go on; null at the end."}


class SessionAnswer(Strict):
    """One meeting of a table."""

    id = RandomId(required=True)
    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = Moment(required=True)
    version = Whole(required=True)
    cancelled = Flag(required=True)


class SessionsAnswer(Strict):
    """A page of sessions."""

    sessions = many(SessionAnswer, required=True)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class MessageAnswer(Strict):
    """A message: that something waits, never what; `urgent` where a life may depend on it."""

    id = RandomId(required=True)
    task = OneOf(TASKS, required=True)
    urgent = Flag(required=True)
    text = fields.String(required=True)
    at = Moment(required=True)
    read = Flag(required=True)
    version = Whole(required=True)


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


class InstrumentsAnswer(Strict):
    """The instruments of the catalogue, by id; a template cannot be filled in yet."""

    instruments = many(InstrumentSummary, required=True)


class InstrumentAnswer(Strict):
    """An instrument, whole: its preconditions, items with their answers, scoring and bands."""

    instrument = fields.Dict(keys=fields.String(), required=True)


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
    limit = Whole(1, 200, load_default=50)


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

    size = Digits(1, load_default=None)


class ProofAnswer(ProofReply):
    """The leaf and the path that leads from it to the signed root."""


class DoneAnswer(Strict):
    """What a command led to: ids and state, never content."""

    id = RandomId(required=True)
    case = RandomId(required=True, allow_none=True)
    stage = OneOf(words.STAGES, required=True, allow_none=True)
    version = Whole(required=True)
    state = Code(required=True, allow_none=True)
    ids = fields.Dict(keys=Code(), values=RandomId(), required=True)


class PlaceAnswer(Strict):
    """Where in the body a mistake stands."""

    pointer = fields.String(required=True, metadata={"description": "A JSON pointer (RFC 6901)."})
    code = OneOf(FAULTS, required=True)
    detail = fields.String(required=True)
    least = fields.String(metadata={"description": "The least that it may be."})
    most = fields.String(metadata={"description": "The most that it may be."})
    choices = fields.List(fields.String(), metadata={"description": "What it may be."})


class ReasonAnswer(Strict):
    """Why something is not allowed."""

    code = Code(required=True)
    text = fields.String()


class ProblemAnswer(Schema):
    """A problem document (RFC 9457); `code` is stable, `title` and `detail` are for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = Whole(400, 599, required=True)
    detail = fields.String(required=True)
    code = Code(required=True)
    errors = many(PlaceAnswer)
    reasons = many(ReasonAnswer)
