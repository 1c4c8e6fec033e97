"""Audit: the record that nobody can quietly change, and its proofs. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import handles, rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.audit.application import Audit, open_audit

Payload = dict[str, Any]


class AuditService:
    """Every decision and every event, in a log that proves itself."""

    name = "audit"
    contract = METHODS["audit"]
    allowed_callers = ("gateway",)
    background = (("app.tick", 1.0),)
    app: Audit = Provided(open_audit)

    @handles(*SUBSCRIPTIONS["audit"])
    def handle_event(self, event: Payload) -> None:
        """Whatever happened."""
        self.app.hear(event)

    @rpc(checked=False)
    def record(self, payload: Payload) -> Payload:
        """Keep entries; answered once they are durable. It checks what it is given itself."""
        return self.app.record(payload)

    @rpc
    def search(self, request: Payload) -> Payload:
        """A page of what an auditor asks for."""
        return self.app.search(request)

    @rpc
    def proof(self, request: Payload) -> Payload:
        """That an entry is in the log."""
        return self.app.proof(request)

    @rpc
    def checkpoints(self, request: Payload) -> Payload:
        """What was signed of the log."""
        return self.app.checkpoints(**request)

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, request: Payload) -> Payload:
        """Which of these events are not recorded here."""
        return {"lacking": self.app.lacking(**request)}

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether entries can be recorded."""
        return {"ready": self.app.ready()}
