"""A domain event as an entry of the log: what came of a command, joined to it by command id."""

from collections.abc import Mapping
from typing import Any


def entry_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The entry (contracts/rpc/audit.py) that records a valid event.

    The event's id is the entry's: heard twice it is recorded once. Who did it and for whom stands
    in the decision with the same command id. A fragment that it names was not shown by it.
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
