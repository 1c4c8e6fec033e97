"""Strict field types: JSON says exactly what it means or the message is refused."""

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts import plain_text
from contracts.days import DayBounds
from contracts.national_number import read_national_number
from contracts.rfc3339 import parse_day, parse_moment

LINE = 200
SUMMARY = 500
TEXT = 10_000
LARGEST_WHOLE = 2**53 - 1
"""The largest whole number that every reader of JSON takes for the same one (RFC 7493, 2.2)."""

_DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")
_OF_OUR_TIME = validate.Range(date(1900, 1, 1), date(2199, 12, 31))
_IN_OUR_TIME = validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))
_PARTIAL_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_CODE = validate.Regexp(r"\A[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z")


class Strict(Schema):
    """A schema that refuses unknown fields (marshmallow's default, said here for the reader)."""


class Text(fields.String):
    """A text that a reader can see, of at most `limit` code points; a line end is one.

    CRLF and CR become LF; everything else is kept exactly, blanks at its ends and the form of
    accented letters too, so that it is read as it was written. What compares texts folds them.

    Refused: what has no visible sign, as empty; what has a sign that changes or hides what a reader
    sees (`plain_text.has_control`); a random id or what looks like one, because it would name what
    its reader may not know of. Private use, signs that Unicode has not assigned yet, joiners, soft
    hyphens, variation selectors and direction marks are taken.
    """

    def __init__(self, limit: int = TEXT, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=limit), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        given = super()._deserialize(value, attr, data, **kwargs)
        text = plain_text.with_line_feeds(given)
        if plain_text.has_control(text):
            raise ValidationError("control")
        if plain_text.names_id(text):
            raise ValidationError("named_id")
        if text and not plain_text.is_visible(text):
            raise ValidationError("length")
        return text


class Flag(fields.Boolean):
    """true or false; not "yes", 1 or "on"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number from `least` to `most`, as JSON has it; not "1", 1.0 or true."""

    def __init__(self, least: int = 0, most: int = LARGEST_WHOLE, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)


class Digits(Whole):
    """A whole number in a query: ASCII digits, without a sign, blanks or leading zeros."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(int(value), attr, data, **kwargs)


class RandomId(fields.String):
    """A UUID in its canonical form: ids are random and tell nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            canonical = str(uuid.UUID(text))
        except ValueError as error:
            raise ValidationError("pattern") from error
        if canonical != text:
            raise ValidationError("pattern")
        return text


class Code(fields.String):
    """A short machine word: a partner, an agreement, a person or a municipality by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_CODE, **kwargs)


class OneOf(fields.String):
    """One word of a closed list."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(tuple(words)), **kwargs)


class Day(fields.Date):
    """A calendar day, `full-date` of RFC 3339 (`2026-03-01`), of the years 1900 to 2199.

    A body does not take any day, but one of those below, which are bounded on either side.
    """

    bounds: DayBounds | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_OF_OUR_TIME, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return _parsed(parse_day, value)


class PastDay(Day):
    """A day that has come: today in Brussels at the latest."""

    bounds = DayBounds()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"description": "Not after today."}, **kwargs)


class ComingDay(Day):
    """A day to come, from `soonest` days ahead (today) up to as many as the term `latest` says."""

    def __init__(self, latest: str, soonest: int = 0, **kwargs: Any) -> None:
        super().__init__(metadata={"description": _ahead(latest, soonest)}, **kwargs)
        self.bounds = DayBounds(soonest, latest)


class PartialDay(fields.String):
    """A birth date as far as it is known, from 1900: `1985`, `1985-06` or `1985-06-14`.

    Loaded as the text that was given. The first day that it can be is not after today.
    """

    bounds = DayBounds()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": _PARTIAL_DAY.pattern}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            _OF_OUR_TIME(first_day(text))
        except ValueError as error:
            raise ValidationError("type") from error
        return text


def first_day(partial_day: str) -> date:
    """The first day that a `PartialDay` can be; raises ValueError for a text that is none."""
    if not _PARTIAL_DAY.fullmatch(partial_day):
        raise ValueError("not a day, a month or a year")
    return date.fromisoformat(partial_day + "-01-01"[len(partial_day) - 4 :])


class NationalNumber(fields.String):
    """A Belgian national number or bis number, loaded as its eleven digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return read_national_number(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as error:
            raise ValidationError("national_number") from error


class Moment(fields.AwareDateTime):
    """A moment, `date-time` of RFC 3339, of the years 1900 to 2199; in UTC once it was read.

    See `contracts.rfc3339.parse_moment` for what is taken. A body takes one with bounds.
    """

    bounds: DayBounds | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_IN_OUR_TIME, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return _parsed(parse_moment, value)


class ComingMoment(Moment):
    """A moment of a day to come, from today up to as many days ahead as the term `latest` says."""

    def __init__(self, latest: str, **kwargs: Any) -> None:
        super().__init__(metadata={"description": _ahead(latest, 0)}, **kwargs)
        self.bounds = DayBounds(0, latest)


def _ahead(latest: str, soonest: int) -> str:
    first = "today" if soonest == 0 else f"{soonest} day ahead"
    return f"From {first} up to as many days ahead as the agreement says (`{latest}`)."


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    try:
        if not isinstance(value, str):
            raise ValueError("no text")
        return parse(value)
    except ValueError as error:
        raise ValidationError("type") from error


def codes(limit: int = 50, least: int = 0, **kwargs: Any) -> "fields.List[Any]":
    """A list of `least` to `limit` different codes."""
    return fields.List(
        Code(), validate=(validate.Length(min=least, max=limit), _different), **kwargs
    )


def ids(limit: int = 50, least: int = 0, **kwargs: Any) -> "fields.List[Any]":
    """A list of `least` to `limit` different random ids."""
    return fields.List(
        RandomId(), validate=(validate.Length(min=least, max=limit), _different), **kwargs
    )


def many(schema: type[Schema], least: int = 0, most: int = 50, **kwargs: Any) -> "fields.List[Any]":
    """A list of `least` to `most` documents of `schema`."""
    return fields.List(
        fields.Nested(schema), validate=validate.Length(min=least, max=most), **kwargs
    )


def _different(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("repeated")
