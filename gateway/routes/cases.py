"""Cases (dossiers): what of them is released."""

from typing import Any

from gateway.dependencies import dependencies
from gateway.http.case_schemas import CaseAnswer, CasesAnswer, ParticipantsAnswer
from gateway.http.routing import ApiBlueprint, PageQuery
from gateway.release.case_facts import CaseQuery
from gateway.release.pipeline import PageRequest, Released
from gateway.release.projection import case_body
from gateway.request_context import RequestContext
from gateway.routes.case_blueprints import CASE, add_commands
from gateway.routes.case_resources import CASE_COMMANDS

blueprint = ApiBlueprint("cases", __name__, description="What of a case is released, and its steps")


@blueprint.read("/cases", "read_cases", CasesAnswer, query=PageQuery)
def list_cases(context: RequestContext, query: dict[str, Any]) -> Released:
    """List the cases that one takes part in, newest first."""
    return dependencies().releases.cases(context, "cases", PageRequest(**query), referrer=False)


@blueprint.read(CASE, "read_case", CaseAnswer)
def read_case(context: RequestContext, case_id: str) -> Released:
    """Read a case: what of it is released to you now."""
    return dependencies().releases.case(context, "case", CaseQuery(case_id), case_body)


@blueprint.read(f"{CASE}/participants", "read_participants", ParticipantsAnswer)
def read_participants(context: RequestContext, case_id: str) -> Released:
    """Read which partners take part, and whether they answered."""
    return dependencies().releases.case(
        context,
        "participants",
        CaseQuery(case_id, kinds=()),
        lambda case: {"case": case.id, "participants": case.participants or []},
    )


add_commands(blueprint, CASE_COMMANDS)
