"""The closed lists of words that services, gateway, policy share (domain.md, sections 2 to 8)."""

from typing import Final

SERVICES: Final = ("intake", "risk", "plans", "notifications", "audit")

CATEGORIES: Final = (
    "identity",
    "whereabouts",
    "incidents",
    "judicial",
    "safety",
    "children",
    "physical_health",
    "mental_health",
    "substance_use",
    "relationships",
    "housing",
    "work_income",
    "assistance",
    "protective_factors",
    "client_voice",
    "joint",
)
"""What a fragment is about; policy gives each category a level per viewer."""

OFFERED_CATEGORIES: Final = tuple(c for c in CATEGORIES if c not in ("identity", "joint"))
"""The categories in which a partner offers an information item."""

LEVELS: Final = ("none", "summary", "full")
"""How much of a fragment is released, from least to most."""

STAGES: Final = (
    "referred",
    "forming",
    "weighing",
    "waiting",
    "accepted",
    "active",
    "concluded",
    "closed",
    "declined",
    "withdrawn",
)
"""The life of a case (dossier)."""

TRANSITIONS: Final = (
    "take_on_agenda",
    "withdraw",
    "complete_forming",
    "reopen_forming",
    "decline",
    "accept",
    "promote",
    "start_execution",
    "conclude",
    "extend",
    "close",
    "reopen",
)
"""The commands that change a case's stage; intake's table says from where to where."""

DOMAINS: Final = ("justice", "care", "local_government")
"""The three domains that partners (kernpartners) come from."""

MANDATE_ROLES: Final = (
    "team_member",
    "chair",
    "referrer",
    "coordination_team",
    "steering_group",
    "auditor",
)
"""What a mandate (mandaat) lets a person act as. The case director is a fact of a case."""

CLIENT_ROLES: Final = ("victim", "perpetrator", "child", "other")
"""Roles in the client system (cliëntsysteem); a person may have several."""

INFORMING_STATES: Final = ("informed", "deferred", "not_possible")

CRITERIA: Final = (
    "lack_of_safety",
    "combined_approach_needed",
    "several_life_domains",
    "help_stuck",
)
"""The four criteria of a referral (aanmeldingscriteria)."""

CRITERION_ANSWERS: Final = ("yes", "no", "unknown")

ITEM_KINDS: Final = ("fact", "opinion")

FORMING_ANSWERS: Final = ("contributed", "nothing_known", "declined")
"""How a partner answers the call for contributions; `declined` never reads as "no risk"."""

SHOWN_ANSWERS: Final = (*FORMING_ANSWERS, "recalled")
"""An answer as it is shown: `recalled` when the partner took back all that it had contributed."""

REQUEST_OUTCOMES: Final = ("shared", "nothing_known", "declined")

DECLINE_GROUNDS: Final = (
    "professional_rules",
    "not_competent",
    "not_proportionate",
    "client_safety",
    "other",
)
"""Why a professional does not speak: a right, never a duty."""

WITHDRAW_GROUNDS: Final = ("situation_changed", "other_help_started", "submitted_in_error", "other")

CORRECTION_GROUNDS: Final = ("recorded_in_error", "incomplete", "situation_changed", "other")
"""Why something that was recorded is set right (domain.md, section 4)."""

REOPEN_GROUNDS: Final = ("violence_again", "new_facts", "out_of_control", "other")
"""Why a case is taken up again after it was concluded, closed or declined."""

INTERESTS: Final = ("kin", "other_interest")
"""A conflict of interest that a person declares for a case."""

WALL_CAUSES: Final = ("same_person", *INTERESTS)
"""Why a case is hidden from a person: who may be in the client system, or has an interest."""

LIFE_DOMAINS: Final = (
    "housing",
    "work_and_day_activities",
    "finances",
    "physical_health",
    "mental_health",
    "substance_use",
    "family_relations",
    "parenting_and_children",
    "social_network",
    "justice",
    "safety",
)
"""The life domains of a problem profile (kwalificatie; domain.md, section 8)."""

PROBLEM_STATES: Final = ("problem", "no_problem", "unknown")
"""What a problem profile says of a life domain; unknown is not no."""

WEIGHING_POSITIONS: Final = ("accept", "decline", "abstain")
"""How a partner stands to taking the case."""

NOT_TAKEN_GROUNDS: Final = ("not_grave_enough", "criteria_not_met")
"""Why a case is not taken."""

WEIGHING_CONCLUSIONS: Final = ("take", *NOT_TAKEN_GROUNDS)
"""How a weighing (weging) ends: people say so, never a score."""

AIMS: Final = ("stop_violence", "prevent_recurrence", "strengthen_protective_factors")
"""The three aims by which goals and outcomes are recorded."""

PLAN_POSITIONS: Final = ("approve", "object", "abstain")
"""How a partner stands to a version of the plan."""

ADOPTION_RULES: Final = ("no_objection", "majority")
"""When a version of the plan is adopted: nobody objects, or more approve than object."""

ACTION_STATES: Final = ("open", "in_progress", "done", "not_possible", "not_undertaken")

BLOCKED_STATES: Final = ("not_possible", "not_undertaken")
"""The states of an action that need a reason and a decision of the team."""

EXECUTORS: Final = ("partner", "involved_service", "client")
"""Who carries an action out."""

CONTACT_PARTIES: Final = ("client", "involved_service", "partner")
"""With whom the case director had a contact."""

TRAJECTORY_KINDS: Final = ("help", "judicial", "administrative")

TRAJECTORY_STATES: Final = ("planned", "running", "interrupted", "ended")

SAFETY_JUDGEMENTS: Final = ("safe", "unsafe", "unknown")
"""What a safety check (veiligheidscheck) says of a moment; unknown is not safe."""

AIM_OUTCOMES: Final = ("reached", "partly_reached", "not_reached")

FOLLOW_UP_RESULTS: Final = ("close", "extend", "reopen")
"""What a follow-up comes to, six months after the conclusion."""

PURPOSES: Final = (
    "referral",
    "case_consultation",
    "coordination",
    "audit",
    "own_tasks",
    "acute_danger",
)
"""The purpose of use that a caller states with every call."""

LANGUAGES: Final = ("nl", "fr", "en")
