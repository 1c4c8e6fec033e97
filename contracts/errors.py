"""Errors that cross a wire, each with a stable code, and the HTTP status that tells it.

An error is named by what the one who meets it does next: **refuse** (the request is at fault; do
not send it again as it is), **retry** (a part is missing; the same request may succeed later) or
**park** (a message that no retry will mend).
"""

from typing import Any, ClassVar, Final


class CodedError(Exception):
    """An error with a code from `STATUS`; `detail` and `members` never hold personal data."""

    next_step: ClassVar[str] = "refuse"

    def __init__(self, code: str, detail: str = "", **members: Any) -> None:
        if code not in STATUS:
            raise ValueError(f"no such error code: {code}")
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.members = members


class Refuse(CodedError):
    """The request is at fault and changed nothing."""


class Retry(CodedError):
    """A part is missing or busy; the same request may succeed later."""

    next_step = "retry"


class Park(CodedError):
    """A message that no retry will mend: set aside for a person."""

    next_step = "park"


STATUS: Final[dict[str, int]] = {
    # who is asking
    "token_missing": 401,
    "token_invalid": 401,
    "purpose_missing": 400,
    "purpose_not_allowed": 403,
    "not_allowed": 403,
    # what is asked
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "request_malformed": 400,
    "address_too_long": 414,
    "headers_too_large": 431,
    "malformed_json": 400,
    "unsupported_media_type": 415,
    "body_too_large": 413,
    "validation_failed": 422,
    "cursor_invalid": 400,
    # the state it meets
    "illegal_transition": 409,
    "precondition_failed": 412,
    "precondition_required": 428,
    "precondition_unmet": 409,
    "already_answered": 409,
    "already_recalled": 409,
    "already_on_agenda": 409,
    "facts_changed": 409,
    "idempotency_key_missing": 400,
    "idempotency_key_reused": 422,
    "command_in_flight": 409,
    "unknown_subject": 422,
    "too_many": 429,
    # what is missing behind
    "service_unavailable": 503,
    "policy_unavailable": 503,
    "audit_unavailable": 503,
    "outcome_unknown": 503,
    "conflict": 503,
    "message_mangled": 503,
    "event_invalid": 503,
    "internal_error": 500,
}
"""Every code, and the HTTP status that the gateway answers with."""
