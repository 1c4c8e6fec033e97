"""What audit answers: receipts for entries, searches, proofs and signed checkpoints."""

from typing import Any, Final

import orjson
from marshmallow import ValidationError, fields, validate

from contracts import vocabulary as words
from contracts.fields import Code, Flag, Moment, OneOf, RandomId, Strict, Whole, codes, ids, many

OUTCOMES: Final = ("released", "withheld", "permitted", "denied", "error", "happened")
"""`released`/`withheld`: content left, all of it or some; `permitted`: a command may go on."""

DIGEST = validate.Regexp(r"\A[0-9a-f]{64}\Z")

DECIDED_LIMIT: Final = 2 * 1024 * 1024
"""Bytes that a decision's input and result may take, each, as compact JSON."""


def tells_only_codes(json: bytes) -> bool:
    """Whether no string in this compact JSON holds a blank, a quote, a backslash or non-ASCII.

    Ids, codes, numbers and moments pass; a sentence or a name of two words does not. It looks at
    the bytes, since compact JSON has blanks and backslashes in its strings only; control
    characters but one are written with a backslash.
    """
    return json.isascii() and not any(sign in json for sign in (b" ", b"\\", b"\x7f"))


class Decided(fields.Dict):
    """The input or result of a decision, whole: a JSON object in which strings are codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        try:
            json = orjson.dumps(loaded)
        except orjson.JSONEncodeError as error:
            raise ValidationError("type") from error
        if len(json) > DECIDED_LIMIT or not tells_only_codes(json):
            raise ValidationError("pattern")
        return loaded


class Label(fields.String):
    """A version or revision as its maker writes it: visible ASCII, no blanks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"\A[!-~]{1,128}\Z"), **kwargs)


class ReleasedFragment(Strict):
    """A fragment that policy looked at, and the level it gave (`none`: withheld)."""

    id = RandomId(required=True)
    category = OneOf(words.CATEGORIES, required=True)
    level = OneOf(words.LEVELS, required=True)


class Entry(Strict):
    """One decision, as it is to be recorded (domain.md, section 10): ids and codes only."""

    entry_id = RandomId(required=True)
    kind = OneOf(("release", "action", "event"), required=True)
    time = Moment(required=True)
    decision_id = RandomId(required=True)
    command_id = RandomId(allow_none=True, load_default=None)
    action = Code(required=True)
    person = Code(required=True, allow_none=True)
    partner = Code(required=True, allow_none=True)
    roles = codes(required=True)
    on_behalf_of = Code(allow_none=True, load_default=None)
    purpose = Code(required=True, allow_none=True)
    agreement = Code(required=True, allow_none=True)
    agreement_version = Label(required=True, allow_none=True)
    policy_revision = Label(required=True, allow_none=True)
    case = RandomId(required=True, allow_none=True)
    case_persons = ids(200, required=True)
    fragments = many(ReleasedFragment, most=5000, required=True)
    outcome = OneOf(OUTCOMES, required=True)
    reasons = fields.List(Code(), required=True, validate=validate.Length(max=200))
    emergency = Flag(required=True)
    input = Decided(required=True)
    result = Decided(required=True)


class RecordRequest(Strict):
    """Entries that belong together: all become durable or none does."""

    entries = many(Entry, least=1, most=200, required=True)


class Receipt(Strict):
    """The place of an entry in the log, given once it is durable."""

    entry_id = RandomId(required=True)
    index = Whole(required=True)
    leaf_hash = fields.String(required=True, validate=DIGEST)


class RecordReply(Strict):
    receipts = many(Receipt, least=1, most=200, required=True)


class SearchRequest(Strict):
    """An auditor's question; every member narrows it. `agreements` bounds what may be seen."""

    agreements = codes(required=True)
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
    after = fields.String(allow_none=True, load_default=None)
    limit = Whole(1, 200, required=True)


class RecordedEntry(Entry):
    """An entry with its place; `input` and `result` are empty unless `detail` was asked."""

    index = Whole(required=True)
    leaf_hash = fields.String(required=True, validate=DIGEST)


class SearchReply(Strict):
    """A page in the order of the log."""

    entries = many(RecordedEntry, most=200, required=True)
    next = fields.String(required=True, allow_none=True)


class Checkpoint(Strict):
    """A signed statement of the log's size and root (RFC 9162 tree head, Ed25519)."""

    origin = fields.String(required=True)
    size = Whole(required=True)
    root = fields.String(required=True, validate=DIGEST)
    time = Moment(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class CheckpointsRequest(Strict):
    after = Whole(allow_none=True, load_default=None)
    limit = Whole(1, 200, required=True)


class CheckpointsReply(Strict):
    """Checkpoints, newest first; `public_key` is the PEM to check them with."""

    checkpoints = many(Checkpoint, most=200, required=True)
    next = Whole(required=True, allow_none=True)
    public_key = fields.String(required=True)


class ProofRequest(Strict):
    """Inclusion of the leaf `index` in the tree of `size`."""

    agreements = codes(required=True)
    index = Whole(required=True)
    size = Whole(allow_none=True, load_default=None)


class ProofReply(Strict):
    """The leaf's bytes (canonical JSON) and the path that leads from it to the root."""

    index = Whole(required=True)
    size = Whole(required=True)
    leaf = fields.String(required=True)
    leaf_hash = fields.String(required=True, validate=DIGEST)
    path = fields.List(fields.String(validate=DIGEST), required=True)
    checkpoint = fields.Nested(Checkpoint, required=True)


METHODS: Final = {
    "record": (RecordRequest, RecordReply),
    "search": (SearchRequest, SearchReply),
    "proof": (ProofRequest, ProofReply),
    "checkpoints": (CheckpointsRequest, CheckpointsReply),
}
