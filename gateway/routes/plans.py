"""The plan (plan van aanpak): versions, positions, and the actions that are carried out."""

from typing import Any, Final

from contracts.bodies import REFERS_TO
from gateway.http.case_schemas import PlansAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("plans", __name__, description="Step 4: the plan and its actions")

KINDS: Final = ("plan", "goal", "uncovered", "action", "judicial_timing", "plan_position")


@blueprint.read("/cases/<random_id:case_id>/plans", "read_plans", PlansAnswer)
def list_plans(context: RequestContext, case_id: str) -> Released:
    """List the versions of the plan, with goals, actions and positions."""
    return dependencies().releases.case(
        context,
        "plans",
        case_id,
        list_body("plans"),
        owner="plans",
        kinds=KINDS,
        refers_to=REFERS_TO["propose_plan"],
    )


@blueprint.command("/cases/<random_id:case_id>/plans", "propose_plan", created=True)
def propose_plan(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Propose a whole version of the plan."""
    return submit_command(
        context, "propose_plan", body, case=case_id, location="/v1/cases/{case}/plans"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/plans/<random_id:plan_id>/positions", "take_plan_position"
)
def take_plan_position(
    context: RequestContext, body: dict[str, Any], case_id: str, plan_id: str
) -> CommandResult:
    """Say how one's partner stands to a version; it replaces what was said before."""
    return submit_command(context, "take_plan_position", body, case=case_id, fragment=plan_id)


@blueprint.command(
    "/cases/<random_id:case_id>/plans/<random_id:plan_id>/adopt", "adopt_plan", changes=True
)
def adopt_plan(
    context: RequestContext, body: dict[str, Any], case_id: str, plan_id: str
) -> CommandResult:
    """Adopt a version, by the rule of the agreement."""
    return submit_command(context, "adopt_plan", body, case=case_id, fragment=plan_id)


@blueprint.command(
    "/cases/<random_id:case_id>/actions/<random_id:action_id>",
    "update_action",
    method="PUT",
    changes=True,
)
def update_action(
    context: RequestContext, body: dict[str, Any], case_id: str, action_id: str
) -> CommandResult:
    """Tell how an action stands that one's partner follows; a blocked one says why."""
    return submit_command(context, "update_action", body, case=case_id, fragment=action_id)
