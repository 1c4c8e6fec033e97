"""Evaluations (evaluatie) of the approach, at a session."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import EvaluationsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("evaluations", __name__, description="Step 6: looking back")

KINDS: Final = ("evaluation", "safety_check")


@door.read("/cases/<random_id:case_id>/evaluations", "read_evaluations", EvaluationsAnswer)
def list_evaluations(asking: Asking, case_id: str) -> Released:
    """List how the table looked back on its approach."""
    return parts().releases.case(
        asking, "evaluations", case_id, part("evaluations"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/evaluations", "evaluate_approach", created=True)
def evaluate_approach(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record how the table looks back on its approach, at a session."""
    return ordered(
        asking, "evaluate_approach", body, case=case_id, location="/v1/cases/{case}/evaluations"
    )
