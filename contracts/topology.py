"""Who subscribes to which events, and who may call whom: the one table behind broker and code."""

from typing import Final

from contracts.bodies import plans, risk

EVENTS_EXCHANGE: Final = "ketenaanpak.events"

CASE_LIFE: Final = (
    "intake.referral_submitted",
    "intake.case_taken_on_agenda",
    "intake.case_withdrawn",
    "intake.forming_completed",
    "intake.forming_reopened",
    "intake.case_declined",
    "intake.case_accepted",
    "intake.case_promoted",
    "intake.execution_started",
    "intake.case_concluded",
    "intake.case_closed",
    "intake.case_reopened",
    "intake.case_taken_over",
)
"""What changes the stage of a case."""

SUBSCRIPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "notifications": (
        *CASE_LIFE,
        "intake.crisis_raised",
        "intake.crisis_ended",
        "intake.answers_complete",
        "intake.information_requested",
        "intake.information_request_answered",
        "intake.informing_recorded",
        "intake.informing_confirmed",
        "intake.participant_invited",
        "intake.conflict_declared",
        "intake.wall_raised",
        "intake.wall_question_asked",
        "intake.wall_answered",
        "intake.direction_ended",
        "intake.possible_match_noticed",
        "intake.weak_match_noticed",
        "intake.session_scheduled",
        "intake.session_moved",
        "intake.session_cancelled",
        "intake.case_taken_off_agenda",
        "intake.visit_planned",
        "intake.visit_moved",
        "intake.visit_given_back",
        "intake.information_request_withdrawn",
        "intake.information_request_reopened",
        "intake.answer_lapsed",
        "intake.referral_corrected",
        "intake.referral_part_withdrawn",
        "intake.executor_withdrawn",
        "intake.involved_service_added",
        "intake.informing_corrected",
        "intake.person_added",
        "intake.person_corrected",
        "intake.director_appointed",
        "intake.direction_mandate_recorded",
        "intake.emergency_opened",
        "intake.emergency_reviewed",
        "intake.follow_up_extended",
        "risk.assessment_recorded",
        "risk.weighing_opened",
        "risk.weighing_positions_complete",
        "risk.weighing_closed",
        "plans.plan_proposed",
        "plans.plan_position_taken",
        "plans.plan_adopted",
        "plans.action_updated",
        "plans.decision_recorded",
        "plans.progress_reported",
        "plans.safety_checked",
        "plans.unsafe_reported",
        "plans.safety_cleared",
        "plans.conclusion_drawn",
        "plans.follow_up_recorded",
    ),
    "audit": ("#",),
}
"""Service → routing keys (`<source>.<event_type>`) that its event queue is bound with."""

CALLERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "gateway": {
        "intake": ("*",),
        "risk": ("ping", "instruments", "instrument", "read_fragments", *risk.BODIES),
        "plans": ("ping", "read_fragments", *plans.BODIES),
        "notifications": ("ping", "inbox", "open_message", "mark_read"),
        "audit": ("*",),
    },
    "intake": {
        "risk": ("weighing_outcome",),
        "plans": (
            "plan_outcome",
            "conclusion_outcome",
            "follow_up_outcome",
            "service_followers",
        ),
        "notifications": ("lacking",),
        "audit": ("lacking",),
    },
    "risk": {"notifications": ("lacking",), "audit": ("lacking",)},
    "plans": {"notifications": ("lacking",), "audit": ("lacking",)},
}
"""Caller → service → methods; a service answers nobody else."""
