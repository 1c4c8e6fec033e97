"""Sends commands to plans as the gateway would, after a decision that allowed them."""

import uuid
from datetime import timedelta
from typing import Any

from chassis.clock import Clock
from contracts.days import day_of
from services.plans.application import Plans
from tests.integration.envelopes import envelope as any_envelope
from tests.unit.plans import bodies

PARTNERS = ("caw", "parket", "lokale-politie", "ggz")
VICTIM, PERPETRATOR = (str(uuid.UUID(int=number)) for number in (1, 2))
MAY = {"adopt_plan": True, "record_decision": True}
TERMS = {
    "record_decision": {
        "quorum": 2,
        "supported_decision": "all_participants",
        "same_person_may": MAY,
    },
    "propose_plan": {"position_days": 14, "latest_action_days": 364},
    "adopt_plan": {"quorum": 2, "adoption": "no_objection", "same_person_may": MAY},
    "report_progress": {"reporting_rhythm_days": 30},
    "record_follow_up": {"not_before": "2026-01-01", "latest_next_days": 364},
}


def envelope(name: str, body: dict[str, Any], case: str, **changes: Any) -> dict[str, Any]:
    """A command as it travels; `partner` defaults to the one that referred."""
    return any_envelope(
        body,
        **{
            "terms": TERMS.get(name, {}),
            "case": case,
            "decided_on": {
                "stage": "active",
                "version": 7,
                "submitted_by": "caw",
                "participants": list(PARTNERS),
                "persons": [VICTIM, PERPETRATOR],
                "director": "p-caw",
                "walled": ["p-kin"],
            },
        }
        | changes,
    )


class Client:
    """Commands and reads on one plans."""

    def __init__(self, plans: Plans, clock: Clock) -> None:
        self.plans = plans
        self._clock = clock

    def send(self, name: str, body: dict[str, Any], case: str, **changes: Any) -> dict[str, Any]:
        """Perform a command; returns its outcome or raises what it raises."""
        return self.plans.perform(name, envelope(name, body, case, **changes))

    def read(self, case: str, **narrowing: Any) -> list[dict[str, Any]]:
        """The fragments of a case, with their content."""
        query = {"kinds": None, "fragment": None, "content": True} | narrowing
        reply: list[dict[str, Any]] = self.plans.queries.read_fragments(case, **query)["fragments"]
        return reply

    def one(self, case: str, fragment: str) -> dict[str, Any]:
        """One fragment of a case."""
        [reply] = self.read(case, fragment=fragment)
        return reply

    def outcome(self, method: str, case: str, outcome: str) -> dict[str, Any]:
        """What intake is answered about a closed document."""
        return self.plans.outcome(method, {"case": case, "outcome": outcome})

    def propose(self, case: str, **changes: Any) -> str:
        """Propose a version for the whole family; returns its id."""
        body = bodies.plan(VICTIM, PERPETRATOR, **changes)
        plan: str = self.send("propose_plan", body, case)["id"]
        return plan

    def position(self, case: str, plan: str, partner: str, position: str = "approve") -> str:
        """Take a position; returns the id of its fragment."""
        body = {"position": position} | ({"ground": "te vroeg"} if position == "object" else {})
        taken = self.send("take_plan_position", body, case, target=plan, partner=partner)
        return str(taken["id"])

    def adopt(self, case: str, plan: str) -> dict[str, Any]:
        """Adopt a version as it is now."""
        version = self.one(case, plan)["version"]
        return self.send("adopt_plan", {}, case, target=plan, if_match=version)

    def adopted(self, case: str, **changes: Any) -> str:
        """A version that two partners approved and the chair had adopted; returns its id."""
        plan = self.propose(case, **changes)
        for partner in ("caw", "parket"):
            self.position(case, plan, partner)
        self.adopt(case, plan)
        return plan

    def actions(self, case: str, plan: str) -> list[str]:
        """The ids of a version's actions, in the order of the plan."""
        found = self.read(case, kinds=["action"])
        return [one["id"] for one in found if one["content"]["plan"] == plan]

    def update(self, case: str, action: str, state: str, **reason: str) -> dict[str, Any]:
        """Report the state of an action, for its present version."""
        version = self.one(case, action)["version"]
        body = {"state": state, **reason}
        return self.send("update_action", body, case, target=action, if_match=version)

    def decide(self, case: str, **changes: Any) -> str:
        """Record a decision; returns its id."""
        body = {"supported_by": list(PARTNERS), **bodies.words("besluit"), **changes}
        decision: str = self.send("record_decision", body, case)["id"]
        return decision

    def in_days(self, days: int) -> str:
        """A day that many days from now."""
        return (day_of(self._clock.now()) + timedelta(days=days)).isoformat()
