"""The days and moments of a command's body, held to the bounds that its schema declares."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from marshmallow import fields

from casework.command import Command, invalid
from contracts.bodies import COMMAND_BODIES
from contracts.days import day_of
from contracts.fields import first_day


def check_days(command: Command) -> None:
    """Raises Refuse("validation_failed") for the first day outside its bounds.

    They are counted from today and from what the terms of the command say. It is part of what the
    rules check, so that a command that is sent again later still gets the outcome that was kept.
    """
    for pointer, field, value in _days(_members(command.name), command.body, ""):
        first, last = field.bounds.between(command.today, command.terms)
        if not first <= _day(value) <= last:
            raise invalid(pointer, "range", least=_shown(first), most=last.isoformat())


def _day(value: date | str) -> date:
    """The day that is held to bounds: of a birth date known in part, the first that it can be."""
    if isinstance(value, str):
        return first_day(value)
    return day_of(value) if isinstance(value, datetime) else value


def _shown(first: date) -> str | None:
    return None if first == date.min else first.isoformat()


@cache
def _members(name: str) -> Mapping[str, Any]:
    return COMMAND_BODIES[name]().fields


def _days(
    members: Mapping[str, Any], body: Mapping[str, Any], pointer: str
) -> Iterator[tuple[str, Any, date | str]]:
    """JSON pointer, field and value of every member that is a day or a moment with bounds."""
    for name, field in members.items():
        if name in body:
            yield from _in(field, body[name], f"{pointer}/{name}")


def _in(field: Any, value: Any, pointer: str) -> Iterator[tuple[str, Any, date | str]]:
    if isinstance(field, fields.Nested):
        yield from _days(field.schema.fields, value, pointer)
    elif isinstance(field, fields.List):
        for index, one in enumerate(value):
            yield from _in(field.inner, one, f"{pointer}/{index}")
    elif getattr(field, "bounds", None) is not None:
        yield pointer, field, value
