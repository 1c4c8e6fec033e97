"""Supported decisions (gedragen beslissingen) of the team."""

from typing import Any, Final

from gateway.http.case_schemas import DecisionsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "decisions", __name__, description="Step 5: decisions that all can support"
)

KINDS: Final = ("decision", "action")
"""A decision, and the action that it is about: it is named beside it only."""


@blueprint.read("/cases/<random_id:case_id>/decisions", "read_decisions", DecisionsAnswer)
def list_decisions(context: RequestContext, case_id: str) -> Released:
    """List the supported decisions of a case, and the actions that they may be about."""
    return dependencies().releases.case(
        context, "decisions", case_id, list_body("decisions"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/decisions", "record_decision", created=True)
def record_decision(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record a supported decision, about a blocked action where it names one."""
    return submit_command(
        context, "record_decision", body, case=case_id, location="/v1/cases/{case}/decisions"
    )
