"""Cases (dossiers): what of them is released, and their steps."""

from typing import Any

from gateway.http.case_schemas import CaseAnswer, CasesAnswer, ParticipantsAnswer
from gateway.http.routing import ApiBlueprint, PageQuery, dependencies
from gateway.http.submission import submit_command
from gateway.release import projection
from gateway.release.commands import CommandResult
from gateway.release.pipeline import PageRequest, Released
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("cases", __name__, description="What of a case is released, and its steps")


@blueprint.read("/cases", "read_cases", CasesAnswer, query=PageQuery)
def list_cases(context: RequestContext, query: dict[str, Any]) -> Released:
    """List the cases that one takes part in, newest first."""
    return dependencies().releases.cases(context, "cases", PageRequest(**query), referrer=False)


@blueprint.read("/cases/<random_id:case_id>", "read_case", CaseAnswer)
def read_case(context: RequestContext, case_id: str) -> Released:
    """Read a case: what of it is released to you now."""
    return dependencies().releases.case(context, "case", case_id, projection.case_body)


@blueprint.read("/cases/<random_id:case_id>/participants", "read_participants", ParticipantsAnswer)
def read_participants(context: RequestContext, case_id: str) -> Released:
    """Read which partners take part, and whether they answered."""
    return dependencies().releases.case(
        context,
        "participants",
        case_id,
        lambda read, decision, _shown: {
            "case": read.id,
            "participants": projection.participants(read, decision),
        },
        kinds=(),
    )


@blueprint.command("/cases/<random_id:case_id>/participants", "invite_participant")
def invite_participant(
    context: RequestContext, body: dict[str, Any], case_id: str
) -> CommandResult:
    """Invite a party to take part, where the agreement works by invitation."""
    return submit_command(context, "invite_participant", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/conflicts", "declare_conflict")
def declare_conflict(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Declare an own conflict of interest: the case is hidden from you from then on."""
    return submit_command(context, "declare_conflict", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/transitions", "change_stage", changes=True)
def change_stage(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Take a step of the case, by its command in the transition table."""
    return submit_command(context, "change_stage", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/informing-confirmation", "confirm_informing")
def confirm_informing(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Confirm, as chair, that the ground for not informing any victim holds."""
    return submit_command(context, "confirm_informing", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/informing", "record_informing")
def record_informing(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Record how a person came to know of the referral, or why not yet."""
    return submit_command(context, "record_informing", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/advice", "write_advice")
def write_advice(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Write the advice of the table; its referrer reads it when the case is not taken."""
    return submit_command(context, "write_advice", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/takeover", "take_over_case")
def take_over_case(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Take a case over under the agreement that succeeds its own, which has ended."""
    return submit_command(context, "take_over_case", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/crisis", "raise_crisis")
def raise_crisis(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Raise acute danger: the operational team is alerted at once."""
    return submit_command(context, "raise_crisis", body, case=case_id)


@blueprint.command("/cases/<random_id:case_id>/answers", "answer_forming")
def answer_forming(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Answer the call for contributions for one's partner."""
    return submit_command(context, "answer_forming", body, case=case_id)
