"""What an earlier version stored of the deadlines of a case, in the present form.

That version ended for good what the end of a case now only suspends, ended a follow-up by the
record of it, and had no deadline for a stage. Another escalated everything once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.notifications.domain.deadline_state import KindState

SUSPENDED: Final = ("question", "action", "positions", "mandates", "report", "informing")
"""The kinds that a case takes up again when it is reopened."""

OVER: Final = ("concluded", "closed", "declined")
"""The stages in which they stand still."""

AT_STAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "referred": ("referred",),
    "forming": ("forming",),
    "weighing": ("weighing",),
    "waiting": ("waiting", "safety_check"),
    "accepted": ("accepted",),
}
"""Stage → the deadlines that run in it."""

REPEATED: Final = ("safety_check", "reopening", "crisis")
"""The kinds that fell silent once they were escalated, and are escalated again now."""

TIME_TO_ACT: Final = timedelta(days=14)
"""Days from the upgrade until the deadline of a stage reminds: when it began is not known."""


def kind_states(stage: str, ended: Mapping[str, str], plan_adopted_at: str) -> dict[str, KindState]:
    """Kind → what became of it, by when all of it had ended.

    The actions of the plan that was adopted last, at `plan_adopted_at` (empty without one), go on
    when the case does; those of plans before it stay ended.
    """
    states = {kind: KindState(ended_at=at) for kind, at in ended.items()}
    if stage == "withdrawn":
        return states
    for kind in SUSPENDED:
        at = ended.get(kind, "")
        replaced_at = min(at, plan_adopted_at) if kind == "action" else ""
        if at > replaced_at:
            standing_still = stage in OVER
            states[kind] = KindState(replaced_at, at, standing_still, at)
    return states
