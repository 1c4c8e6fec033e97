"""The record: every decision is durable in the audit log before it has any effect."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import Retry
from gateway.asking import Asking
from gateway.bus import Bus
from gateway.decisions import CaseDecision
from gateway.facts import CaseRead
from gateway.policy import Acting, Releasing

_BATCH = 200
"""Entries that audit takes at once (contracts/rpc/audit.py)."""

_OF_EMERGENCY = ("open_emergency", "review_emergency")
"""Actions that an auditor finds among the emergency uses that they open or judge."""

Entry = dict[str, Any]


class Recorder:
    """Records decisions; raises Retry("audit_unavailable") unless every entry is durable."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def record(self, asking: Asking, entries: Sequence[Entry]) -> None:
        """Returns once all entries are in the log; then, and only then, the effect may follow."""
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            reply = self._bus.record(asking.budget, {"entries": batch})
            if _received(reply) != {entry["entry_id"] for entry in batch}:
                raise Retry("audit_unavailable")
            asking.trail.recorded = True


def _received(reply: Any) -> set[Any]:
    try:
        return {receipt["entry_id"] for receipt in reply["receipts"]}
    except (KeyError, TypeError) as error:
        raise Retry("audit_unavailable") from error


def release_entry(
    asking: Asking, resource: str, read: CaseRead, releasing: Releasing, wanted: str | None = None
) -> Entry:
    """The entry of one case of a release decision, with which it can be decided again alone.

    `wanted` is the one fragment that was asked for; when nothing of it is released, that is a
    denial.
    """
    decision = releasing.decision.cases[read.id]
    given = releasing.decision.result["decisions"][read.id]
    fragments = [
        {"id": each["id"], "category": each["category"], "level": _level(decision, each["id"])}
        for each in read.fragments
    ]
    return {
        **_entry(asking, "release", f"read_{resource}"),
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": read.facts.get("agreement"),
        "agreement_version": decision.agreement_version,
        "policy_revision": releasing.decision.policy_revision,
        "case": read.id,
        "case_persons": read.persons(),
        "fragments": fragments,
        "outcome": _outcome(read, decision, wanted),
        "reasons": _reasons(decision, wanted),
        "emergency": decision.emergency,
        "input": {**releasing.input, "cases": [_same(releasing, read.id)]},
        "result": {"policy_revision": releasing.decision.policy_revision, **given},
    }


def failed_entry(entry: Entry, code: str) -> Entry:
    """The entry that takes back the effect of `entry`: it was decided, and nothing left."""
    return {**entry, "entry_id": str(uuid.uuid4()), "outcome": "error", "reasons": [code]}


def empty_entry(asking: Asking, resource: str, acting: Acting) -> Entry:
    """The entry of a list that held no case: somebody looked, and found nothing."""
    return {
        **action_entry(asking, f"read_{resource}", acting),
        "kind": "release",
        "outcome": "released",
    }


def action_entry(
    asking: Asking,
    action: str,
    acting: Acting,
    *,
    command_id: str | None = None,
    persons: Sequence[str] = (),
) -> Entry:
    """The entry of an action decision: permitted or denied."""
    decision = acting.decision
    case = acting.input["case"]
    return {
        **_entry(asking, "action", action),
        "command_id": command_id,
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": decision.agreement,
        "agreement_version": decision.agreement_version,
        "policy_revision": decision.policy_revision,
        "case": case["id"] if case else None,
        "case_persons": list(persons),
        "fragments": [],
        "outcome": "permitted" if decision.allow else "denied",
        "reasons": list(decision.reasons),
        "emergency": action in _OF_EMERGENCY,
        "input": dict(acting.input),
        "result": dict(decision.result),
    }


def _entry(asking: Asking, kind: str, action: str) -> Entry:
    return {
        "entry_id": str(uuid.uuid4()),
        "kind": kind,
        "time": asking.at.isoformat(),
        "decision_id": asking.decision_id,
        "command_id": None,
        "action": action,
        "person": asking.viewer.person,
        "on_behalf_of": None,
        "purpose": asking.purpose,
    }


def _level(decision: CaseDecision, fragment: str) -> str:
    grant = decision.grants.get(fragment)
    return grant.level if grant else "none"


def _outcome(read: CaseRead, decision: CaseDecision, wanted: str | None) -> str:
    if not decision.allow:
        return "denied"
    if wanted is not None and _level(decision, wanted) == "none":
        return "denied"
    held_back = any(_level(decision, each["id"]) != "full" for each in read.fragments)
    return "withheld" if held_back else "released"


def _reasons(decision: CaseDecision, wanted: str | None) -> list[str]:
    """Why it was refused; of the one fragment that was asked for, why that one."""
    grant = decision.grants.get(wanted) if wanted is not None else None
    if grant is not None and grant.level == "none":
        return list(grant.reasons)
    return list(decision.reasons)


def _same(releasing: Releasing, case: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in releasing.input["cases"] if each["id"] == case)
    return found
