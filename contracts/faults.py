"""What can be wrong with a value that was filled in: a code each, with texts in gateway/texts.

Whoever refuses a value names one of these codes, in a `ValidationError` of a schema as its whole
message, or by `casework.command.invalid`.
"""

from typing import Final

FAULTS: Final = (
    # of one value
    "missing",
    "unknown",
    "null",
    "type",
    "pattern",
    "choice",
    "length",
    "range",
    "repeated",
    "control",
    "named_id",
    "national_number",
    # of a value beside others
    "address_or_contact_missing",
    "band_not_graver",
    "contradiction",
    "deferral_unexplained",
    "goal_or_ground",
    "ground_not_with_answer",
    "ground_not_with_result",
    "instrument_unknown",
    "item_not_with_outcome",
    "next_on_not_with_result",
    "not_every_aim_once",
    "not_every_domain_once",
    "not_safe_to_close",
    "not_safely_told",
    "not_the_one_of_its_kind",
    "reason_not_with_state",
    "ref_unknown",
    "service_unnamed",
    "subject_unnamed",
    "uninformed_unexplained",
    "victim_unnamed",
)
"""The codes, which are stable."""
