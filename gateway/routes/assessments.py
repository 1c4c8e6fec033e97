"""Risk instruments (risicotaxatie-instrumenten), filled in for a case."""

from typing import Any, Final

from gateway.http.case_schemas import AssessmentsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("assessments", __name__, description="Step 3: risk instruments, filled in")

KINDS: Final = ("assessment", "assessment_answer")


@blueprint.read("/cases/<random_id:case_id>/assessments", "read_assessments", AssessmentsAnswer)
def list_assessments(context: RequestContext, case_id: str) -> Released:
    """List the assessments of a case that are released to you, and of each answer what is."""
    return dependencies().releases.case(
        context, "assessments", case_id, list_body("assessments"), owner="risk", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/assessments", "record_assessment", created=True)
def record_assessment(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record an instrument that was filled in; an unknown answer is not a no."""
    return submit_command(
        context, "record_assessment", body, case=case_id, location="/v1/cases/{case}/assessments"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/assessments/<random_id:assessment_id>/recall",
    "recall_assessment",
    changes=True,
)
def recall_assessment(
    context: RequestContext, body: dict[str, Any], case_id: str, assessment_id: str
) -> CommandResult:
    """Recall one's own assessment with its answers: a later read releases none of it."""
    return submit_command(context, "recall_assessment", body, case=case_id, fragment=assessment_id)
