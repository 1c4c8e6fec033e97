"""Mistakes in a body or query: where, which kind, and a sentence for whoever filled it in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gateway import texts


class FieldError(NamedTuple):
    """A mistake; `message` is what the schema says of it in English, never the value itself."""

    pointer: str
    message: str


KINDS: Final = (
    ("missing", r"Missing data"),
    ("unknown", r"Unknown field"),
    ("null", r"Field may not be null"),
    ("choice", r"Must be one of|Must be equal to"),
    ("length", r"Length must be|Longer than|Shorter than"),
    ("range", r"Must be (greater|less)|Number too large"),
    ("pattern", r"String does not match|not a valid id"),
    ("repeated", r"values must differ"),
    ("control", r"control characters"),
    ("named_id", r"a text names no ids"),
    ("type", r"Not a valid|Invalid (input|value|number)"),
)
"""Kinds of mistakes, by the words with which marshmallow and our fields begin."""

_KINDS = tuple((kind, re.compile(words)) for kind, words in KINDS)
RULE: Final = "rule"
"""A rule of one document that its message tells best."""


def flatten_messages(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """marshmallow's messages as a flat list, each with the JSON pointer (RFC 6901) of its place."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + _escaped(str(name))
            yield from flatten_messages(inner, pointer + step)
    elif isinstance(messages, (list, tuple)):
        for message in messages:
            yield from flatten_messages(message, pointer)
    else:
        yield FieldError(pointer, str(messages))


def localised(errors: Any, language: str) -> list[dict[str, str]]:
    """Mistakes as a problem document tells them; of a rule its own words go along."""
    return [_localised(str(each["pointer"]), str(each["detail"]), language) for each in errors]


def kind_of(message: str) -> str:
    """The kind of mistake that a schema's message is about."""
    return next((kind for kind, words in _KINDS if words.match(message)), RULE)


def _localised(pointer: str, message: str, language: str) -> dict[str, str]:
    kind = kind_of(message)
    return {
        "pointer": pointer,
        "code": kind,
        "detail": texts.mistake(language, kind),
        "note": message,
    }


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
