"""Decided commands, as the gateway sends them to a service that performs them."""

import uuid
from typing import Any


def new_id() -> str:
    return str(uuid.uuid4())


def envelope(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A command of CAW's team member that nothing was decided on, with a new id."""
    return {
        "command_id": new_id(),
        "decision_id": new_id(),
        "person": f"p-{changes.get('partner', 'caw')}",
        "partner": "caw",
        "roles": ["team_member"],
        "agreement": "sample-brugge",
        "agreement_version": "1",
        "policy_revision": "r1",
        "terms": {},
        "decided_on": None,
        "target": None,
        "case": None,
        "if_match": None,
        "traceparent": "",
        "body": body,
    } | changes
