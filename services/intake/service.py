"""Intake: referrals, cases, sessions and what partners entrust to a case. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from contracts.rpc import read_request
from contracts.topology import SUBSCRIPTIONS
from services.intake.application import Intake, open_intake

Payload = dict[str, Any]


class IntakeService:
    """Tells facts for decisions and content to release, and performs decided commands."""

    name = "intake"
    allowed_callers = ("gateway",)
    subscribers = SUBSCRIPTIONS
    app: Intake = Provided(open_intake)

    @rpc
    def read_case(self, payload: Payload) -> Payload:
        """A case for a person; an unknown id answers in the same shape."""
        return self.app.read_case(read_request("intake", "read_case", payload))

    @rpc
    def list_cases(self, payload: Payload) -> Payload:
        """A page of the cases that a person may come across."""
        return self.app.list_cases(read_request("intake", "list_cases", payload))

    @rpc
    def open_whereabouts(self, payload: Payload) -> Payload:
        """Whereabouts that a recorded decision released."""
        request = read_request("intake", "open_whereabouts", payload)
        opened = self.app.reading.open_whereabouts(request["case"], request["fragments"])
        return {"contents": opened}

    @rpc
    def read_session(self, payload: Payload) -> Payload:
        """A session, its agenda and the facts of the cases on it."""
        return self.app.read_session(read_request("intake", "read_session", payload))

    @rpc
    def list_sessions(self, payload: Payload) -> Payload:
        """A page of sessions."""
        return self.app.reading.sessions(**read_request("intake", "list_sessions", payload))

    @rpc
    def submit_referral(self, payload: Payload) -> Payload:
        """A referral (aanmelding): a case begins."""
        return self._perform("submit_referral", payload)

    @rpc
    def confirm_informing(self, payload: Payload) -> Payload:
        """The chair confirms why no victim was informed."""
        return self._perform("confirm_informing", payload)

    @rpc
    def schedule_session(self, payload: Payload) -> Payload:
        """A meeting of a table."""
        return self._perform("schedule_session", payload)

    @rpc
    def put_on_agenda(self, payload: Payload) -> Payload:
        """A case on the agenda of a session."""
        return self._perform("put_on_agenda", payload)

    @rpc
    def change_stage(self, payload: Payload) -> Payload:
        """A step in the life of a case, by its command in the table."""
        return self._perform("change_stage", payload)

    @rpc
    def raise_crisis(self, payload: Payload) -> Payload:
        """Acute danger."""
        return self._perform("raise_crisis", payload)

    @rpc
    def invite_participant(self, payload: Payload) -> Payload:
        """A party joins a case."""
        return self._perform("invite_participant", payload)

    @rpc
    def declare_conflict(self, payload: Payload) -> Payload:
        """An own conflict of interest."""
        return self._perform("declare_conflict", payload)

    @rpc
    def offer_item(self, payload: Payload) -> Payload:
        """A new information item."""
        return self._perform("offer_item", payload)

    @rpc
    def offer_whereabouts(self, payload: Payload) -> Payload:
        """A new safe address or way of contact."""
        return self._perform("offer_whereabouts", payload)

    @rpc
    def correct_item(self, payload: Payload) -> Payload:
        """A new version of an own item."""
        return self._perform("correct_item", payload)

    @rpc
    def recall_item(self, payload: Payload) -> Payload:
        """An own item taken back."""
        return self._perform("recall_item", payload)

    @rpc
    def answer_forming(self, payload: Payload) -> Payload:
        """A partner's answer to the call for contributions."""
        return self._perform("answer_forming", payload)

    @rpc
    def request_information(self, payload: Payload) -> Payload:
        """A question to a partner."""
        return self._perform("request_information", payload)

    @rpc
    def answer_request(self, payload: Payload) -> Payload:
        """The answer to a question."""
        return self._perform("answer_request", payload)

    @rpc
    def record_informing(self, payload: Payload) -> Payload:
        """How somebody came to know, or why not yet."""
        return self._perform("record_informing", payload)

    @rpc
    def write_advice(self, payload: Payload) -> Payload:
        """The advice to the referrer."""
        return self._perform("write_advice", payload)

    @rpc
    def appoint_director(self, payload: Payload) -> Payload:
        """The case director, from among the partners."""
        return self._perform("appoint_director", payload)

    @rpc
    def record_direction_mandate(self, payload: Payload) -> Payload:
        """An involved service mandates the director."""
        return self._perform("record_direction_mandate", payload)

    @rpc
    def open_emergency(self, payload: Payload) -> Payload:
        """Acute danger: the case opens for a short time."""
        return self._perform("open_emergency", payload)

    @rpc
    def review_emergency(self, payload: Payload) -> Payload:
        """What a second person says of an emergency access."""
        return self._perform("review_emergency", payload)

    @rpc
    def take_over_case(self, payload: Payload) -> Payload:
        """The case goes on under the succeeding agreement."""
        return self._perform("take_over_case", payload)

    @rpc
    def lacking(self, payload: Payload) -> Payload:
        """Which of these events had no effect here."""
        request = read_request("intake", "lacking", payload)
        return {"lacking": self.app.lacking(request["event_ids"])}

    @rpc
    def ping(self, payload: Payload) -> Payload:
        """Whether this service can do its work."""
        read_request("intake", "ping", payload)
        return {"ready": self.app.ready()}

    def _perform(self, name: str, payload: Payload) -> Payload:
        answer: Payload = self.app.perform(name, read_request("intake", name, payload))
        return answer
