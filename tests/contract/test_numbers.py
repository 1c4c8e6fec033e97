"""Whole numbers have bounds wherever they cross a wire, and are written in one way."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from contracts.bodies import COMMAND_BODIES
from contracts.events import EVENTS
from contracts.fields import LARGEST_WHOLE, Digits, Strict, Whole
from contracts.rpc import METHODS
from gateway.app import PREFIX
from tests.unit.gateway.fakes import Platform

ROOT = Path(__file__).parents[2]
INSTRUMENTS = "services/risk/instruments/schema.json"


def schemas() -> Iterator[Schema]:
    """Every schema that is defined, be it of a body, a query, an answer, a call or an event."""
    assert COMMAND_BODIES
    assert EVENTS
    assert METHODS
    assert PREFIX
    waiting: list[type[Schema]] = [Schema]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.split(".")[0] in ("contracts", "gateway", "services", "casework"):
                yield kind()


def numbers(field: fields.Field[Any]) -> Iterator[fields.Number[Any]]:
    """The numbers in a field, however deep; those of nested schemas are found with these."""
    if isinstance(field, fields.Number):
        yield field
    elif isinstance(field, fields.List):
        yield from numbers(field.inner)
    elif isinstance(field, fields.Tuple):
        yield from chain.from_iterable(map(numbers, field.tuple_fields))
    elif isinstance(field, fields.Dict) and field.value_field is not None:
        yield from numbers(field.value_field)


def test_every_number_has_bounds() -> None:
    """A number beyond what the database or another reader of JSON holds is an error of ours."""
    found = [
        (type(schema).__qualname__, name, number)
        for schema in schemas()
        for name, field in schema.fields.items()
        for number in numbers(field)
    ]

    assert len(found) > 25
    for schema, name, number in found:
        ranges = [each for each in number.validators if isinstance(each, validate.Range)]
        assert isinstance(number, Whole), (schema, name)
        assert len(ranges) == 1, (schema, name)
        assert 0 <= ranges[0].min <= ranges[0].max <= LARGEST_WHOLE, (schema, name)


def integers(value: Any) -> Iterator[dict[str, Any]]:
    """The integers that a JSON Schema describes, however deep."""
    if isinstance(value, dict):
        if "integer" in (value.get("type") or ()):
            yield value
        yield from chain.from_iterable(map(integers, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(integers, value))


def test_the_numbers_of_the_document_have_bounds() -> None:
    """A client would send what is refused."""
    document = Platform().client().get(f"{PREFIX}/openapi.json").json

    found = list(integers(document))
    assert len(found) > 10
    assert all({"minimum", "maximum"} <= set(each) for each in found)


def test_the_numbers_of_agreements_and_instruments_have_bounds() -> None:
    """A term of a million years is a day that no calendar has: each command would fail on it."""
    files = [*(ROOT / "services").rglob("schemas/*.json"), ROOT / INSTRUMENTS]
    found = [
        (file.name, each)
        for file in files
        for each in integers(json.loads(file.read_text(encoding="utf-8")))
        # What only narrows a type that is bounded beside it.
        if each != {"type": ["integer", "string"]}
    ]
    assert len(found) > 10
    assert [one for one in found if not {"minimum", "maximum"} <= set(one[1])] == []


class _Limits(Strict):
    number = Whole(1, 100)
    digits = Digits(1, 100)


WRONG: tuple[Any, ...] = (0, 101, -1, 2**53, 2**63, 10**400, 1.0, 1e300, True, "1", "１", None)
WRONG_DIGITS = ("0", "101", "-1", "+1", "01", " 1", "1 ", "1_0", "1.0", "1e1", "1e400", "１２", "²")


@pytest.mark.parametrize("value", WRONG)
def test_a_number_out_of_bounds_or_of_another_type_is_refused(value: Any) -> None:
    """It would break what stores it, or be taken for another number."""
    with pytest.raises(ValidationError):
        _Limits().load({"number": value})


@pytest.mark.parametrize("value", [*WRONG_DIGITS, "9" * 400, "", "١"])
def test_digits_are_those_of_ascii_without_more(value: str) -> None:
    """Two ways to write one number are two cache keys, and two readings."""
    with pytest.raises(ValidationError):
        _Limits().load({"digits": value})


def test_the_bounds_themselves_are_taken() -> None:
    """The last page would be refused."""
    assert _Limits().load({"number": 100, "digits": "1"}) == {"number": 100, "digits": 1}
