"""Asks the policy service: builds the inputs, reads the answers strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.asking import Asking
from gateway.decisions import (
    ActionDecision,
    DirectoryDecision,
    ReleaseDecision,
    read_action,
    read_directory,
    read_release,
)
from gateway.facts import CaseRead

RELEASE = "ketenaanpak/release/decision"
ACTION = "ketenaanpak/action/decision"
DIRECTORY = "ketenaanpak/directory/decision"


class Decider(Protocol):
    """What the gateway needs of chassis' Opa; raises an error with code policy_unavailable."""

    def decide(self, path: str, input: dict[str, Any]) -> dict[str, Any]: ...

    def ready(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Releasing:
    """A release decision together with the input that it was made on."""

    input: Mapping[str, Any]
    decision: ReleaseDecision


@dataclass(frozen=True, slots=True)
class Acting:
    """An action decision together with the input that it was made on."""

    input: Mapping[str, Any]
    decision: ActionDecision


class Policy:
    """Decides nothing itself: what is allowed is said by the policy service alone."""

    def __init__(self, opa: Decider) -> None:
        self._opa = opa

    def release(self, asking: Asking, resource: str, cases: Sequence[CaseRead]) -> Releasing:
        """ONE decision over all cases and fragments of an answer.

        Raises Retry("policy_unavailable") without a sound one.
        """
        asked = {
            **_who(asking),
            "resource": resource,
            "cases": [case.for_policy() for case in cases],
        }
        result = self._opa.decide(RELEASE, asked)
        ids = {
            case.id: [each["id"] for each in (*case.fragments, *case.referred)] for case in cases
        }
        return Releasing(asked, read_release(result, ids))

    def action(
        self,
        asking: Asking,
        action: str,
        *,
        facts: Mapping[str, Any] | None = None,
        case: Mapping[str, Any] | None = None,
        target: Mapping[str, Any] | None = None,
        refers: Sequence[Mapping[str, Any]] = (),
        session: Mapping[str, Any] | None = None,
    ) -> Acting:
        """Whether an action may go on, and the terms that go with it.

        `facts` are the members of the body that policy sees, `case` the facts of the case,
        `target` those of the fragment or session that it acts on; `refers` and `session` those of
        what its body refers to. Raises Retry("policy_unavailable").
        """
        facts = dict(facts or {})
        asked = {
            **_who(asking),
            "action": action,
            "facts": facts,
            "agreement": facts.get("agreement"),
            "case": case,
            "target": target,
            "refers": list(refers),
            "session": session,
        }
        return Acting(asked, read_action(self._opa.decide(ACTION, asked)))

    def directory(self, asking: Asking) -> DirectoryDecision:
        """The contact person of each partner, for anyone with a login."""
        asked = {"now": asking.at.isoformat(), "viewer": _viewer(asking)}
        return read_directory(self._opa.decide(DIRECTORY, asked))

    def ready(self) -> bool:
        """Whether the policy service answers and has its rules."""
        return self._opa.ready()


def _who(asking: Asking) -> dict[str, Any]:
    return {
        "now": asking.at.isoformat(),
        "purpose": asking.purpose,
        "viewer": _viewer(asking),
    }


def _viewer(asking: Asking) -> dict[str, Any]:
    return {"person": asking.viewer.person, "mandate": asking.viewer.mandate}
