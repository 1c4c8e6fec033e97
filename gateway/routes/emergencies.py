"""Emergency access (noodtoegang): acute danger, at most an hour, always reviewed."""

from typing import Any, Final

from gateway.http.case_schemas import EmergenciesAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("emergencies", __name__, description="Acute danger: access to one case")

KINDS: Final = ("emergency_ground", "emergency_review")


@blueprint.read("/cases/<random_id:case_id>/emergencies", "read_emergencies", EmergenciesAnswer)
def list_emergencies(context: RequestContext, case_id: str) -> Released:
    """List the emergency accesses to a case and their reviews."""
    return dependencies().releases.case(
        context, "emergencies", case_id, list_body("emergencies"), kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/emergencies", "open_emergency", created=True)
def open_emergency(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Open a case for acute danger, with a ground; director and coordination are told at once."""
    return submit_command(
        context, "open_emergency", body, case=case_id, location="/v1/cases/{case}/emergencies"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/emergencies/<random_id:grant_id>/review", "review_emergency"
)
def review_emergency(
    context: RequestContext, body: dict[str, Any], case_id: str, grant_id: str
) -> CommandResult:
    """Review somebody else's emergency access."""
    return submit_command(context, "review_emergency", body, case=case_id, fragment=grant_id)
