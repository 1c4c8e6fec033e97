"""Plans: what is to be done, by whom, and how it ended. Its entrypoints."""

from typing import Any

from casework.entrypoints import command_methods
from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.plans.application import Plans
from services.plans.migrations import STEPS

Payload = dict[str, Any]


@command_methods
class PlansService:
    """Answers with content to release and with what was closed; performs decided commands."""

    name = "plans"
    contract = METHODS["plans"]
    migrations = STEPS
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Plans = Provided(Plans)

    @rpc
    def read_fragments(self, request: Payload) -> Payload:
        """What plans holds of a case; of an unknown one nothing, in the same shape."""
        return self.app.queries.read_fragments(**request)

    @rpc(callers=("intake",), dumped=True)
    def plan_outcome(self, request: Payload) -> Payload:
        """An adopted version of the plan (plan van aanpak)."""
        return self.app.outcome("plan_outcome", request)

    @rpc(callers=("intake",), dumped=True)
    def conclusion_outcome(self, request: Payload) -> Payload:
        """A closed conclusion (afronding)."""
        return self.app.outcome("conclusion_outcome", request)

    @rpc(callers=("intake",), dumped=True)
    def follow_up_outcome(self, request: Payload) -> Payload:
        """A closed follow-up, six months after the conclusion."""
        return self.app.outcome("follow_up_outcome", request)

    @rpc(callers=("intake",))
    def service_followers(self, request: Payload) -> Payload:
        """Which partners follow an action that an involved service carries out."""
        return self.app.service_followers(**request)

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether this service can do its work."""
        return {"ready": self.app.ready()}
