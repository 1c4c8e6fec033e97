"""Weighing (weging): how grave a case is, said by people and never by a score."""

from typing import Any, Final

from gateway.http.case_schemas import WeighingsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("weighings", __name__, description="Step 3: how grave, which problems")

KINDS: Final = ("weighing", "weighing_position", "problem_profile", "assessment")


@blueprint.read("/cases/<random_id:case_id>/weighings", "read_weighings", WeighingsAnswer)
def list_weighings(context: RequestContext, case_id: str) -> Released:
    """List the weighings of a case, with positions, problem profile and what they rest on."""
    return dependencies().releases.case(
        context, "weighings", case_id, list_body("weighings"), owner="risk", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/weighings", "open_weighing", created=True)
def open_weighing(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Open the weighing of a case."""
    return submit_command(
        context, "open_weighing", body, case=case_id, location="/v1/cases/{case}/weighings"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/positions",
    "take_weighing_position",
)
def take_weighing_position(
    context: RequestContext, body: dict[str, Any], case_id: str, weighing_id: str
) -> CommandResult:
    """Say how one's partner stands to taking the case; it replaces what was said before."""
    return submit_command(
        context, "take_weighing_position", body, case=case_id, fragment=weighing_id
    )


@blueprint.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/problem-profile",
    "write_problem_profile",
    method="PUT",
    changes=True,
)
def write_problem_profile(
    context: RequestContext, body: dict[str, Any], case_id: str, weighing_id: str
) -> CommandResult:
    """Write the problem profile: every life domain, and what protects."""
    return submit_command(
        context, "write_problem_profile", body, case=case_id, fragment=weighing_id
    )


@blueprint.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/close",
    "close_weighing",
    changes=True,
)
def close_weighing(
    context: RequestContext, body: dict[str, Any], case_id: str, weighing_id: str
) -> CommandResult:
    """Close the weighing with what the table concludes; it never changes after."""
    return submit_command(context, "close_weighing", body, case=case_id, fragment=weighing_id)
