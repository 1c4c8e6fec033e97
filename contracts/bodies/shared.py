"""Bodies that commands of several services share."""

from marshmallow import ValidationError

from contracts import vocabulary as words
from contracts.fields import SUMMARY, OneOf, Strict, Text


class NoBody(Strict):
    """A command that needs no words."""


class SafetyCheckBody(Strict):
    """How safe victims are at this moment (veiligheidscheck); every step holds one."""

    judgement = OneOf(words.SAFETY_JUDGEMENTS, required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)


def ground_goes_with(data: "dict[str, object]", member: str, wanting: "tuple[str, ...]") -> None:
    """Raises ValidationError unless there is a ground where `member` is one of `wanting`."""
    if data.get(member) in wanting and "ground" not in data:
        raise ValidationError("missing", "ground")
