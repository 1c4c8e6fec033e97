"""Intake: referrals, cases, sessions and what partners entrust to a case. Its entrypoints."""

from typing import Any

from casework.entrypoints import command_methods
from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.intake.application import Intake, open_intake
from services.intake.migrations import STEPS

Payload = dict[str, Any]


@command_methods
class IntakeService:
    """Answers with facts for decisions and content to release; performs decided commands."""

    name = "intake"
    contract = METHODS["intake"]
    migrations = STEPS
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Intake = Provided(open_intake)

    @rpc
    def read_case(self, request: Payload) -> Payload:
        """A case for a person; an unknown id answers in the same shape."""
        return self.app.queries.read_case(**request)

    @rpc
    def list_cases(self, request: Payload) -> Payload:
        """A page of the cases that a person may come across."""
        return self.app.queries.list_cases(**request)

    @rpc
    def open_whereabouts(self, request: Payload) -> Payload:
        """Whereabouts that a recorded decision released."""
        opened = self.app.queries.open_whereabouts(request["case"], request["fragments"])
        return {"contents": opened}

    @rpc
    def read_session(self, request: Payload) -> Payload:
        """A session, its agenda and the facts of the cases on it."""
        return self.app.queries.read_session(**request)

    @rpc
    def list_sessions(self, request: Payload) -> Payload:
        """A page of sessions."""
        return self.app.queries.list_sessions(**request)

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether this service can do its work."""
        return {"ready": self.app.ready()}
