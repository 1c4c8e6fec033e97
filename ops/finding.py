"""What a look at one part of the platform told."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What one look at one part told; `remedy` is empty when nothing is to be done."""

    part: str
    state: Literal["well", "look", "wrong"]
    told: str
    remedy: str = ""
