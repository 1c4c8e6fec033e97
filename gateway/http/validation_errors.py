"""Errors in a body or query: where, of which kind, and a sentence for the person who sent it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from marshmallow import Schema, fields, validate

from contracts.faults import FAULTS
from gateway import texts

_WRITTEN: Final[Iterable[tuple[object, str]]] = (
    (Schema().error_messages["unknown"], "unknown"),
    (fields.Field.default_error_messages["required"], "missing"),
    (fields.Field.default_error_messages["null"], "null"),
    (fields.Number.default_error_messages["too_large"], "range"),
    (validate.Range().message_all, "range"),
    (validate.Range().message_min, "range"),
    (validate.Range().message_max, "range"),
    (validate.Length.message_all, "length"),
    (validate.Length.message_min, "length"),
    (validate.Length.message_max, "length"),
    (validate.Length.message_equal, "length"),
    (validate.OneOf.default_message, "choice"),
    (validate.Equal.default_message, "choice"),
    (validate.Regexp.default_message, "pattern"),
)
"""What marshmallow writes → the code of the fault."""

_BOUNDS: Final = {"min": "least", "max": "most", "equal": "most", "choices": "choices"}
"""The values in what marshmallow writes, by the names that an answer has for them."""

_PATTERNS: Final = tuple(
    (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(str(message)))), code)
    for message, code in _WRITTEN
)


def flatten_messages(messages: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """marshmallow's messages one by one, each with its place, a JSON pointer (RFC 6901)."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + _escaped(str(name))
            yield from flatten_messages(inner, pointer + step)
    elif isinstance(messages, (list, tuple)):
        for message in messages:
            yield from flatten_messages(message, pointer)
    else:
        yield {"pointer": pointer, **fault_in(str(messages))}


def fault_in(message: str) -> dict[str, Any]:
    """The fault that a message of a schema names: one of FAULTS, or a sentence of marshmallow.

    With it come the bounds that the value has to keep; never the value itself. Any other sentence
    of marshmallow says that the value is of another type.
    """
    if message in FAULTS:
        return {"code": message}
    for pattern, code in _PATTERNS:
        if written := pattern.fullmatch(message):
            return {"code": code, **_bounds(written.groupdict())}
    return {"code": "type"}


def localised(errors: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The errors as a problem document lists them in `language`."""
    found = ({**each, **fault_in(each["code"])} for each in errors)
    return [{**each, "detail": texts.validation_error(language, each["code"])} for each in found]


def _bounds(written: Mapping[str, str]) -> dict[str, Any]:
    bounds: dict[str, Any] = {
        _BOUNDS[name]: value for name, value in written.items() if name in _BOUNDS
    }
    if "choices" in bounds:
        bounds["choices"] = bounds["choices"].split(", ")
    return bounds


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
