"""What intake may rest a step on: an adopted plan, a closed conclusion, a recorded follow-up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from chassis.errors import Refuse

KINDS: Final = ("plan_versions", "conclusions", "follow_ups")
"""The kinds of outcomes, by the collection that holds them."""

Stored = Mapping[str, Any]


def outcome_of(
    kind: str,
    closed: Stored | None,
    last: Mapping[str, Stored | None],
    *,
    covers: Sequence[str],
    unsafe: bool,
    contradictory: Collection[str] = (),
    services: Sequence[str] = (),
) -> dict[str, Any]:
    """A closed document as contracts/rpc/outcomes.py has it.

    `last` is what was closed or adopted last, of each kind: an outcome stands when it is the last
    of its kind, and a conclusion only for the plan that it was drawn on. `covers` are the members
    of the client system that it is about; `unsafe` says that somebody in the case is unsafe now.
    `contradictory` are the conclusions of an earlier version that contradict their aims: their
    goals are not reached. `services` are the involved services that carry out an action of a plan.
    Raises Refuse("not_found") when nothing is closed.
    """
    if closed is None:
        raise Refuse("not_found", "nothing closed of this case has this id")
    newest, plan = last[kind], last["plan_versions"]
    stands = newest is not None and newest["_id"] == closed["_id"]
    if kind == "conclusions":
        stands = stands and plan is not None and plan["turn"] < closed["turn"]
    now = {"stands": stands, "unsafe": unsafe, "proposed_by": closed.get("proposed_by")}
    outcome = {**closed, "id": closed["_id"], "covers": list(covers), **now}
    outcome["services"] = list(services)
    if closed["_id"] in contradictory:
        outcome["goals_reached"] = False
    if closed.get("next_on") is not None:
        outcome["next_on"] = date.fromisoformat(closed["next_on"])
    return outcome
