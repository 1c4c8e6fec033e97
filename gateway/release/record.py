"""The record: every decision is durable in the audit log before it has any effect."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import Retry
from gateway.release.bus import Bus
from gateway.release.case_facts import CaseRead
from gateway.release.decisions import CaseDecision
from gateway.release.policy import ActionOutcome, ReleaseOutcome
from gateway.request_context import RequestContext

_BATCH = 200
"""Entries that audit takes at once (contracts/rpc/audit.py)."""

_OF_EMERGENCY = ("open_emergency", "review_emergency")
"""Actions that an auditor finds among the emergency uses that they open or judge."""

Entry = dict[str, Any]


class Recorder:
    """Records decisions; raises Retry("audit_unavailable") unless every entry is durable."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def record(self, context: RequestContext, entries: Sequence[Entry]) -> None:
        """Returns once all entries are in the log; then, and only then, the effect may follow."""
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            reply = self._bus.record(context.budget, {"entries": batch})
            if _received(reply) != {entry["entry_id"] for entry in batch}:
                raise Retry("audit_unavailable")
            context.record_status.recorded = True


def _received(reply: Any) -> set[Any]:
    try:
        return {receipt["entry_id"] for receipt in reply["receipts"]}
    except (KeyError, TypeError) as error:
        raise Retry("audit_unavailable") from error


def release_entry(
    context: RequestContext,
    resource: str,
    read: CaseRead,
    outcome: ReleaseOutcome,
    wanted: str | None = None,
) -> Entry:
    """The entry of one case of a release decision, with which it can be decided again alone.

    `wanted` is the one fragment that was asked for; when nothing of it is released, that is a
    denial.
    """
    decision = outcome.decision.cases[read.id]
    given = outcome.decision.result["decisions"][read.id]
    fragments = [
        {"id": each["id"], "category": each["category"], "level": _level(decision, each["id"])}
        for each in read.fragments
    ]
    return {
        **_entry(context, "release", f"read_{resource}"),
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": read.facts.get("agreement"),
        "agreement_version": decision.agreement_version,
        "policy_revision": outcome.decision.policy_revision,
        "case": read.id,
        "case_persons": read.persons(),
        "fragments": fragments,
        "outcome": _outcome(read, decision, wanted),
        "reasons": _reasons(decision, wanted),
        "emergency": decision.emergency,
        "input": {**outcome.input, "cases": [_same(outcome, read.id)]},
        "result": {"policy_revision": outcome.decision.policy_revision, **given},
    }


def failed_entry(entry: Entry, code: str) -> Entry:
    """The entry that takes back the effect of `entry`: it was decided, and nothing left."""
    return {**entry, "entry_id": str(uuid.uuid4()), "outcome": "error", "reasons": [code]}


def empty_entry(context: RequestContext, resource: str, outcome: ActionOutcome) -> Entry:
    """The entry of a list that held no case: somebody looked, and found nothing."""
    return {
        **action_entry(context, f"read_{resource}", outcome),
        "kind": "release",
        "outcome": "released",
    }


def action_entry(
    context: RequestContext,
    action: str,
    outcome: ActionOutcome,
    *,
    command_id: str | None = None,
    persons: Sequence[str] = (),
) -> Entry:
    """The entry of an action decision: permitted or denied."""
    decision = outcome.decision
    case = outcome.input["case"]
    return {
        **_entry(context, "action", action),
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
        "input": dict(outcome.input),
        "result": dict(decision.result),
    }


def _entry(context: RequestContext, kind: str, action: str) -> Entry:
    return {
        "entry_id": str(uuid.uuid4()),
        "kind": kind,
        "time": context.at.isoformat(),
        "decision_id": context.decision_id,
        "command_id": None,
        "action": action,
        "person": context.viewer.person,
        "on_behalf_of": None,
        "purpose": context.purpose,
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


def _same(outcome: ReleaseOutcome, case: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in outcome.input["cases"] if each["id"] == case)
    return found
