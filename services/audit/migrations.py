"""The migrations of audit: none. What was recorded is never changed."""

from typing import Final

from chassis.migrations import Step

STEPS: Final[tuple[Step, ...]] = ()
