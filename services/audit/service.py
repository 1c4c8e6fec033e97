"""Audit: the record that nobody can quietly change, and its proofs. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.rpc import read_request
from contracts.topology import SUBSCRIPTIONS
from services.audit.application import open_audit


class AuditService:
    """Every decision and every event, in a log that proves itself."""

    name = "audit"
    allowed_callers = ("gateway",)
    background = (("app.tick", 1.0),)
    app = Provided(open_audit)

    @hears(*SUBSCRIPTIONS["audit"])
    def handle_event(self, event: dict[str, Any]) -> None:
        """Whatever happened."""
        self.app.hear(event)

    @rpc
    def record(self, payload: dict[str, Any]) -> Any:
        """Keep entries; answered once they are durable. It checks what it is given itself."""
        return self.app.record(payload)

    @rpc
    def search(self, payload: dict[str, Any]) -> Any:
        """A page of what an auditor asks for."""
        return self.app.search(read_request("audit", "search", payload))

    @rpc
    def proof(self, payload: dict[str, Any]) -> Any:
        """That an entry is in the log."""
        return self.app.proof(read_request("audit", "proof", payload))

    @rpc
    def checkpoints(self, payload: dict[str, Any]) -> Any:
        """What was signed of the log."""
        return self.app.checkpoints(**read_request("audit", "checkpoints", payload))

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, payload: dict[str, Any]) -> Any:
        """Which of these events are not recorded here."""
        return {"lacking": self.app.lacking(read_request("audit", "lacking", payload)["event_ids"])}

    @rpc
    def ping(self, payload: dict[str, Any]) -> Any:
        """Whether entries can be recorded."""
        read_request("audit", "ping", payload)
        return {"ready": self.app.ready()}
