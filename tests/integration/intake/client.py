"""Sends commands to intake as the gateway would, after a decision that allowed them."""

from typing import Any

from services.intake.application import Intake
from tests import builders
from tests.integration.envelopes import envelope as any_envelope

PARTNERS = ("caw", "parket", "lokale-politie", "ggz")
TERMS = {
    "submit_referral": {
        "participants": list(PARTNERS),
        "latest_review_days": 91,
        "match_working_days": 1,
    },
    "record_informing": {"latest_review_days": 91},
    "schedule_session": {"latest_session_days": 364},
    "put_on_agenda": {"guest_hours": 4},
    "correct_informing": {"latest_review_days": 91},
    "move_session": {
        "latest_session_days": 364,
        "guest_hours": 4,
        "until": "2036-01-01T00:00:00+01:00",
    },
    "add_involved_service": {"mandate_days": 14},
    "request_information": {"latest_due_days": 60},
    "invite_participant": {"parties": [*PARTNERS, "opgroeien"]},
    "change_stage": {
        "cap": {"number": 2, "counts": "concurrent"},
        "follow_up_months": 6,
        "reporting_rhythm_days": 28,
        "same_person_may": {"conclude": False, "extend": True, "close": False},
    },
    "appoint_director": {"partner": "parket", "mandate_days": 14},
    "open_emergency": {"minutes": 60, "review_working_days": 5},
    "take_over_case": {
        "participants": list(PARTNERS),
        "cap": {"number": 2, "counts": "concurrent"},
        "quorum": 2,
        "supported_decision": "all_participants",
        "match_working_days": 1,
    },
    "raise_wall": {"partners": ["lokale-politie"], "answer_working_days": 2},
    "propose_lifting": {"partners": ["lokale-politie"], "answer_working_days": 2},
}


class Client:
    """Commands and reads on one intake; `partner` defaults to the one that referred."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    def envelope(self, name: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A command as it travels, decided on the case as it is now."""
        case = changes.get("case")
        facts = self.facts(case) if case else None
        return any_envelope(
            body,
            **{
                "terms": TERMS.get(name, {}),
                "decided_on": facts and {"stage": facts["stage"], "version": facts["version"]},
            }
            | changes,
        )

    def send(self, name: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Perform a command; returns its outcome or raises what it raises."""
        return self.intake.perform(name, self.envelope(name, body, **changes))

    def read(self, case: str, person: str = "p-reader", **narrowing: Any) -> dict[str, Any]:
        """A case with all its fragments, as a person may read it."""
        request = {"kinds": None, "fragment": None, "content": True} | narrowing
        return self.intake.queries.read_case(case=case, person=person, **request)

    def facts(self, case: str, person: str = "p-reader") -> dict[str, Any]:
        reply: dict[str, Any] = self.read(case, person, content=False)["case"]
        return reply

    def fragment(self, case: str, fragment: str) -> dict[str, Any]:
        """One fragment of a case."""
        [reply] = self.read(case, fragment=fragment)["fragments"]
        return dict(reply)

    def session(self, session: str) -> dict[str, Any]:
        """A session with the facts of the cases on its agenda."""
        return self.intake.queries.read_session(session, "p-reader")

    def list(self, person: str = "p-reader", **request: Any) -> dict[str, Any]:
        """A page of cases."""
        query = {"parties": [], "agreements": [], "referrer": False, "kinds": [], "after": None}
        return self.intake.queries.list_cases(
            **{"person": person, "limit": 100, **query, **request}
        )

    def referral(self, **changes: Any) -> dict[str, Any]:
        """Submit a referral."""
        return self.send("submit_referral", builders.referral(**changes))

    def on_agenda(self, case: str, **changes: Any) -> str:
        """Put a case on the agenda of a new session; returns the session."""
        body = {
            "agreement": "sample-brugge",
            "table": "table-brugge",
            "starts_at": f"{builders.in_days(30)}T09:00:00+00:00",
        }
        session: str = self.send("schedule_session", body)["id"]
        self.send("put_on_agenda", {"case": case, **changes}, case=case, target=session)
        return session

    def forming(self, **changes: Any) -> dict[str, Any]:
        """A case that partners contribute to; returns the referral's outcome."""
        reply = self.referral(**changes)
        if "uninformed_ground" in changes:
            self.send("confirm_informing", {}, case=reply["case"])
        session = self.on_agenda(reply["case"])
        self.step(reply["case"], "take_on_agenda", session=session)
        return reply

    def step(self, case: str, command: str, **members: Any) -> dict[str, Any]:
        """Change the stage, naming the present version."""
        version = self.facts(case)["version"]
        body = {"command": command, **members}
        return self.send("change_stage", body, case=case, if_match=version)

    def weighing(self, **changes: Any) -> str:
        """A case that every partner answered about; returns its id."""
        case: str = self.forming(**changes)["case"]
        self.answer_for_everybody(case)
        self.step(case, "complete_forming")
        return case

    def answer_for_everybody(self, case: str) -> None:
        """Every partner answers that it knows nothing."""
        for partner in PARTNERS:
            answer = {"answer": "nothing_known"}
            self.send("answer_forming", answer, case=case, partner=partner)

    def offer(self, case: str, subject: str, partner: str = "caw", **changes: Any) -> str:
        """Offer an item; returns its id."""
        body = builders.item(changes.pop("category", "safety"), subject, **changes)
        reply: str = self.send("offer_item", body, case=case, partner=partner)["id"]
        return reply

    def ask(self, case: str, subject: str, to: str = "ggz") -> str:
        """Ask a partner for information; returns the request's id."""
        body = builders.request(to, subject)
        reply: str = self.send("request_information", body, case=case, partner="parket")["id"]
        return reply
