"""The contact log of the case director (casusregisseur)."""

from typing import Any, Final

from gateway.http.case_schemas import ContactLogAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("contact-log", __name__, description="Step 5: whom the director spoke")

KINDS: Final = ("contact", "plan")
"""A contact, and the version of the plan that clients were told of: it is named beside it only."""


@blueprint.read("/cases/<random_id:case_id>/contact-log", "read_contact_log", ContactLogAnswer)
def list_contact_log(context: RequestContext, case_id: str) -> Released:
    """List the contacts of the director, and the plans that clients were told of."""
    return dependencies().releases.case(
        context, "contact_log", case_id, list_body("contact_log"), owner="plans", kinds=KINDS
    )


@blueprint.command("/cases/<random_id:case_id>/contact-log", "log_contact", created=True)
def log_contact(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Log a contact; clients are told of a plan in person, and safely."""
    return submit_command(
        context, "log_contact", body, case=case_id, location="/v1/cases/{case}/contact-log"
    )
