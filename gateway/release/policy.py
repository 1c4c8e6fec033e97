"""Asks the policy service: builds the inputs, reads the answers strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from contracts.fragment_projections import FACT_FIELDS, OWN_FACTS
from gateway.release.case_facts import FetchedCase
from gateway.release.decisions import (
    ActionDecision,
    CaseDecision,
    DirectoryDecision,
    read_action,
    read_directory,
    read_release,
)
from gateway.request_context import RequestContext

RELEASE = "ketenaanpak/release/decision"
ACTION = "ketenaanpak/action/decision"
DIRECTORY = "ketenaanpak/directory/decision"


class Decider(Protocol):
    """What the gateway needs of chassis' Opa; raises an error with code policy_unavailable."""

    def decide(self, path: str, input: dict[str, Any]) -> dict[str, Any]: ...

    def ready(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """A case with what was decided about it; from `input` it can be decided again, alone."""

    case: FetchedCase
    decision: CaseDecision
    policy_revision: str
    input: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecidedAction:
    """An action decision together with the input that it was made on."""

    input: Mapping[str, Any]
    decision: ActionDecision


class Policy:
    """Decides nothing itself: what is allowed is said by the policy service alone."""

    def __init__(self, opa: Decider) -> None:
        self._opa = opa

    def release(
        self, context: RequestContext, resource: str, cases: Sequence[FetchedCase]
    ) -> list[DecidedCase]:
        """ONE decision over all cases and fragments of an answer, in the order of `cases`.

        Raises Retry("policy_unavailable") without a sound one.
        """
        facts = [_case_input(case) for case in cases]
        policy_input = {**_who(context), "resource": resource, "cases": facts}
        result = self._opa.decide(RELEASE, policy_input)
        ids = {
            case.id: [each["id"] for each in (*case.fragments, *case.referred)] for case in cases
        }
        decided = read_release(result, ids)
        revision = decided.policy_revision
        return [
            DecidedCase(
                case,
                decided.cases[case.id],
                revision,
                {**policy_input, "cases": [its_facts]},
                {"policy_revision": revision, **result["decisions"][case.id]},
            )
            for case, its_facts in zip(cases, facts, strict=True)
        ]

    def action(
        self,
        context: RequestContext,
        action: str,
        *,
        facts: Mapping[str, Any] | None = None,
        case: Mapping[str, Any] | None = None,
        target: Mapping[str, Any] | None = None,
        refers: Sequence[Mapping[str, Any]] = (),
        session: Mapping[str, Any] | None = None,
    ) -> DecidedAction:
        """Whether an action may go on, and the terms that go with it.

        `facts` are the members of the body that policy sees, `case` the facts of the case,
        `target` those of the fragment or session that it acts on; `refers` and `session` those of
        what its body refers to. Raises Retry("policy_unavailable").
        """
        facts = dict(facts or {})
        policy_input = {
            **_who(context),
            "action": action,
            "facts": facts,
            "agreement": facts.get("agreement"),
            "case": case,
            "target": target,
            "refers": list(refers),
            "session": session,
        }
        return DecidedAction(policy_input, read_action(self._opa.decide(ACTION, policy_input)))

    def directory(self, context: RequestContext) -> DirectoryDecision:
        """The contact person of each partner, for anyone with a login."""
        policy_input = {"now": context.at.isoformat(), "viewer": _viewer(context)}
        return read_directory(self._opa.decide(DIRECTORY, policy_input))

    def ready(self) -> bool:
        """Whether the policy service answers and has its rules."""
        return self._opa.ready()


def fragment_facts(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """What policy looks at of a fragment: no text."""
    own = OWN_FACTS.get(fragment["kind"], ())
    return {
        **{name: fragment[name] for name in FACT_FIELDS},
        **{name: fragment[name] for name in own if name in fragment},
    }


def _case_input(case: FetchedCase) -> dict[str, Any]:
    fragments = [fragment_facts(each) for each in (*case.fragments, *case.referred)]
    return {**case.facts, "fragments": fragments}


def _who(context: RequestContext) -> dict[str, Any]:
    return {
        "now": context.at.isoformat(),
        "purpose": context.purpose,
        "viewer": _viewer(context),
    }


def _viewer(context: RequestContext) -> dict[str, Any]:
    return {"person": context.viewer.person, "mandate": context.viewer.mandate}
