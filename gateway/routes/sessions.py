"""Sessions of a table (overlegtafel) and their agenda."""

from typing import Any

from gateway.asking import Asking
from gateway.case_shapes import AgendaAnswer
from gateway.commands import Done
from gateway.decisions import ActionDecision
from gateway.doors import Door, PageQuery, parts
from gateway.ordering import ordered
from gateway.release import Page, Released, session_body
from gateway.shapes import SessionAnswer, SessionsAnswer

door = Door("sessions", __name__, description="When a table meets, and its agenda")


@door.read("/sessions", "read_sessions", SessionsAnswer, query=PageQuery)
def list_sessions(asking: Asking, query: dict[str, Any]) -> Released:
    """List the sessions of one's tables."""
    page = Page(**query)

    def fetch(
        decision: ActionDecision, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        request = {
            "agreements": decision.terms.get("agreements", []),
            "after": after,
            "limit": page.limit,
        }
        reply = parts().bus.read(asking.budget, "intake", "list_sessions", request)
        return [session_body(session) for session in reply["sessions"]], reply["next"]

    return parts().releases.page(asking, "read_sessions", "sessions", page, fetch)


@door.command("/sessions", "schedule_session", created=True)
def schedule_session(asking: Asking, body: dict[str, Any]) -> Done:
    """Schedule a session of a table."""
    return ordered(asking, "schedule_session", body, location="/v1/sessions/{id}")


@door.read("/sessions/<random_id:session_id>", "read_session", SessionAnswer)
def read_session(asking: Asking, session_id: str) -> Released:
    """Read when and at which table a session is."""
    return parts().releases.session(asking, session_id)


@door.read("/sessions/<random_id:session_id>/agenda", "read_agenda", AgendaAnswer)
def read_agenda(asking: Asking, session_id: str) -> Released:
    """Read the agenda: the cases on it that you may know of."""
    return parts().releases.agenda(asking, session_id)


@door.command("/sessions/<random_id:session_id>/agenda", "put_on_agenda")
def put_on_agenda(asking: Asking, body: dict[str, Any], session_id: str) -> Done:
    """Put a case on the agenda; its referrer may attend one session, once, to explain."""
    return ordered(asking, "put_on_agenda", body, case=body["case"], session=session_id)
