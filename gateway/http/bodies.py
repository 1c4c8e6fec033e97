"""JSON bodies: taken only when they say exactly one thing."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from chassis.errors import Refuse

LARGEST = 1024 * 1024
"""Bytes of the largest body."""

DEEPEST = 16
"""Levels of the deepest body; the deepest that a contract knows has five."""


def parse(raw: bytes) -> Any:
    """The JSON value of `raw`.

    Raises Refuse("malformed_json") for invalid UTF-8, a duplicate key, NaN or an infinite number,
    a lone surrogate, or a document deeper than DEEPEST.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise Refuse("malformed_json") from error
    for level, _ in enumerate(_levels(value)):
        if level >= DEEPEST:
            raise Refuse("malformed_json", "nested too deeply")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _no(_word: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _levels(value: Any) -> Iterator[None]:
    """One item for each level of nesting; every string on the way is checked."""
    level = [value]
    while level:
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                for key in each:
                    _check_unicode(key)
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
            elif isinstance(each, str):
                _check_unicode(each)
        level = below
        yield


def _check_unicode(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refuse("malformed_json", "a lone surrogate is no text") from error
