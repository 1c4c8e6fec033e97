"""A domain event as an entry of the log, related to its command by the command id."""

from collections.abc import Mapping
from typing import Any


def event_entry(event: Mapping[str, Any]) -> dict[str, Any]:
    """The entry (contracts/rpc/audit.py) that records a valid event.

    Its id is the event's, so that an event delivered twice is recorded once. The entry of the
    decision with the same command id holds who acted, and for whom. A fragment has the level
    `none`, since an event shows none.
    """
    data = event["data"]
    fragments = []
    if "fragment" in data:
        named = {"id": data["fragment"], "category": data["category"], "level": "none"}
        fragments.append(named)
    return {
        "entry_id": event["id"],
        "kind": "event",
        "time": event["time"],
        "decision_id": event["decisionid"],
        "command_id": event["commandid"],
        "action": event["type"],
        "person": None,
        "partner": data.get("partner"),
        "roles": [],
        "purpose": None,
        "agreement": data.get("agreement"),
        "agreement_version": None,
        "policy_revision": None,
        "case": data.get("case"),
        "case_persons": [],
        "fragments": fragments,
        "outcome": "happened",
        "reasons": [],
        "emergency": False,
        "input": dict(event),
        "result": {},
    }
