"""The codes of errors that cross a wire, and the HTTP status of each.

`chassis/errors.py` has the classes that carry them: refuse, retry, park.
"""

from typing import Final

STATUS: Final[dict[str, int]] = {
    # who is asking
    "token_missing": 401,
    "token_invalid": 401,
    "purpose_missing": 400,
    "purpose_not_allowed": 403,
    "not_allowed": 403,
    # what is asked
    "not_found": 404,
    "content_destroyed": 410,
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
    "unknown_method": 503,
    "caller_refused": 503,
    "message_mangled": 503,
    "event_invalid": 503,
    "internal_error": 500,
}
"""Every code, and the HTTP status that the gateway answers with."""
