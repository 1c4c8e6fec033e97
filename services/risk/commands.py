"""The commands of risk: for each, the state it looks at and the rule it is given to."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError

from chassis.clock import Clock
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES
from services.risk.domain import assessing, weighing
from services.risk.domain.case import Case, Change
from services.risk.domain.command import Command
from services.risk.domain.instrument import Catalogue
from services.risk.store.keeping import Books

Envelope = Mapping[str, Any]


def load(name: str, envelope: Envelope, clock: Clock) -> Command:
    """The command that an envelope carries; raises Refuse when its body does not fit."""
    try:
        body = COMMAND_BODIES[name]().load(envelope["body"])
    except ValidationError as error:
        raise Refuse("validation_failed", fields=sorted(error.messages_dict)) from None
    return Command(
        name=name,
        person=envelope["person"],
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


def change_of(case: Case, command: Command, books: Books, catalogue: Catalogue) -> Change:
    """What the command changes, by its rule; raises Refuse and changes nothing."""
    books.take_turn()
    if command.name == "record_assessment":
        return assessing.record_assessment(case, command, catalogue)
    return _HANDLERS[command.name](case, command, books)


def _recall_assessment(case: Case, command: Command, books: Books) -> Change:
    assessment = books.fragment("assessment", command.target)
    return assessing.recall_assessment(command, assessment, books.of_kind("assessment_answer"))


def _open_weighing(case: Case, command: Command, books: Books) -> Change:
    return weighing.open_weighing(case, command, books.of_kind("weighing"))


def _take_weighing_position(case: Case, command: Command, books: Books) -> Change:
    weighed = books.fragment("weighing", command.target)
    positions = books.of_kind("weighing_position")
    return weighing.take_weighing_position(case, command, weighed, positions)


def _write_problem_profile(case: Case, command: Command, books: Books) -> Change:
    weighed = books.fragment("weighing", command.target)
    profiles = books.of_kind("problem_profile")
    return weighing.write_problem_profile(case, command, weighed, profiles)


def _close_weighing(case: Case, command: Command, books: Books) -> Change:
    return weighing.close_weighing(
        case,
        command,
        books.fragment("weighing", command.target),
        books.of_kind("weighing_position"),
        books.of_kind("problem_profile"),
        books.of_kind("assessment"),
    )


Handler = Callable[[Case, Command, Books], Change]

_HANDLERS: Final[dict[str, Handler]] = {
    "recall_assessment": _recall_assessment,
    "open_weighing": _open_weighing,
    "take_weighing_position": _take_weighing_position,
    "write_problem_profile": _write_problem_profile,
    "close_weighing": _close_weighing,
}
