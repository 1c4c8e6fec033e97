"""Strict field types: JSON says exactly what it means or the message is refused."""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts.national_number import read_national_number

LINE = 200
SUMMARY = 500
TEXT = 10_000
LARGEST_WHOLE = 2**53 - 1
"""The largest whole number that every reader of JSON takes for the same one (RFC 7493, 2.2)."""

_DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")
_ID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OF_OUR_TIME = validate.Range(date(1900, 1, 1), date(2199, 12, 31))
_IN_OUR_TIME = validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))
_PARTIAL_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_CODE = validate.Regexp(r"\A[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z")


class Strict(Schema):
    """A schema that refuses unknown fields (marshmallow's default, said here for the reader)."""


class Text(fields.String):
    """A non-empty text of at most `limit` characters, NFC, without control characters.

    It holds no random id either: an id in a text would name what its reader may not know of.
    """

    def __init__(self, limit: int = TEXT, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=limit), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
            raise ValidationError("control")
        if _ID.search(text):
            raise ValidationError("named_id")
        return text.strip()


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
    """A calendar day, ISO 8601 (`2026-03-01`), of somebody's life or of what is planned."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_OF_OUR_TIME, **kwargs)


class PartialDay(fields.String):
    """A birth date as far as it is known, from 1900: `1985`, `1985-06` or `1985-06-14`.

    Loaded as the text that was given.
    """

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
    """A moment in UTC, ISO 8601 on the wire."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_IN_OUR_TIME, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


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
