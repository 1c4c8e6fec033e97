"""The commands of plans: for each, the state it looks at and the rule it is given to."""

from typing import Final

from casework.case import CaseSnapshot
from casework.change import Change
from casework.command import Command
from casework.transaction import CaseTransaction, Rule
from services.plans.domain import actions, closing, direction, plan, safety


def _propose_plan(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    return plan.propose_plan(case, command, transaction.fragments.of_kind("plan"))


def _take_plan_position(
    _case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    fragments = transaction.fragments
    version = fragments.get(command.target, "plan")
    return plan.take_plan_position(command, version, fragments.of_kind("plan_position"))


def _adopt_plan(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    fragments = transaction.fragments
    return plan.adopt_plan(
        case,
        command,
        fragments.get(command.target, "plan"),
        fragments.of_kind("plan"),
        fragments.of_kind("plan_position"),
        fragments.opened(("action",)),
    )


def _update_action(_case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    fragments = transaction.fragments
    action = fragments.open(command.target, "action")
    adopted = plan.adopted_plan(fragments.of_kind("plan"))
    return actions.update_action(command, action, adopted, fragments.of_kind("decision"))


def _record_decision(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    action = transaction.fragments.find(command.body.get("action"), "action")
    return actions.record_decision(case, command, action)


def _log_contact(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    version = transaction.fragments.find(command.body.get("plan"), "plan")
    held = transaction.fragments.opened(safety.LOOKED_AT)
    return direction.log_contact(case, command, version, held)


def _record_trajectory(
    case: CaseSnapshot, command: Command, _transaction: CaseTransaction
) -> Change:
    return direction.record_trajectory(case, command)


def _update_trajectory(
    _case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    trajectory = transaction.fragments.open(command.target, "trajectory")
    return direction.update_trajectory(command, trajectory)


def _report_progress(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    held = transaction.fragments.opened(safety.LOOKED_AT)
    return direction.report_progress(case, command, held)


def _check_safety(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    return safety.check_safety(case, command, transaction.fragments.opened(safety.LOOKED_AT))


def _draw_conclusion(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    fragments = transaction.fragments
    adopted = plan.adopted_plan(fragments.of_kind("plan"))
    done, decisions = fragments.of_kind("action"), fragments.of_kind("decision")
    held = fragments.opened(safety.LOOKED_AT)
    return closing.draw_conclusion(case, command, adopted, done, decisions, held)


def _record_follow_up(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    fragments = transaction.fragments
    held = fragments.opened(safety.LOOKED_AT)
    return closing.record_follow_up(case, command, fragments.of_kind("conclusion"), held)


def _evaluate_approach(
    case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    held = transaction.fragments.opened(safety.LOOKED_AT)
    return closing.evaluate_approach(case, command, held)


RULES: Final[dict[str, Rule]] = {
    "propose_plan": _propose_plan,
    "take_plan_position": _take_plan_position,
    "adopt_plan": _adopt_plan,
    "update_action": _update_action,
    "record_decision": _record_decision,
    "log_contact": _log_contact,
    "record_trajectory": _record_trajectory,
    "update_trajectory": _update_trajectory,
    "report_progress": _report_progress,
    "check_safety": _check_safety,
    "draw_conclusion": _draw_conclusion,
    "record_follow_up": _record_follow_up,
    "evaluate_approach": _evaluate_approach,
}
"""Command → its rule."""
