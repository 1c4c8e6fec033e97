"""Actions of the plan: how they stand, and the team's decisions about those that are blocked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from chassis.errors import Refuse
from contracts.vocabulary import BLOCKED_STATES
from services.plans.domain.case import Case, Change, Event, Fragment, noted
from services.plans.domain.command import Command, unmet

MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    "open": ("in_progress", "done", *BLOCKED_STATES),
    "in_progress": ("open", "done", *BLOCKED_STATES),
    "not_possible": ("open", "in_progress", "not_undertaken"),
    "not_undertaken": ("open", "in_progress", "not_possible"),
    "done": (),
}
"""State of an action → those that may follow; what is done stays done."""


def update_action(
    command: Command,
    action: Fragment,
    adopted: Fragment | None,
    decisions: Iterable[Fragment],
) -> Change:
    """How an action stands, told by its follower; `action` comes with its content.

    `adopted` is the plan as it is now, `decisions` are those of the case.
    """
    if adopted is None or action.codes["plan"] != adopted.id:
        raise unmet("plan_not_adopted", "the action is not one of the adopted plan")
    command.check_version(action.version)
    state = command.body["state"]
    if state not in MOVES[action.state]:
        allowed = list(MOVES[action.state])
        raise Refuse("illegal_transition", "an action does not go there", allowed=allowed)
    if state not in BLOCKED_STATES and is_undecided(action, decisions):
        raise unmet("decision_missing", "the team decides about an action that is blocked")
    content = {key: value for key, value in (action.content or {}).items() if key != "reason"}
    if "reason" in command.body:
        content["reason"] = command.body["reason"]
    codes = {**action.codes, "state": state}
    updated = replace(action, content=content, codes=codes, version=action.version + 1)
    data = {"action": action.id, "follower": action.codes["follower"], "state": state}
    event = Event("plans.action_updated", data)
    return Change(updated, state, revised=(updated,), events=(event,))


def record_decision(case: Case, command: Command, action: Fragment | None) -> Change:
    """A supported decision (gedragen beslissing); `action` is the one that its body names."""
    body = command.body
    case.check_participants(body["supported_by"])
    _check_support(case, command)
    named = "action" in body
    if named and (action is None or not is_blocked(action)):
        raise unmet("action_not_blocked", "`action` is no blocked action of this case")
    content = command.given("text", "summary", "session")
    decision = noted(case, command, "decision", **content, supported_by=body["supported_by"])
    if action is not None:
        codes = {"action": action.id, "action_version": action.version}
        decision = replace(decision, codes=codes)
    data = {"decision": decision.id, "action": body.get("action")}
    event = Event("plans.decision_recorded", data)
    return Change(decision, added=(decision,), events=(event,))


def _check_support(case: Case, command: Command) -> None:
    """Raises Refuse unless as many partners support it as the agreement asks for."""
    support = set(command.body["supported_by"])
    missing = [one for one in case.participants if one not in support]
    if command.terms["supported_decision"] == "quorum":
        missing = missing if len(support) < command.terms["quorum"] else []
    if missing:
        raise unmet("support_missing", "too few partners support it", partners=missing)


def is_blocked(action: Fragment) -> bool:
    """Whether the action waits for the team."""
    return action.state in BLOCKED_STATES


def is_undecided(action: Fragment, decisions: Iterable[Fragment]) -> bool:
    """Whether the action is blocked and no decision names it as it stands.

    A decision is about one version of the action: one that is blocked anew is decided anew.
    """
    stands = (action.id, action.version)
    about = {(one.codes.get("action"), one.codes.get("action_version")) for one in decisions}
    return is_blocked(action) and stands not in about
