"""Risk instruments (risicotaxatie-instrumenten), filled in for a case."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import AssessmentsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("assessments", __name__, description="Step 3: risk instruments, filled in")

KINDS: Final = ("assessment", "assessment_answer")


@door.read("/cases/<random_id:case_id>/assessments", "read_assessments", AssessmentsAnswer)
def list_assessments(asking: Asking, case_id: str) -> Released:
    """List the assessments of a case that are released to you, and of each answer what is."""
    return parts().releases.case(
        asking, "assessments", case_id, part("assessments"), owner="risk", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/assessments", "record_assessment", created=True)
def record_assessment(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record an instrument that was filled in; an unknown answer is not a no."""
    return ordered(
        asking, "record_assessment", body, case=case_id, location="/v1/cases/{case}/assessments"
    )


@door.command(
    "/cases/<random_id:case_id>/assessments/<random_id:assessment_id>/recall",
    "recall_assessment",
    changes=True,
)
def recall_assessment(
    asking: Asking, body: dict[str, Any], case_id: str, assessment_id: str
) -> Done:
    """Recall one's own assessment with its answers: a later read releases none of it."""
    return ordered(asking, "recall_assessment", body, case=case_id, fragment=assessment_id)
