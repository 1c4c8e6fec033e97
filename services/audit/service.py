"""The entrypoints of audit, the tamper-evident record of decisions and events."""

from typing import Any

from chassis.bus.entrypoints import handles, rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.audit.application import (
    Audit,
    CheckpointPage,
    InclusionProof,
    SearchPage,
    open_audit,
)
from services.audit.migrations import STEPS

Payload = dict[str, Any]


class AuditService:
    """Every decision and every event, in a transparency log."""

    name = "audit"
    contract = METHODS["audit"]
    migrations = STEPS
    allowed_callers = ("gateway",)
    background = (("app.tick", 1.0),)
    app: Audit = Provided(open_audit)

    @handles(*SUBSCRIPTIONS["audit"])
    def handle_event(self, event: Payload) -> None:
        """Record any event."""
        self.app.record_event(event)

    @rpc(checked=False)
    def record(self, payload: Payload) -> Payload:
        """Append entries; replies once they are durable. It validates the payload itself."""
        return {"receipts": self.app.record(payload)}

    @rpc
    def search(self, request: Payload) -> SearchPage:
        """A page of entries that match a search."""
        return self.app.search(request)

    @rpc
    def proof(self, request: Payload) -> InclusionProof:
        """The inclusion proof of an entry."""
        return self.app.proof(request)

    @rpc
    def checkpoints(self, request: Payload) -> CheckpointPage:
        """A page of signed checkpoints."""
        return self.app.checkpoints(**request)

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, request: Payload) -> Payload:
        """Which of these events are not recorded."""
        return {"lacking": self.app.lacking(**request)}

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether entries can be recorded."""
        return {"ready": self.app.ready()}
