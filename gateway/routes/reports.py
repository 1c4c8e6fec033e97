"""Progress reports of the director to the team."""

from typing import Any, Final

from gateway.http.case_schemas import ReportsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("reports", __name__, description="Step 5: how it goes, and how safe")

KINDS: Final = ("report", "safety_check")


@blueprint.read("/cases/<random_id:case_id>/reports", "read_reports", ReportsAnswer)
def list_reports(context: RequestContext, case_id: str) -> Released:
    """List the progress reports, each with its safety check."""
    return dependencies().releases.case(
        context, "reports", case_id, list_body("reports"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/reports", "report_progress", created=True)
def report_progress(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Report to the team, with a safety check."""
    return submit_command(
        context, "report_progress", body, case=case_id, location="/v1/cases/{case}/reports"
    )
