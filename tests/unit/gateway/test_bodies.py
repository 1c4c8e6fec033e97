"""JSON is taken only when it says exactly one thing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.errors import Refuse
from gateway.http.bodies import DEEPEST, parse

words = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**60), 2**60) | words,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_means_one_thing_is_read_as_that(value: Any) -> None:
    """Strictness must not lose anybody's words."""
    assert parse(json.dumps(value).encode()) == value


@given(some.binary(max_size=200))
def test_anything_else_is_refused_and_never_breaks(raw: bytes) -> None:
    """Whatever is sent, the answer is a value or one refusal."""
    try:
        read = json.loads(raw.decode())
    except ValueError:
        with pytest.raises(Refuse, match="malformed_json"):
            parse(raw)
    else:
        assert parse(raw) == read


@given(values, words)
def test_a_key_that_stands_twice_is_refused_wherever_it_stands(value: Any, key: str) -> None:
    """Two readers would each believe another one."""
    pair = f"{json.dumps(key)}: {json.dumps(value)}"

    with pytest.raises(Refuse, match="malformed_json"):
        parse(f'{{"outer": [{{{pair}, {pair}}}]}}'.encode())


def test_depth_is_bounded() -> None:
    """The bound is what it says."""
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(Refuse, match="malformed_json"):
        parse(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
