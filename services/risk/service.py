"""Risk: how grave a case is. Its entrypoints."""

from typing import Any

from casework.entrypoints import command_methods
from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.risk.application import Risk, open_risk
from services.risk.migrations import STEPS

Payload = dict[str, Any]


@command_methods
class RiskService:
    """Answers with instruments, assessments and weighings; performs decided commands."""

    name = "risk"
    contract = METHODS["risk"]
    migrations = STEPS
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Risk = Provided(open_risk)

    @rpc(dumped=True)
    def instruments(self, _request: Payload) -> Payload:
        """The catalogue of instruments (risicotaxatie-instrumenten)."""
        return self.app.instruments()

    @rpc(dumped=True)
    def instrument(self, request: Payload) -> Payload:
        """One instrument, whole."""
        return self.app.instrument(**request)

    @rpc
    def read_fragments(self, request: Payload) -> Payload:
        """What risk holds of a case; an unknown id answers in the same shape."""
        return self.app.queries.read_fragments(**request)

    @rpc(callers=("intake",), dumped=True)
    def weighing_outcome(self, request: Payload) -> Payload:
        """What a closed weighing concluded."""
        return self.app.weighing_outcome(**request)

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether this service can do its work."""
        return {"ready": self.app.ready()}
