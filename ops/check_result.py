"""The result of checking one part of the platform."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CheckResult:
    """The result of one check; `remedy` is empty when nothing is to be done."""

    part: str
    state: Literal["well", "look", "wrong"]
    detail: str
    remedy: str = ""
