"""Risk: how grave a case is. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.events import case_news
from contracts.rpc import read_request, write_reply
from contracts.topology import SUBSCRIPTIONS
from services.risk.application import Risk, open_risk

Payload = dict[str, Any]


class RiskService:
    """Tells instruments, assessments and weighings, and performs decided commands."""

    name = "risk"
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Risk = Provided(open_risk)

    @hears(*SUBSCRIPTIONS["risk"])
    def handle_case_event(self, event: Payload) -> None:
        """A step in the life of a case."""
        self.app.register.note(event["id"], case_news(event))

    @rpc
    def instruments(self, payload: Payload) -> Payload:
        """The catalogue of instruments (risicotaxatie-instrumenten)."""
        read_request("risk", "instruments", payload)
        return write_reply("risk", "instruments", self.app.instruments())

    @rpc
    def instrument(self, payload: Payload) -> Payload:
        """One instrument, whole."""
        request = read_request("risk", "instrument", payload)
        return write_reply("risk", "instrument", self.app.instrument(**request))

    @rpc
    def read_fragments(self, payload: Payload) -> Payload:
        """What risk holds of a case; an unknown id answers in the same shape."""
        return self.app.reading.fragments(**read_request("risk", "read_fragments", payload))

    @rpc
    def record_assessment(self, payload: Payload) -> Payload:
        """An instrument filled in."""
        return self._perform("record_assessment", payload)

    @rpc
    def recall_assessment(self, payload: Payload) -> Payload:
        """An own assessment taken back."""
        return self._perform("recall_assessment", payload)

    @rpc
    def open_weighing(self, payload: Payload) -> Payload:
        """The table begins to weigh (weging)."""
        return self._perform("open_weighing", payload)

    @rpc
    def take_weighing_position(self, payload: Payload) -> Payload:
        """How a partner stands to taking the case."""
        return self._perform("take_weighing_position", payload)

    @rpc
    def write_problem_profile(self, payload: Payload) -> Payload:
        """Which problems, which protective factors (kwalificatie)."""
        return self._perform("write_problem_profile", payload)

    @rpc
    def close_weighing(self, payload: Payload) -> Payload:
        """The table concludes its weighing."""
        return self._perform("close_weighing", payload)

    @rpc(callers=("intake",))
    def weighing_outcome(self, payload: Payload) -> Payload:
        """What a closed weighing concluded."""
        request = read_request("risk", "weighing_outcome", payload)
        return write_reply("risk", "weighing_outcome", self.app.weighing_outcome(**request))

    @rpc(callers=("intake",))
    def lacking(self, payload: Payload) -> Payload:
        """Which of these events had no effect here."""
        request = read_request("risk", "lacking", payload)
        return {"lacking": self.app.register.lacking(request["event_ids"])}

    @rpc
    def ping(self, payload: Payload) -> Payload:
        """Whether this service can do its work."""
        read_request("risk", "ping", payload)
        return {"ready": self.app.ready()}

    def _perform(self, name: str, payload: Payload) -> Payload:
        answer: Payload = self.app.perform(name, read_request("risk", name, payload))
        return answer
