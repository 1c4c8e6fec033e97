"""The overview of running trajectories (trajecten)."""

from typing import Any, Final

from gateway.http.case_schemas import TrajectoriesAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("trajectories", __name__, description="Step 5: what runs beside the plan")

KINDS: Final = ("trajectory",)


@blueprint.read("/cases/<random_id:case_id>/trajectories", "read_trajectories", TrajectoriesAnswer)
def list_trajectories(context: RequestContext, case_id: str) -> Released:
    """List the trajectories of help, justice and administration."""
    return dependencies().releases.case(
        context, "trajectories", case_id, list_body("trajectories"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/trajectories", "record_trajectory", created=True)
def record_trajectory(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record a trajectory."""
    return submit_command(
        context, "record_trajectory", body, case=case_id, location="/v1/cases/{case}/trajectories"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/trajectories/<random_id:trajectory_id>",
    "update_trajectory",
    method="PUT",
    changes=True,
)
def update_trajectory(
    context: RequestContext, body: dict[str, Any], case_id: str, trajectory_id: str
) -> CommandResult:
    """Tell how a trajectory stands now."""
    return submit_command(context, "update_trajectory", body, case=case_id, fragment=trajectory_id)
