"""The commands of plans: for each, the state it looks at and the rule it is given to."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError

from chassis.clock import Clock
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES
from services.plans.domain import actions, closing, direction, plan
from services.plans.domain.case import Case, Change
from services.plans.domain.command import Command
from services.plans.store.keeping import Books

Envelope = Mapping[str, Any]


def load(name: str, envelope: Envelope, clock: Clock) -> Command:
    """The command that an envelope carries; raises Refuse when its body does not fit."""
    try:
        body = COMMAND_BODIES[name]().load(envelope["body"])
    except ValidationError as error:
        raise Refuse("validation_failed", fields=sorted(error.messages_dict)) from None
    return Command(
        name=name,
        partner=envelope["partner"],
        terms=envelope["terms"],
        body=body,
        now=clock.now(),
        new_id=lambda: str(uuid.uuid4()),
        target=envelope["target"],
        if_match=envelope["if_match"],
    )


def case_of(envelope: Envelope) -> Case:
    """The case that a command is about, as it was decided on; raises Refuse without one."""
    seen = envelope["decided_on"]
    if seen is None or envelope["case"] is None or envelope["agreement"] is None:
        raise Refuse("not_found")
    return Case(
        id=envelope["case"],
        agreement=envelope["agreement"],
        stage=seen["stage"],
        submitted_by=seen["submitted_by"],
        participants=tuple(seen["participants"]),
        persons=tuple(seen["persons"]),
        walled=tuple(seen["walled"]),
        director=seen["director"],
    )


def change_of(case: Case, command: Command, books: Books) -> Change:
    """What the command changes, by its rule; raises Refuse and changes nothing."""
    books.take_turn()
    return _HANDLERS[command.name](case, command, books)


def _propose_plan(case: Case, command: Command, books: Books) -> Change:
    return plan.propose_plan(case, command, books.of_kind("plan"))


def _take_plan_position(case: Case, command: Command, books: Books) -> Change:
    version = books.fragment("plan", command.target)
    return plan.take_plan_position(command, version, books.of_kind("plan_position"))


def _adopt_plan(case: Case, command: Command, books: Books) -> Change:
    return plan.adopt_plan(
        command,
        books.fragment("plan", command.target),
        books.of_kind("plan"),
        books.of_kind("plan_position"),
        books.of_kind("action"),
    )


def _update_action(case: Case, command: Command, books: Books) -> Change:
    action = books.fragment("action", command.target, opened=True)
    adopted = plan.adopted_plan(books.of_kind("plan"))
    return actions.update_action(command, action, adopted, books.of_kind("decision"))


def _record_decision(case: Case, command: Command, books: Books) -> Change:
    named = command.body.get("action")
    return actions.record_decision(case, command, books.find("action", named))


def _log_contact(case: Case, command: Command, books: Books) -> Change:
    return direction.log_contact(case, command, books.find("plan", command.body.get("plan")))


def _record_trajectory(case: Case, command: Command, books: Books) -> Change:
    return direction.record_trajectory(case, command)


def _update_trajectory(case: Case, command: Command, books: Books) -> Change:
    trajectory = books.fragment("trajectory", command.target, opened=True)
    return direction.update_trajectory(command, trajectory)


def _report_progress(case: Case, command: Command, books: Books) -> Change:
    return direction.report_progress(case, command)


def _draw_conclusion(case: Case, command: Command, books: Books) -> Change:
    adopted = plan.adopted_plan(books.of_kind("plan"))
    done, decisions = books.of_kind("action"), books.of_kind("decision")
    return closing.draw_conclusion(case, command, adopted, done, decisions)


def _record_follow_up(case: Case, command: Command, books: Books) -> Change:
    return closing.record_follow_up(case, command, books.of_kind("conclusion"))


def _evaluate_approach(case: Case, command: Command, books: Books) -> Change:
    return closing.evaluate_approach(case, command)


Handler = Callable[[Case, Command, Books], Change]

_HANDLERS: Final[dict[str, Handler]] = {
    "propose_plan": _propose_plan,
    "take_plan_position": _take_plan_position,
    "adopt_plan": _adopt_plan,
    "update_action": _update_action,
    "record_decision": _record_decision,
    "log_contact": _log_contact,
    "record_trajectory": _record_trajectory,
    "update_trajectory": _update_trajectory,
    "report_progress": _report_progress,
    "draw_conclusion": _draw_conclusion,
    "record_follow_up": _record_follow_up,
    "evaluate_approach": _evaluate_approach,
}
