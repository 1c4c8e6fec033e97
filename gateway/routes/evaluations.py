"""Evaluations (evaluatie) of the approach, at a session."""

from typing import Any, Final

from gateway.http.case_schemas import EvaluationsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("evaluations", __name__, description="Step 6: looking back")

KINDS: Final = ("evaluation", "safety_check")


@blueprint.read("/cases/<random_id:case_id>/evaluations", "read_evaluations", EvaluationsAnswer)
def list_evaluations(context: RequestContext, case_id: str) -> Released:
    """List how the table looked back on its approach."""
    return dependencies().releases.case(
        context, "evaluations", case_id, list_body("evaluations"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/evaluations", "evaluate_approach", created=True)
def evaluate_approach(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record how the table looks back on its approach, at a session."""
    return submit_command(
        context, "evaluate_approach", body, case=case_id, location="/v1/cases/{case}/evaluations"
    )
