"""The migrations of notifications, in the order in which they are run."""

from typing import Final

from chassis.config import whole_number
from chassis.migrations import Step
from services.notifications.store import renewal

STEPS: Final[tuple[Step, ...]] = (
    Step(
        "renew-deadlines",
        "expand",
        "begins a deadline for the stage of each case, and lets reopening restore what ended",
        renewal.pending,
        lambda runtime: renewal.renew(runtime, whole_number("KETENAANPAK_ESCALATION_DAYS", 3)),
    ),
    Step(
        "repeat-escalations",
        "expand",
        "escalates again what endangers somebody and fell silent",
        renewal.pending_repeats,
        lambda runtime: renewal.repeat(runtime, whole_number("KETENAANPAK_ESCALATION_DAYS", 3)),
    ),
)
