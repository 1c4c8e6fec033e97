"""The commands of risk: for each, the state it looks at and the rule it is given to."""

from casework.case import CaseSnapshot
from casework.change import Change
from casework.command import Command
from casework.transaction import CaseTransaction, Rule
from services.risk.domain import assessing, weighing
from services.risk.domain.instrument import Catalogue


def rules(catalogue: Catalogue) -> dict[str, Rule]:
    """Command → its rule."""
    return {
        "record_assessment": lambda case, command, _transaction: assessing.record_assessment(
            case, command, catalogue
        ),
        "recall_assessment": _recall_assessment,
        "open_weighing": _open_weighing,
        "take_weighing_position": _take_weighing_position,
        "write_problem_profile": _write_problem_profile,
        "close_weighing": _close_weighing,
    }


def _recall_assessment(
    _case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    fragments = transaction.fragments
    assessment = fragments.get(command.target, "assessment")
    return assessing.recall_assessment(command, assessment, fragments.of_kind("assessment_answer"))


def _open_weighing(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    return weighing.open_weighing(case, command, transaction.fragments.of_kind("weighing"))


def _take_weighing_position(
    case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    fragments = transaction.fragments
    weighed = fragments.get(command.target, "weighing")
    positions = fragments.of_kind("weighing_position")
    return weighing.take_weighing_position(case, command, weighed, positions)


def _write_problem_profile(
    case: CaseSnapshot, command: Command, transaction: CaseTransaction
) -> Change:
    fragments = transaction.fragments
    weighed = fragments.get(command.target, "weighing")
    return weighing.write_problem_profile(
        case, command, weighed, fragments.of_kind("problem_profile")
    )


def _close_weighing(case: CaseSnapshot, command: Command, transaction: CaseTransaction) -> Change:
    fragments = transaction.fragments
    return weighing.close_weighing(
        command,
        fragments.get(command.target, "weighing"),
        fragments.of_kind("weighing_position"),
        fragments.of_kind("problem_profile"),
        fragments.of_kind("assessment"),
    )
