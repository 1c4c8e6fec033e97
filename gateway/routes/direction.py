"""Direction (regie): the case director and the mandates from involved services."""

from typing import Any, Final

from gateway.http.case_schemas import DirectionMandatesAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("direction", __name__, description="Step 4: who directs, mandated by whom")

KINDS: Final = ("direction_mandate", "involved_service")
"""A mandate names its service, and so that it is shown, the services are asked for beside."""


@blueprint.read(
    "/cases/<random_id:case_id>/direction-mandates",
    "read_direction_mandates",
    DirectionMandatesAnswer,
)
def list_direction_mandates(context: RequestContext, case_id: str) -> Released:
    """List the involved services and which of them mandated the director."""
    return dependencies().releases.case(
        context, "direction_mandates", case_id, list_body("direction_mandates"), kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/director", "appoint_director", method="PUT")
def appoint_director(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Appoint the case director, from among the partners."""
    return submit_command(context, "appoint_director", body, case=case_id)


@blueprint.command(
    "/cases/<random_id:case_id>/direction-mandates", "record_direction_mandate", created=True
)
def record_direction_mandate(
    context: RequestContext, body: dict[str, Any], case_id: str
) -> CommandResult:
    """Record that an involved service mandates the director."""
    return submit_command(
        context,
        "record_direction_mandate",
        body,
        case=case_id,
        location="/v1/cases/{case}/direction-mandates",
    )
