"""How a decided command travels: with the decision it rests on and the terms it carries."""

from marshmallow import fields

from contracts import vocabulary as words
from contracts.fields import Code, OneOf, RandomId, Strict, Whole, codes, ids


class DecidedOn(Strict):
    """The case as policy saw it; its owner refuses when it has moved on since.

    Risk and plans, which keep no case, learn from it who takes part, who belongs to the client
    system, and who must not learn of the case (`walled`). `referred` are the ids of what stands
    elsewhere in the case, of the kinds that the command refers to (`REFERS_TO`).
    """

    stage = OneOf(words.STAGES, required=True)
    version = Whole(required=True)
    submitted_by = Code(required=True)
    participants = codes(200, required=True)
    persons = ids(required=True)
    director = Code(required=True, allow_none=True)
    walled = codes(1000, required=True)
    referred = ids(5000)


class CommandEnvelope(Strict):
    """A command, decided and recorded before it was sent.

    `command_id` is made from person, route and Idempotency-Key: the same key is the same command.
    `terms` are what the agreement says about this command (cap, participants, due times), so that
    services hold no copy of agreements.
    """

    command_id = RandomId(required=True)
    decision_id = RandomId(required=True)
    person = Code(required=True)
    partner = Code(required=True, allow_none=True)
    roles = codes(required=True)
    agreement = Code(required=True, allow_none=True)
    agreement_version = fields.String(required=True, allow_none=True)
    policy_revision = fields.String(required=True)
    terms = fields.Dict(keys=fields.String(), required=True)
    decided_on = fields.Nested(DecidedOn, required=True, allow_none=True)
    target = RandomId(required=True, allow_none=True)
    case = RandomId(required=True, allow_none=True)
    if_match = Whole(1, required=True, allow_none=True)
    traceparent = fields.String(required=True)
    body = fields.Dict(keys=fields.String(), required=True)


class CommandReply(Strict):
    """What a command led to: ids and state, never content."""

    id = RandomId(required=True)
    case = RandomId(allow_none=True)
    stage = OneOf(words.STAGES, allow_none=True)
    version = Whole(required=True)
    state = Code(allow_none=True)
    ids = fields.Dict(keys=Code(), values=RandomId())
