"""A table of people who work on the running platform through HTTP, for tests to direct."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from demo.calls import Caller
from demo.people import Person, everybody
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
class Case:
    """A case as its referrer knows it: its id and the ids of its persons by ref."""

    id: str
    ids: dict[str, str]

    @property
    def path(self) -> str:
        return f"/v1/cases/{self.id}"


class Table:
    """Says who does what; every method is one or a few real calls, and expects them to succeed."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.people: dict[str, Person] = everybody()

    def get(self, who: str, path: str, purpose: str = CONSULT) -> requests.Response:
        return self.caller.get(self.people[who].id, path, purpose)

    def post(
        self,
        who: str,
        path: str,
        body: dict[str, Any],
        purpose: str = CONSULT,
        if_match: int | None = None,
        **options: Any,
    ) -> requests.Response:
        return self.caller.post(self.people[who].id, path, purpose, body, if_match, **options)

    def refer(self, who: str = "caw", **changes: Any) -> Case:
        """A referral that was accepted."""
        agreement = self.people[who].agreement
        answer = self.post(
            who, "/v1/referrals", builders.referral(agreement, **changes), "referral"
        )
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return Case(body["case"], body["ids"])

    def session(self, who: str = "coordination") -> str:
        """A session an hour ahead."""
        agreement = self.people[who].agreement
        starts = datetime.now(UTC) + timedelta(hours=1)
        body = {
            "agreement": agreement,
            "table": agreement.replace("sample", "table"),
            "starts_at": starts.isoformat(),
        }
        answer = self.post(who, "/v1/sessions", body, "coordination")
        assert answer.status_code == 201, answer.text
        session: str = answer.json()["id"]
        return session

    def take_on(self, case: Case, session: str | None = None) -> Case:
        """Puts the case on an agenda and takes it on: forming begins."""
        session = session or self.session()
        put = self.post(
            "coordination", f"/v1/sessions/{session}/agenda", {"case": case.id}, "coordination"
        )
        assert put.ok, put.text
        taken = self.step("chair", case, "take_on_agenda", session=session)
        assert taken.ok, taken.text
        return case

    def forming(self, who: str = "caw", **changes: Any) -> Case:
        """A case in forming."""
        return self.take_on(self.refer(who, **changes))

    def step(self, who: str, case: Case, command: str, **members: Any) -> requests.Response:
        """A transition, on the version that the person reads first."""
        version = self.get(who, case.path).json()["version"]
        body = {"command": command, **members}
        return self.post(who, f"{case.path}/transitions", body, if_match=version)

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
