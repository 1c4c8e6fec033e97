"""The migrations of notifications, in the order in which they are run."""

from typing import Final

from chassis.migrations import Step

STEPS: Final[tuple[Step, ...]] = ()
