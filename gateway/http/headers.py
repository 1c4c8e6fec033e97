"""The headers of a request: who calls, why, and for a command its key and version."""

import re
import uuid
from typing import Any, Final

from flask import g, request

from chassis.errors import Refuse
from chassis.logs import current_call
from contracts.vocabulary import PURPOSES
from gateway.dependencies import dependencies
from gateway.http.negotiation import accepts_json, language
from gateway.request_context import RequestContext

Header = dict[str, Any]
"""A parameter object of the OpenAPI document."""

PURPOSE: Final[Header] = {
    "in": "header",
    "name": "Purpose-Of-Use",
    "required": True,
    "description": "What the answer is used for; recorded with the decision.",
    "schema": {"type": "string", "enum": list(PURPOSES)},
}
KEY: Final[Header] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "Names this command: the same key and body give the same outcome, once done.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
}
VERSION: Final[Header] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The version, in quotes, of the document to change, as it was read.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,9}"$'},
}

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VERSION = re.compile(r'"([1-9][0-9]{0,9})"')


def read_context() -> RequestContext:
    """The context of the request; Refuse for a caller or a purpose that is not accepted."""
    viewer = dependencies().authenticator.identify(request.headers.get("Authorization"))
    purpose = request.headers.get(PURPOSE["name"])
    if not purpose:
        raise Refuse("purpose_missing")
    if purpose not in PURPOSES:
        raise Refuse("purpose_not_allowed")
    if not accepts_json():
        raise Refuse("not_acceptable")
    return RequestContext(
        viewer=viewer,
        purpose=purpose,
        at=dependencies().clock.now(),
        decision_id=str(uuid.uuid4()),
        traceparent=f"00-{current_call()}-{uuid.uuid4().hex[:16]}-01",
        language=language(),
        route=f"{request.method} {request.path}",
        budget=g.budget,
    )


def read_key() -> str:
    """The Idempotency-Key. Raises Refuse("idempotency_key_missing")."""
    key = request.headers.get(KEY["name"], "")
    if not _KEY.fullmatch(key):
        raise Refuse("idempotency_key_missing")
    return key


def read_version() -> int:
    """The version of If-Match. Raises Refuse("precondition_required")."""
    found = _VERSION.fullmatch(request.headers.get(VERSION["name"], ""))
    if not found:
        raise Refuse("precondition_required")
    return int(found[1])
