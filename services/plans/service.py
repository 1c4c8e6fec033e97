"""Plans: what is to be done, by whom, and how it ended. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.events import case_news
from contracts.rpc import read_request, write_reply
from contracts.topology import SUBSCRIPTIONS
from services.plans.domain import settled
from services.plans.store import Store


class PlansService:
    """Answers what was adopted or closed, and knows which cases there are."""

    name = "plans"
    allowed_callers = ("intake",)
    store: Store = Provided(Store)

    @hears(*SUBSCRIPTIONS["plans"])
    def handle_case_event(self, event: dict[str, Any]) -> None:
        """A step in the life of a case."""
        self.store.note(event["id"], case_news(event))

    @rpc
    def plan_outcome(self, payload: dict[str, Any]) -> dict[str, Any]:
        """An adopted version of the plan (plan van aanpak)."""
        request = read_request("plans", "plan_outcome", payload)
        found = self.store.closed("plan_versions", **request)
        return write_reply("plans", "plan_outcome", settled(found))

    @rpc
    def conclusion_outcome(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A closed conclusion (afronding)."""
        request = read_request("plans", "conclusion_outcome", payload)
        found = self.store.closed("conclusions", **request)
        return write_reply("plans", "conclusion_outcome", settled(found))

    @rpc
    def follow_up_outcome(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A closed follow-up, six months after the conclusion."""
        request = read_request("plans", "follow_up_outcome", payload)
        found = self.store.closed("follow_ups", **request)
        return write_reply("plans", "follow_up_outcome", settled(found))

    @rpc
    def lacking(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Which of these events had no effect here."""
        request = read_request("plans", "lacking", payload)
        return {"lacking": self.store.lacking(request["event_ids"])}

    @rpc(callers=("gateway",))
    def ping(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Whether this service can do its work."""
        read_request("plans", "ping", payload)
        return {"ready": self.store.ready()}
