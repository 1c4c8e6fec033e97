"""The migrations of risk, in the order in which they are run."""

from typing import Final

from casework.migrations import EMPTY_REGISTER
from chassis.migrations import Step

STEPS: Final[tuple[Step, ...]] = (EMPTY_REGISTER,)
