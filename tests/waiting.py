"""Waiting for what must come true, with a bound: tests never sleep and hope."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.1


def wait_until(condition: Callable[[], T], seconds: float = 10.0, what: str = "") -> T:
    """Return the first true value of ``condition()``.

    Raises AssertionError, naming ``what`` was waited for, when ``seconds`` have passed without.
    """
    limit = time.monotonic() + seconds
    pause = _FIRST_PAUSE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"after {seconds:g} s still not: {what or condition.__name__}")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
