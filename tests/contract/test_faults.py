"""Whatever is wrong with a value has a code, which a person reads in the own language."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from contracts.bodies import COMMAND_BODIES
from contracts.faults import FAULTS
from gateway.http.validation_errors import fault_in, flatten_messages, localised
from tests.contract.test_error_codes import name_of, trees
from tests.contract.test_numbers import schemas

SOMEBODY = "6f1c1f0e-3b0a-4f0c-9f57-0f3f4c7f6a10"

GIVEN_BY_SCHEMAS = {"unknown", "null", "length"}
"""Codes that only marshmallow's own messages are."""

RAISING = {"ValidationError": 0, "invalid": 1, "fault": 1}
"""What refuses a value → which of its arguments is the code."""


def written() -> Iterator[tuple[str, ast.expr | None]]:
    """Where a value is refused, as `file:line`, and what is given for its code."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in RAISING:
                place = RAISING[name_of(node.func)]
                argument = node.args[place] if len(node.args) > place else None
                yield f"{path}:{node.lineno}", argument


def test_every_refusal_of_a_value_names_one_of_the_codes() -> None:
    """A sentence in English would be all that a person reads, or nothing."""
    named = {
        place: argument.value if isinstance(argument, ast.Constant) else None
        for place, argument in written()
        # `invalid` passes on what it is given.
        if not (isinstance(argument, ast.Name) and place.startswith("casework/command.py"))
    }

    assert len(named) > 50
    assert {place: code for place, code in named.items() if code not in FAULTS} == {}
    assert set(FAULTS) - set(named.values()) <= GIVEN_BY_SCHEMAS | {"choice", "pattern", "range"}


def inner(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    """The field, and those in it, but for nested schemas."""
    yield field
    if isinstance(field, fields.List):
        yield from inner(field.inner)
    if isinstance(field, fields.Tuple):
        for each in field.tuple_fields:
            yield from inner(each)
    if isinstance(field, fields.Dict):
        for part in (field.key_field, field.value_field):
            if part is not None:
                yield from inner(part)


CODES = {"required": "missing", "null": "null", "too_large": "range"}
"""Names of marshmallow's messages → codes; every other says that the type is another."""


def test_what_marshmallow_writes_has_the_right_code() -> None:
    """Another version with other words would call everything a wrong type."""
    for schema in schemas():
        assert fault_in(schema.error_messages["unknown"]) == {"code": "unknown"}
        for field in (each for one in schema.fields.values() for each in inner(one)):
            for name, message in field.error_messages.items():
                assert fault_in(message) == {"code": CODES.get(name, "type")}, message


def refusal_by(validator: Any, value: Any) -> dict[str, Any]:
    """The fault in what a validator says of a value."""
    with pytest.raises(ValidationError) as refused:
        validator(value)
    [fault] = flatten_messages(refused.value.messages, "/x")
    return fault


def test_what_a_validator_writes_has_the_right_code_and_bounds() -> None:
    """Somebody would guess how long a text may be, or which words there are."""
    cases: list[tuple[Any, Any, dict[str, Any]]] = [
        (validate.Range(1, 9), 10, {"code": "range", "least": "1", "most": "9"}),
        (validate.Range(1), 0, {"code": "range", "least": "1"}),
        (validate.Range(max=9), 10, {"code": "range", "most": "9"}),
        (validate.Length(1, 9), "", {"code": "length", "least": "1", "most": "9"}),
        (validate.Length(1), "", {"code": "length", "least": "1"}),
        (validate.Length(max=2), "xyz", {"code": "length", "most": "2"}),
        (validate.Length(equal=2), "xyz", {"code": "length", "most": "2"}),
        (validate.OneOf(("a", "b")), "c", {"code": "choice", "choices": ["a", "b"]}),
        (validate.Equal(True), False, {"code": "choice"}),
        (validate.Regexp("x"), "y", {"code": "pattern"}),
    ]
    for validator, value, expected in cases:
        assert refusal_by(validator, value) == {"pointer": "/x", **expected}
    used = {
        type(validator)
        for schema in schemas()
        for one in schema.fields.values()
        for field in inner(one)
        for validator in field.validators
        if isinstance(validator, validate.Validator)
    }
    assert used <= {type(validator) for validator, _, _ in cases}


def test_a_sentence_that_nobody_foresaw_is_no_error_of_ours() -> None:
    """A service of another version may name a code that this gateway does not know yet."""
    assert localised([{"pointer": "/x", "code": "A new rule."}], "en") == [
        {"pointer": "/x", "code": "type", "detail": "This is not of the right kind."}
    ]


RULES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a deferral without a day": (
        "record_informing",
        {"subject": SOMEBODY, "state": "deferred", "reason": "later"},
        "/review_on",
        "deferral_unexplained",
    ),
    "a refusal without a ground": (
        "answer_forming",
        {"answer": "declined"},
        "/ground",
        "ground_not_with_answer",
    ),
    "an extension without a day": (
        "record_follow_up",
        {
            "result": "extend",
            "new_facts": False,
            "under_control": True,
            "text": "x",
            "summary": "x",
            "safety_check": {"judgement": "safe", "text": "x", "summary": "x"},
        },
        "/next_on",
        "next_on_not_with_result",
    ),
}


@pytest.mark.parametrize(("command", "body", "pointer", "code"), RULES.values(), ids=RULES)
def test_a_rule_between_members_names_its_code_at_its_place(
    command: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    """A person would look for the mistake elsewhere."""
    with pytest.raises(ValidationError) as refused:
        COMMAND_BODIES[command]().load(body)
    assert {"pointer": pointer, "code": code} in list(flatten_messages(refused.value.messages))
