"""Information requests (informatievragen): what the table still needs to know."""

from typing import Any

from gateway.http.case_schemas import RequestsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "requests", __name__, description="Step 2: questions of the table, and their answers"
)


@blueprint.read("/cases/<random_id:case_id>/requests", "read_requests", RequestsAnswer)
def list_requests(context: RequestContext, case_id: str) -> Released:
    """List the questions of a case that are released to you."""
    return dependencies().releases.case(
        context, "requests", case_id, list_body("requests"), kinds=("request",)
    )


@blueprint.command("/cases/<random_id:case_id>/requests", "request_information", created=True)
def request_information(
    context: RequestContext, body: dict[str, Any], case_id: str
) -> CommandResult:
    """Ask a partner for what is missing, with a due day."""
    return submit_command(
        context, "request_information", body, case=case_id, location="/v1/cases/{case}/requests"
    )


@blueprint.command(
    "/cases/<random_id:case_id>/requests/<random_id:request_id>/answer",
    "answer_request",
    changes=True,
)
def answer_request(
    context: RequestContext, body: dict[str, Any], case_id: str, request_id: str
) -> CommandResult:
    """Answer a question: shared, nothing known, or declined with a ground."""
    return submit_command(context, "answer_request", body, case=case_id, fragment=request_id)
