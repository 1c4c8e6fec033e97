"""A client of the HTTP API for the people at a case table, one method for each step of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from contracts.errors import STATUS
from deploy.local.api_client import ApiClient
from deploy.local.sample_persons import SamplePerson, sample_persons
from tests import builders

PARTNERS = (
    "opgroeien",
    "vertrouwenscentrum",
    "stad",
    "caw",
    "parket",
    "justitiehuis",
    "sociaal-huis",
    "politie",
    "ggz",
)
"""The nine team members of the sample table, by key."""

CONSULT = "case_consultation"


@dataclass(frozen=True)
class Seats:
    """Who sits at a table, by key: the chair, the coordination team, who directs, all members."""

    chair: str
    coordination: str
    director: str
    members: tuple[str, ...]


SEATS = {
    "sample-brugge": Seats("chair", "coordination", "justitiehuis", PARTNERS),
    "sample-kortrijk": Seats(
        "stad-kortrijk",
        "coordination-kortrijk",
        "politie-kortrijk",
        ("caw-kortrijk", "parket-kortrijk", "politie-kortrijk", "stad-kortrijk"),
    ),
}


@dataclass(frozen=True)
class Case:
    """A case as its referrer knows it: its id and the ids of its persons by ref."""

    id: str
    ids: dict[str, str]
    agreement: str = "sample-brugge"

    @property
    def seats(self) -> Seats:
        return SEATS[self.agreement]

    @property
    def persons(self) -> list[str]:
        """The ids of the client system."""
        return list(self.ids.values())

    @property
    def path(self) -> str:
        return f"/v1/cases/{self.id}"


class TableClient:
    """Makes real calls as a person by key; the methods for steps expect them to succeed."""

    def __init__(
        self, client: ApiClient, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.now = now
        self.client = client
        self.people: dict[str, SamplePerson] = sample_persons()

    def get(self, who: str, path: str, purpose: str = CONSULT) -> requests.Response:
        return self.client.get(self.people[who].id, path, purpose)

    def post(
        self,
        who: str,
        path: str,
        body: dict[str, Any],
        purpose: str = CONSULT,
        if_match: int | None = None,
        **options: Any,
    ) -> requests.Response:
        return self.client.post(self.people[who].id, path, purpose, body, if_match, **options)

    def put(
        self, who: str, path: str, body: dict[str, Any], if_match: int | None = None
    ) -> requests.Response:
        return self.client.put(self.people[who].id, path, CONSULT, body, if_match)

    def refer(self, who: str = "caw", **changes: Any) -> Case:
        """A referral that was accepted."""
        agreement = self.people[who].agreement
        answer = self.post(
            who, "/v1/referrals", builders.referral(agreement, **changes), "referral"
        )
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return Case(body["case"], body["ids"], agreement)

    def session(self, who: str = "coordination", starts: datetime | None = None) -> str:
        """A session, by default an hour ahead."""
        agreement = self.people[who].agreement
        starts = starts or self.now() + timedelta(hours=1)
        body = {
            "agreement": agreement,
            "table": agreement.replace("sample", "table"),
            "starts_at": starts.isoformat(),
        }
        answer = self.post(who, "/v1/sessions", body, "coordination")
        assert answer.status_code == 201, answer.text
        session: str = answer.json()["id"]
        return session

    def put_on_agenda(self, case: Case, session: str) -> None:
        """Puts the case on the agenda of the session."""
        path, body = f"/v1/sessions/{session}/agenda", {"case": case.id}
        self.expect(self.post(case.seats.coordination, path, body, "coordination"))

    def take_on(self, case: Case, session: str | None = None) -> Case:
        """Puts the case on an agenda and takes it on: forming begins."""
        coordination = case.seats.coordination
        session = session or self.session(coordination)
        self.put_on_agenda(case, session)
        self.expect(self.step(case.seats.chair, case, "take_on_agenda", session=session))
        return case

    def forming(self, who: str = "caw", **changes: Any) -> Case:
        """A case in forming."""
        return self.take_on(self.refer(who, **changes))

    def step(self, who: str, case: Case, command: str, **members: Any) -> requests.Response:
        """A transition, on the version that the person reads first."""
        version = self.get(who, case.path).json()["version"]
        body = {"command": command, **members}
        return self.post(who, f"{case.path}/transitions", body, if_match=version)

    def weighing(self, who: str = "caw", **changes: Any) -> Case:
        """A case about which nobody knows more: it is being weighed."""
        case = self.forming(who, **changes)
        for member in case.seats.members:
            self.expect(self.post(member, f"{case.path}/answers", {"answer": "nothing_known"}))
        self.expect(self.step(case.seats.chair, case, "complete_forming"))
        return case

    def weigh(self, case: Case, conclusion: str = "take") -> str:
        """A closed weighing with an assessment, positions and a problem profile; its id."""
        chair, members = case.seats.chair, case.seats.members
        filled = builders.assessment("odara", case.ids["a"])
        assessed = self.expect(self.post(members[0], f"{case.path}/assessments", filled))["id"]
        weighing: str = self.expect(self.post(chair, f"{case.path}/weighings", {}))["id"]
        path = f"{case.path}/weighings/{weighing}"
        for member in members:
            self.expect(self.post(member, f"{path}/positions", {"position": "accept"}))
        profile = builders.problem_profile()
        self.expect(self.put(chair, f"{path}/problem-profile", profile, if_match=1))
        closing = {"conclusion": conclusion, "reasons": "waarom", "assessments": [assessed]}
        self.expect(self.post(chair, f"{path}/close", closing, if_match=2))
        return weighing

    def accepted(self, who: str = "caw", **changes: Any) -> tuple[Case, str]:
        """A case that is taken and has a place, and its weighing."""
        case = self.weighing(who, **changes)
        weighing = self.weigh(case)
        done = self.expect(self.step(case.seats.chair, case, "accept", outcome=weighing))
        assert done["stage"] == "accepted", done
        return case, weighing

    def directed(self, who: str = "caw", **changes: Any) -> tuple[Case, str]:
        """An accepted case with a director whom every involved service mandated."""
        case, weighing = self.accepted(who, **changes)
        director = case.seats.director
        appointed = {"person": self.people[director].id, "no_care_professional": True}
        self.expect(self.put(case.seats.chair, f"{case.path}/director", appointed))
        shown = self.get(director, case.path).json()["fragments"]
        for service in [each["id"] for each in shown if each["kind"] == "involved_service"]:
            mandate = {"involved_service": service, "given_by": "directie"}
            mandate["given_on"] = builders.TODAY().isoformat()
            self.expect(self.post(director, f"{case.path}/direction-mandates", mandate))
        return case, weighing

    def adopt(self, case: Case, body: dict[str, Any]) -> str:
        """A version of the plan that everybody approves; its id."""
        members = case.seats.members
        plan: str = self.expect(self.post(members[0], f"{case.path}/plans", body))["id"]
        for member in members:
            position = {"position": "approve"}
            self.expect(self.post(member, f"{case.path}/plans/{plan}/positions", position))
        path = f"{case.path}/plans/{plan}/adopt"
        self.expect(self.post(case.seats.chair, path, {}, if_match=1))
        return plan

    def active(self, who: str = "caw", **changes: Any) -> Case:
        """A case whose adopted plan is carried out."""
        case, weighing = self.directed(who, **changes)
        followers = [self.people[each].partner or "" for each in case.seats.members[:3]]
        plan = self.adopt(case, builders.plan(weighing, case.persons, *followers))
        self.expect(self.step(case.seats.chair, case, "start_execution", outcome=plan))
        return case

    def concluded(self, who: str = "caw", **changes: Any) -> Case:
        """A case in which the violence stopped and the goals are reached."""
        case = self.active(who, **changes)
        path = f"{case.path}/conclusions"
        drawn = self.expect(self.post(case.seats.director, path, builders.conclusion()))
        self.expect(self.step(case.seats.chair, case, "conclude", outcome=drawn["id"]))
        return case

    def inbox(self, who: str) -> list[str]:
        """The tasks that wait for a person, all pages."""
        return [message["task"] for message in self._all(who, "inbox", "messages", "own_tasks")]

    def listed(self, who: str) -> set[str]:
        """The ids of the cases on a person's list, all pages."""
        return {row["id"] for row in self._all(who, "cases", "cases", "case_consultation")}

    def _all(self, who: str, path: str, member: str, purpose: str) -> list[dict[str, Any]]:
        """The rows of all pages of a list."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.expect(self.get(who, f"/v1/{path}?limit=100{after}", purpose))
            rows += page[member]
            if not page["next"]:
                return rows
            after = f"&after={page['next']}"

    @staticmethod
    def expect(answer: requests.Response) -> dict[str, Any]:
        """The body of an answer that is a success."""
        assert answer.ok, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def offer(self, who: str, case: Case, category: str, **changes: Any) -> str:
        """An item about the victim that was accepted; its id."""
        body = builders.item(category, case.ids["a"], **changes)
        answer = self.post(who, f"{case.path}/items", body)
        assert answer.status_code == 201, answer.text
        item: str = answer.json()["id"]
        return item

    def records(self, **question: Any) -> list[dict[str, Any]]:
        """What the auditor finds, all pages."""
        found: list[dict[str, Any]] = []
        after = None
        while True:
            body = {**question, "limit": 200, **({"after": after} if after else {})}
            answer = self.post("auditor", "/v1/audit/records/search", body, "audit")
            assert answer.ok, answer.text
            page = answer.json()
            found += page["entries"]
            after = page["next"]
            if not after:
                return found


def levels(body: dict[str, Any]) -> dict[str, str]:
    """Fragment id → level of what was released."""
    return {fragment["id"]: fragment["level"] for fragment in body["fragments"]}


def refused(answer: Any, code: str, reason: str | None = None) -> None:
    """The answer refuses with this code, and this reason where there is one."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (STATUS[code], code), body
    if reason is not None:
        assert reason in [each["code"] for each in body["reasons"]], body
