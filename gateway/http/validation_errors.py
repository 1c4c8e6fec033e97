"""Errors in a body or query: where, of which kind, and a sentence for the person who sent it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gateway import texts

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
    ("national_number", r"not a valid national number"),
    ("contradiction", r"contradicts"),
    ("type", r"Not a valid|Invalid (input|value|number)"),
)
"""Kinds of errors, by the first words of the messages of marshmallow and of contracts.fields."""

_KINDS = tuple((kind, re.compile(words)) for kind, words in KINDS)
RULE: Final = "rule"
"""The kind of an error against a rule of one document; its message says which."""


def flatten_messages(messages: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """marshmallow's messages one by one: {"pointer": a JSON pointer (RFC 6901), "detail": …}.

    The detail is the schema's message, in English; it never has the value itself.
    """
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + _escaped(str(name))
            yield from flatten_messages(inner, pointer + step)
    elif isinstance(messages, (list, tuple)):
        for message in messages:
            yield from flatten_messages(message, pointer)
    else:
        yield {"pointer": pointer, "detail": str(messages)}


def localised(errors: Iterable[Mapping[str, str]], language: str) -> list[dict[str, str]]:
    """The errors, each {"pointer", "detail"}, as a problem document lists them in `language`."""
    return [
        {
            "pointer": each["pointer"],
            "code": kind_of(each["detail"]),
            "detail": texts.validation_error(language, kind_of(each["detail"])),
            "note": each["detail"],
        }
        for each in errors
    ]


def kind_of(message: str) -> str:
    """The kind of error that a schema's message is about."""
    return next((kind for kind, words in _KINDS if words.match(message)), RULE)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
