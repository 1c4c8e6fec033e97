"""Who hears whom on the bus, and who may call whom: the one table behind broker and code."""

from typing import Final

EVENTS_EXCHANGE: Final = "ketenaanpak.events"

_CASE_LIFE = (
    "intake.referral_submitted",
    "intake.case_taken_on_agenda",
    "intake.case_withdrawn",
    "intake.forming_completed",
    "intake.forming_reopened",
)

SUBSCRIPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "risk": _CASE_LIFE,
    "plans": _CASE_LIFE,
    "notifications": (
        "intake.referral_submitted",
        "intake.case_taken_on_agenda",
        "intake.case_withdrawn",
        "intake.crisis_raised",
        "intake.information_requested",
        "intake.information_request_answered",
        "intake.participant_invited",
        "intake.conflict_declared",
        "intake.possible_match_noticed",
        "intake.session_scheduled",
    ),
    "audit": ("#",),
}
"""Service → routing keys (`<source>.<event_type>`) that its event queue is bound with."""

CALLERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "gateway": {
        "intake": ("*",),
        "risk": ("ping",),
        "plans": ("ping",),
        "notifications": ("ping", "inbox", "open_message", "mark_read"),
        "audit": ("*",),
    },
    "intake": {
        "risk": ("weighing_outcome", "lacking"),
        "plans": ("plan_outcome", "conclusion_outcome", "follow_up_outcome", "lacking"),
        "notifications": ("lacking",),
        "audit": ("lacking",),
    },
}
"""Caller → service → methods; a service answers nobody else."""
