"""Sessions of a table (overlegtafel) and their agenda."""

from typing import Any

from gateway.dependencies import dependencies
from gateway.http.case_schemas import AgendaAnswer
from gateway.http.response_schemas import SessionAnswer, SessionsAnswer
from gateway.http.routing import ApiBlueprint, PageQuery
from gateway.release.commands import CommandRequest, CommandResult
from gateway.release.decisions import ActionDecision
from gateway.release.pipeline import PageRequest, Released, Rows
from gateway.release.session_facts import session_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("sessions", __name__, description="When a table meets, and its agenda")


@blueprint.read("/sessions", "read_sessions", SessionsAnswer, query=PageQuery)
def list_sessions(context: RequestContext, query: dict[str, Any]) -> Released:
    """List the sessions of one's tables."""
    page = PageRequest(**query)

    def fetch(decision: ActionDecision, after: str | None) -> Rows:
        request = {
            "agreements": decision.terms.get("agreements", []),
            "after": after,
            "limit": page.limit,
        }
        [reply] = dependencies().bus.read(context.budget, ("intake", "list_sessions", request))
        return [session_body(session) for session in reply["sessions"]], reply["next"]

    return dependencies().releases.page(context, "read_sessions", "sessions", page, fetch)


@blueprint.command("/sessions", "schedule_session", created=True)
def schedule_session(context: RequestContext, body: dict[str, Any]) -> CommandResult:
    """Schedule a session of a table."""
    request = CommandRequest("schedule_session", body, location="/v1/sessions/{id}")
    return dependencies().commands.submit_command(context, request)


@blueprint.read("/sessions/<random_id:session_id>", "read_session", SessionAnswer)
def read_session(context: RequestContext, session_id: str) -> Released:
    """Read when and at which table a session is."""
    return dependencies().releases.session(context, session_id)


@blueprint.read("/sessions/<random_id:session_id>/agenda", "read_agenda", AgendaAnswer)
def read_agenda(context: RequestContext, session_id: str) -> Released:
    """Read the agenda: the cases on it that you may know of."""
    return dependencies().releases.agenda(context, session_id)


@blueprint.command("/sessions/<random_id:session_id>/agenda", "put_on_agenda")
def put_on_agenda(context: RequestContext, body: dict[str, Any], session_id: str) -> CommandResult:
    """Put a case on the agenda; its referrer may attend one session, once, to explain."""
    request = CommandRequest("put_on_agenda", body, body["case"], session_id, "session")
    return dependencies().commands.submit_command(context, request)


@blueprint.command("/sessions/<random_id:session_id>/move", "move_session", changes=True)
def move_session(context: RequestContext, body: dict[str, Any], session_id: str) -> CommandResult:
    """Move a session to another moment; the visits and windows that go with it move along."""
    request = CommandRequest("move_session", body, None, session_id, "session")
    return dependencies().commands.submit_command(context, request)


@blueprint.command("/sessions/<random_id:session_id>/cancel", "cancel_session", changes=True)
def cancel_session(context: RequestContext, body: dict[str, Any], session_id: str) -> CommandResult:
    """Cancel a session that has not begun: its agenda is empty from then on."""
    request = CommandRequest("cancel_session", body, None, session_id, "session")
    return dependencies().commands.submit_command(context, request)


@blueprint.command("/sessions/<random_id:session_id>/agenda/removals", "take_off_agenda")
def take_off_agenda(
    context: RequestContext, body: dict[str, Any], session_id: str
) -> CommandResult:
    """Take a case off the agenda; the referrer's one visit to it is given back."""
    request = CommandRequest("take_off_agenda", body, body["case"], session_id, "session")
    return dependencies().commands.submit_command(context, request)
