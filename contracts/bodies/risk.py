"""Bodies of risk's commands: assessments and the weighing.

Sources: domain.md, section 4, step 3, and domain.md, section 8.
"""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from contracts import vocabulary as words
from contracts.bodies.shared import NoBody, ground_goes_with
from contracts.fields import (
    SUMMARY,
    Code,
    OneOf,
    PastDay,
    Strict,
    Text,
    ids,
    many,
)

_ANSWERS = fields.Dict(keys=Code(), values=Code(), required=True, validate=validate.Length(max=200))


class OverrideBody(Strict):
    """A professional judges it graver than the answers say; never less grave."""

    band = Code(required=True)
    ground = Text(required=True)


class RecordAssessmentBody(Strict):
    """An instrument (risicotaxatie-instrument) filled in for members of the client system.

    `answers` and `preconditions` are by the ids of the instrument; each needs an answer, if need
    be `unknown`. `judgement` is the band chosen in structured professional judgement.
    """

    instrument = Code(required=True)
    norm_set = Code()
    as_of = PastDay(required=True)
    subjects = ids(required=True)
    preconditions = _ANSWERS
    answers = _ANSWERS
    judgement = Code()
    override = fields.Nested(OverrideBody)
    remark = Text()

    @validates_schema
    def is_about_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data["subjects"]:
            raise ValidationError("subject_unnamed", "subjects")


class TakeWeighingPositionBody(Strict):
    """How a partner stands to taking the case."""

    position = OneOf(words.WEIGHING_POSITIONS, required=True)
    ground = Text(SUMMARY)

    @validates_schema
    def declining_has_a_ground(self, data: Mapping[str, Any], **_: Any) -> None:
        ground_goes_with(dict(data), "position", ("decline",))


class ProblemBody(Strict):
    """What the table says of one life domain."""

    domain = OneOf(words.LIFE_DOMAINS, required=True)
    state = OneOf(words.PROBLEM_STATES, required=True)
    text = Text(SUMMARY)


class WriteProblemProfileBody(Strict):
    """The problem profile (kwalificatie): every life domain, and the protective factors."""

    domains = many(ProblemBody, least=len(words.LIFE_DOMAINS), required=True)
    protective_factors = Text(required=True)

    @validates_schema
    def every_domain_once(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [each["domain"] for each in data["domains"]]
        if sorted(named) != sorted(words.LIFE_DOMAINS):
            raise ValidationError("not_every_domain_once", "domains")


class CloseWeighingBody(Strict):
    """What the table concludes, and on which assessments it rests; people say so, not a score."""

    conclusion = OneOf(words.WEIGHING_CONCLUSIONS, required=True)
    reasons = Text(required=True)
    assessments = ids(required=True)


BODIES: Final[dict[str, type[Strict]]] = {
    "record_assessment": RecordAssessmentBody,
    "recall_assessment": NoBody,
    "open_weighing": NoBody,
    "take_weighing_position": TakeWeighingPositionBody,
    "write_problem_profile": WriteProblemProfileBody,
    "close_weighing": CloseWeighingBody,
}
"""Risk's commands and their bodies; the RPC method has the command's name."""

POLICY_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "record_assessment": ("instrument",),
    "take_weighing_position": ("position",),
    "close_weighing": ("conclusion",),
}
"""The members of a body that the policy service sees; every other member stays unseen."""
