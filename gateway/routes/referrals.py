"""Step 1: referrals (aanmeldingen), as the referrer makes and follows them."""

from typing import Any, Final

from gateway.dependencies import dependencies
from gateway.http.case_schemas import CaseAnswer, ReferralsAnswer
from gateway.http.routing import ApiBlueprint, PageQuery
from gateway.release.case_facts import CaseQuery
from gateway.release.commands import CommandRequest, CommandResult
from gateway.release.pipeline import PageRequest, Released
from gateway.release.projection import case_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "referrals", __name__, description="Step 1: refer a family, follow the referral"
)

KINDS: Final = (
    "person",
    "occurrence",
    "worry",
    "wish",
    "precaution",
    "involved_service",
    "criterion",
    "informing",
    "uninformed_ground",
    "advice",
)
"""What a referral is made of. A safe address is not among it: it is not needed to follow it."""


@blueprint.command("/referrals", "submit_referral", created=True)
def submit_referral(context: RequestContext, body: dict[str, Any]) -> CommandResult:
    """Submit a referral: the case begins."""
    request = CommandRequest("submit_referral", body, location="/v1/referrals/{case}")
    return dependencies().commands.submit_command(context, request)


@blueprint.read("/referrals", "read_referrals", ReferralsAnswer, query=PageQuery)
def list_referrals(context: RequestContext, query: dict[str, Any]) -> Released:
    """List one's own referrals, newest first."""
    return dependencies().releases.cases(context, "referrals", PageRequest(**query), referrer=True)


@blueprint.read("/referrals/<random_id:referral_id>", "read_referral", CaseAnswer)
def read_referral(context: RequestContext, referral_id: str) -> Released:
    """Read one's own referral, its state and the advice."""
    query = CaseQuery(referral_id, kinds=KINDS)
    return dependencies().releases.case(context, "referral", query, case_body)
