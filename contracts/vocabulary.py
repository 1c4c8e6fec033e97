"""The closed lists of words that services, gateway and policy share (domain.md, 2 to 7)."""

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

INTERESTS: Final = ("kin", "other_interest")
"""A conflict of interest that a person declares for a case."""

PURPOSES: Final = (
    "referral",
    "case_consultation",
    "coordination",
    "audit",
    "own_tasks",
)
"""The purpose of use that a caller states with every call."""

LANGUAGES: Final = ("nl", "fr", "en")
