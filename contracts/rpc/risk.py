"""What risk answers: its fragments, its instruments, its commands, a closed weighing."""

from typing import Final

from marshmallow import fields, validate

from contracts.bodies import risk as bodies
from contracts.fields import Code, Flag, Strict, many
from contracts.rpc import fragments, outcomes
from contracts.rpc.command import CommandEnvelope, CommandReply


class InstrumentsRequest(Strict):
    """The catalogue of instruments."""


class InstrumentSummary(Strict):
    """An instrument (risicotaxatie-instrument) by name."""

    id = Code(required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    template = Flag(required=True)


class InstrumentsReply(Strict):
    """All instruments, by id; a template has no items yet and cannot be filled in."""

    instruments = many(InstrumentSummary, most=200, required=True)


class InstrumentRequest(Strict):
    """One instrument, whole."""

    instrument = Code(required=True)


class InstrumentReply(Strict):
    """The content of the instrument's file (`services/risk/instruments/schema.json`); null when
    there is no such instrument."""

    instrument = fields.Dict(
        keys=fields.String(validate=validate.Length(max=64)), required=True, allow_none=True
    )


METHODS: Final = {
    "instruments": (InstrumentsRequest, InstrumentsReply),
    "instrument": (InstrumentRequest, InstrumentReply),
    **fragments.METHODS,
    **outcomes.RISK_METHODS,
    **dict.fromkeys(bodies.BODIES, (CommandEnvelope, CommandReply)),
}
