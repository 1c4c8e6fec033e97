"""Conclusions (afronding): what came of each aim."""

from typing import Any, Final

from gateway.http.case_schemas import ConclusionsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("conclusions", __name__, description="Step 6: the outcome on each aim")

KINDS: Final = ("conclusion", "safety_check")


@blueprint.read("/cases/<random_id:case_id>/conclusions", "read_conclusions", ConclusionsAnswer)
def list_conclusions(context: RequestContext, case_id: str) -> Released:
    """List the conclusions, each with its safety check."""
    return dependencies().releases.case(
        context, "conclusions", case_id, list_body("conclusions"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/conclusions", "draw_conclusion", created=True)
def draw_conclusion(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Propose the conclusion, as director."""
    return submit_command(
        context, "draw_conclusion", body, case=case_id, location="/v1/cases/{case}/conclusions"
    )
