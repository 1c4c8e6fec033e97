"""The record: every decision is durable in the audit log before it has any effect."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict

from chassis.errors import CodedError, Refuse, Retry
from gateway.release.bus import Bus
from gateway.release.case_facts import FetchedCase
from gateway.release.decisions import CaseDecision
from gateway.release.policy import DecidedAction, DecidedCase
from gateway.request_context import RequestContext

_BATCH = 200
"""Entries that audit takes at once (contracts/rpc/audit.py)."""

_OF_EMERGENCY = ("open_emergency", "review_emergency")
"""Actions that an auditor finds among the emergency uses that they open or judge."""


class FragmentEntry(TypedDict):
    """What was decided of one fragment."""

    id: str
    category: str
    level: str


class _EntryHead(TypedDict):
    entry_id: str
    kind: str
    time: str
    decision_id: str
    action: str
    person: str
    on_behalf_of: str | None
    purpose: str


class Entry(_EntryHead):
    """A decision as the audit log takes it (contracts/rpc/audit.py)."""

    command_id: str | None
    partner: str | None
    roles: list[str]
    agreement: str | None
    agreement_version: str | None
    policy_revision: str | None
    case: str | None
    case_persons: list[str]
    fragments: list[FragmentEntry]
    outcome: str
    reasons: list[str]
    emergency: bool
    input: Mapping[str, Any]
    result: Mapping[str, Any]


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
            context.record_status.durable = True

    def cases(
        self, context: RequestContext, decided: Sequence[DecidedCase], resource: str
    ) -> list[DecidedCase]:
        """Records the release of several cases; returns those that were allowed."""
        self.record(context, [release_entry(context, each, resource) for each in decided])
        return [each for each in decided if each.decision.allow]

    @contextmanager
    def case(
        self,
        context: RequestContext,
        decided: DecidedCase,
        resource: str,
        fragment: str | None = None,
    ) -> Iterator[None]:
        """Records the release of one case, or of one `fragment` of it, before its effect.

        When the effect fails, whatever the failure, a second entry takes it back. Raises
        Refuse("not_found") when the release was denied.
        """
        entry = release_entry(context, decided, resource, fragment)
        self.record(context, [entry])
        if entry["outcome"] == "denied":
            raise Refuse("not_found")
        try:
            yield
        except Exception as error:
            code = error.code if isinstance(error, CodedError) else "internal_error"
            self.record(context, [failed_entry(entry, code)])
            raise

    def action(
        self,
        context: RequestContext,
        decided: DecidedAction,
        *,
        command_id: str | None = None,
        persons: Collection[str] = (),
        hide: bool = False,
    ) -> None:
        """Records an action. Raises Refuse("not_allowed") with the reasons when it was denied,
        Refuse("not_found") when policy, or the caller by `hide`, keeps what it is about unknown."""
        decision = decided.decision
        self.record(context, [action_entry(context, decided, command_id, persons)])
        if not decision.allow and (hide or decision.hide):
            raise Refuse("not_found")
        if not decision.allow:
            raise Refuse("not_allowed", reasons=list(decision.reasons))


def _received(reply: Any) -> set[Any]:
    try:
        return {receipt["entry_id"] for receipt in reply["receipts"]}
    except (KeyError, TypeError) as error:
        raise Retry("audit_unavailable") from error


def release_entry(
    context: RequestContext, decided: DecidedCase, resource: str, fragment: str | None = None
) -> Entry:
    """The entry of one case of a release decision, with which it can be decided again alone.

    When nothing is released of the one `fragment` that was asked for, that is a denial.
    """
    case, decision = decided.case, decided.decision
    return {
        **_entry(context, "release", f"read_{resource}"),
        "command_id": None,
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": case.facts.get("agreement"),
        "agreement_version": decision.agreement_version,
        "policy_revision": decided.policy_revision,
        "case": case.id,
        "case_persons": sorted(persons_of(case)),
        "fragments": [
            {"id": each["id"], "category": each["category"], "level": _level(decision, each["id"])}
            for each in case.fragments
        ],
        "outcome": _outcome(decided, fragment),
        "reasons": _reasons(decision, fragment),
        "emergency": decision.emergency,
        "input": decided.input,
        "result": decided.result,
    }


def failed_entry(entry: Entry, code: str) -> Entry:
    """The entry that takes back the effect of `entry`: it was decided, and nothing left."""
    return {**entry, "entry_id": str(uuid.uuid4()), "outcome": "error", "reasons": [code]}


def empty_entry(context: RequestContext, decided: DecidedAction, resource: str) -> Entry:
    """The entry of a list without a case on it: that a person looked is recorded too."""
    return {
        **action_entry(context, decided),
        "action": f"read_{resource}",
        "kind": "release",
        "outcome": "released",
    }


def action_entry(
    context: RequestContext,
    decided: DecidedAction,
    command_id: str | None = None,
    persons: Collection[str] = (),
) -> Entry:
    """The entry of an action decision: permitted or denied."""
    decision, action, case = decided.decision, decided.input["action"], decided.input["case"]
    return {
        **_entry(context, "action", action),
        "command_id": command_id,
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": decision.agreement,
        "agreement_version": decision.agreement_version,
        "policy_revision": decision.policy_revision,
        "case": case["id"] if case else None,
        "case_persons": sorted(persons),
        "fragments": [],
        "outcome": "permitted" if decision.allow else "denied",
        "reasons": list(decision.reasons),
        "emergency": action in _OF_EMERGENCY,
        "input": dict(decided.input),
        "result": dict(decision.result),
    }


def _entry(context: RequestContext, kind: str, action: str) -> _EntryHead:
    return {
        "entry_id": str(uuid.uuid4()),
        "kind": kind,
        "time": context.at.isoformat(),
        "decision_id": context.decision_id,
        "action": action,
        "person": context.viewer.person,
        "on_behalf_of": None,
        "purpose": context.purpose,
    }


def persons_of(case: FetchedCase) -> set[str]:
    """The random ids of the persons that the fragments of a case are about."""
    return {person for each in case.fragments for person in each["subjects"]}


def _level(decision: CaseDecision, fragment: str) -> str:
    grant = decision.grants.get(fragment)
    return grant.level if grant else "none"


def _outcome(decided: DecidedCase, fragment: str | None) -> str:
    decision = decided.decision
    if not decision.allow:
        return "denied"
    if fragment is not None and _level(decision, fragment) == "none":
        return "denied"
    whole = all(_level(decision, each["id"]) == "full" for each in decided.case.fragments)
    return "released" if whole else "withheld"


def _reasons(decision: CaseDecision, fragment: str | None) -> list[str]:
    """Why it was refused; of the one fragment that was asked for, why that one."""
    grant = decision.grants.get(fragment) if fragment is not None else None
    if grant is not None and grant.level == "none":
        return list(grant.reasons)
    return list(decision.reasons)
