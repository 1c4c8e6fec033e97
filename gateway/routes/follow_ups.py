"""Follow-ups (opvolging), months after the conclusion."""

from typing import Any, Final

from gateway.http.case_schemas import FollowUpsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("follow-ups", __name__, description="Step 6: looking again")

KINDS: Final = ("follow_up", "safety_check")


@blueprint.read("/cases/<random_id:case_id>/follow-ups", "read_follow_ups", FollowUpsAnswer)
def list_follow_ups(context: RequestContext, case_id: str) -> Released:
    """List the follow-ups, each with its safety check."""
    return dependencies().releases.case(
        context, "follow_ups", case_id, list_body("follow_ups"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/follow-ups", "record_follow_up", created=True)
def record_follow_up(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record what the follow-up came to: close, extend or reopen."""
    return submit_command(
        context, "record_follow_up", body, case=case_id, location="/v1/cases/{case}/follow-ups"
    )
