"""Plans: what is to be done, by whom, and how it ended. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.events import case_news
from contracts.rpc import read_request, write_reply
from contracts.topology import SUBSCRIPTIONS
from services.plans.application import Plans

Payload = dict[str, Any]


class PlansService:
    """Tells content to release and what was closed, and performs decided commands."""

    name = "plans"
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Plans = Provided(Plans)

    @hears(*SUBSCRIPTIONS["plans"])
    def handle_case_event(self, event: Payload) -> None:
        """A step in the life of a case."""
        self.app.register.note(event["id"], case_news(event))

    @rpc
    def read_fragments(self, payload: Payload) -> Payload:
        """What plans holds of a case; of an unknown one nothing, in the same shape."""
        return self.app.reading.fragments(**read_request("plans", "read_fragments", payload))

    @rpc(callers=("intake",))
    def plan_outcome(self, payload: Payload) -> Payload:
        """An adopted version of the plan (plan van aanpak)."""
        return self._settled("plan_outcome", payload)

    @rpc(callers=("intake",))
    def conclusion_outcome(self, payload: Payload) -> Payload:
        """A closed conclusion (afronding)."""
        return self._settled("conclusion_outcome", payload)

    @rpc(callers=("intake",))
    def follow_up_outcome(self, payload: Payload) -> Payload:
        """A closed follow-up, six months after the conclusion."""
        return self._settled("follow_up_outcome", payload)

    @rpc
    def propose_plan(self, payload: Payload) -> Payload:
        """A whole version of the plan."""
        return self._perform("propose_plan", payload)

    @rpc
    def take_plan_position(self, payload: Payload) -> Payload:
        """How a partner stands to a version."""
        return self._perform("take_plan_position", payload)

    @rpc
    def adopt_plan(self, payload: Payload) -> Payload:
        """A version becomes the plan."""
        return self._perform("adopt_plan", payload)

    @rpc
    def update_action(self, payload: Payload) -> Payload:
        """How an action stands."""
        return self._perform("update_action", payload)

    @rpc
    def record_decision(self, payload: Payload) -> Payload:
        """A supported decision of the team."""
        return self._perform("record_decision", payload)

    @rpc
    def log_contact(self, payload: Payload) -> Payload:
        """A contact of the case director."""
        return self._perform("log_contact", payload)

    @rpc
    def record_trajectory(self, payload: Payload) -> Payload:
        """A trajectory of help, justice or administration."""
        return self._perform("record_trajectory", payload)

    @rpc
    def update_trajectory(self, payload: Payload) -> Payload:
        """How a trajectory stands now."""
        return self._perform("update_trajectory", payload)

    @rpc
    def report_progress(self, payload: Payload) -> Payload:
        """A report of the case director to the team."""
        return self._perform("report_progress", payload)

    @rpc
    def draw_conclusion(self, payload: Payload) -> Payload:
        """The conclusion that the case director proposes."""
        return self._perform("draw_conclusion", payload)

    @rpc
    def record_follow_up(self, payload: Payload) -> Payload:
        """The follow-up after the conclusion."""
        return self._perform("record_follow_up", payload)

    @rpc
    def evaluate_approach(self, payload: Payload) -> Payload:
        """How the table looks back."""
        return self._perform("evaluate_approach", payload)

    @rpc(callers=("intake",))
    def lacking(self, payload: Payload) -> Payload:
        """Which of these events had no effect here."""
        request = read_request("plans", "lacking", payload)
        return {"lacking": self.app.register.lacking(request["event_ids"])}

    @rpc
    def ping(self, payload: Payload) -> Payload:
        """Whether this service can do its work."""
        read_request("plans", "ping", payload)
        return {"ready": self.app.ready()}

    def _perform(self, name: str, payload: Payload) -> Payload:
        answer: Payload = self.app.perform(name, read_request("plans", name, payload))
        return answer

    def _settled(self, name: str, payload: Payload) -> Payload:
        told = self.app.settled(name, read_request("plans", name, payload))
        return write_reply("plans", name, told)
