"""Actions of the plan: how they stand, and the team's decisions about those that are blocked."""

from collections.abc import Iterable, Mapping
from typing import Final

from casework.case import CaseSnapshot, check_support
from casework.change import Change, Event, put
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table, revise
from chassis.errors import Refuse
from contracts.reasons import Reason
from contracts.vocabulary import BLOCKED_STATES

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
    """The state of an action, as its follower reports it; `action` comes with its content.

    `adopted` is the plan as it is now, `decisions` are those of the case.
    """
    if adopted is None or action.codes["plan"] != adopted.id:
        raise unmet(Reason.PLAN_NOT_ADOPTED, "the action is not one of the adopted plan")
    command.check_version(action.version)
    state = command.body["state"]
    if state not in MOVES[action.state]:
        allowed = list(MOVES[action.state])
        raise Refuse("illegal_transition", "an action does not go there", allowed=allowed)
    if state not in BLOCKED_STATES and is_undecided(action, decisions):
        raise unmet(Reason.DECISION_MISSING, "the team decides about an action that is blocked")
    content = {key: value for key, value in (action.content or {}).items() if key != "reason"}
    if "reason" in command.body:
        content["reason"] = command.body["reason"]
    codes = {**action.codes, "state": state, "reported_by": command.person}
    updated = revise(action, content=content, codes=codes)
    data = {"action": action.id, "follower": action.codes["follower"], "state": state}
    return put(updated, state, Event("plans.action_updated", data))


def record_decision(case: CaseSnapshot, command: Command, action: Fragment | None) -> Change:
    """A supported decision (gedragen beslissing); `action` is the one that its body names."""
    body = command.body
    check_support(case.participants, body["supported_by"], command.terms)
    named = "action" in body
    if named and (action is None or not is_blocked(action)):
        raise unmet(Reason.ACTION_NOT_BLOCKED, "`action` is no blocked action of this case")
    if action is not None:
        command.check_another_proposed("record_decision", action.codes.get("reported_by"))
    content = command.given("text", "summary", "session", "supported_by")
    codes = {"action": action.id, "action_version": action.version} if action else {}
    decision = of_the_table(command, "decision", case.persons, content, **codes)
    data = {"decision": decision.id, "action": body.get("action")}
    return put(decision, decision.status, Event("plans.decision_recorded", data))


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
