"""Validation of messages by their schema; what is not valid is refused or parked."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from chassis.errors import Park, Refuse

M = TypeVar("M")
R = TypeVar("R")


def load(schema: type[Schema], document: Any) -> dict[str, Any]:
    """The document as `schema` loads it.

    Raises Refuse("validation_failed") that names the members at fault, never their values.
    """
    try:
        loaded: dict[str, Any] = _instance(schema).load(document)
    except ValidationError as error:
        raise Refuse("validation_failed", fields=sorted(error.messages_dict)) from None
    return loaded


def dump(schema: type[Schema], value: Any) -> dict[str, Any]:
    """The members of `schema` that the value has, as JSON: an allow-list."""
    dumped: dict[str, Any] = _instance(schema).dump(value)
    return dumped


def read_or_park(read: Callable[[M], R], message: M) -> R:
    """What `read` makes of a message; Park("event_invalid") when that is a ValidationError."""
    try:
        return read(message)
    except ValidationError as error:
        raise Park("event_invalid", "the event does not fit its schema") from error


@cache
def _instance(schema: type[Schema]) -> Schema:
    return schema()
