"""Lists: pages filled up after refusals, cursors for one person, one record for each case."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import STATUS
from tests.unit.gateway.fakes import (
    Platform,
    allow,
    an_id,
    case_facts,
    decided,
    deny,
    fragment,
    permit,
    refuse,
)

BERT = "p-00000002"


class CaseList:
    """Intake's list: cases in order, some of them denied by policy."""

    def __init__(self, platform: Platform, marks: str) -> None:
        """`marks` is one letter a case: `o` is allowed, `x` is denied."""
        self.rows = [a_row(place) for place in range(len(marks), 0, -1)]
        self.denied = {
            row["case"]["id"] for row, mark in zip(self.rows, marks, strict=True) if mark == "x"
        }
        platform.policy.action = lambda question: permit(
            question, parties=[["sample-brugge", "caw"]], agreements=[]
        )
        platform.policy.release = self._decide
        platform.bus.stub("intake", "list_cases", self._list)

    def allowed(self) -> list[str]:
        return [row["case"]["id"] for row in self.rows if row["case"]["id"] not in self.denied]

    def _decide(self, question: dict[str, Any]) -> dict[str, Any]:
        return decided(
            {
                case["id"]: deny("not_party") if case["id"] in self.denied else allow(case)
                for case in question["cases"]
            }
        )

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        after = float(request["after"] or len(self.rows) + 1)
        rows = [row for row in self.rows if float(row["order"]) < after]
        page = rows[: request["limit"]]
        return {"cases": page, "next": page[-1]["order"] if len(page) < len(rows) else None}


def a_row(place: float) -> dict[str, Any]:
    """A case of a list that is ordered from the highest place to the lowest."""
    return {
        "case": case_facts(),
        "order": str(place),
        "fragments": [fragment("person")],
        "destroyed": False,
    }


def pages(platform: Platform, limit: int) -> list[list[str]]:
    """The ids of every page, following the cursors."""
    found, after = [], ""
    while True:
        body = platform.get(f"/v1/cases?limit={limit}{after}").json
        found.append([row["id"] for row in body["cases"]])
        if body["next"] is None:
            return found
        after = f"&after={body['next']}"


@pytest.mark.parametrize("marks", ["", "o", "x", "ooo", "xxx", "xxooxx", "ooxxxx", "xoxoxoxo"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_are_full_and_show_each_allowed_case_once(
    platform: Platform, marks: str, limit: int
) -> None:
    """A short page, or a next page with nothing on it, would show how much was refused."""
    listed = CaseList(platform, marks)

    found = pages(platform, limit)

    shown = listed.allowed()
    starts = range(0, max(len(shown), 1), limit)
    assert found == [shown[start : start + limit] for start in starts]


def test_many_refusals_cost_few_calls(platform: Platform) -> None:
    """Years of closed cases must not make a list slow, or its time gives them away."""
    listed = CaseList(platform, "o" + "x" * 950 + "oo" + "x" * 950)

    found = pages(platform, 2)

    assert [case for page in found for case in page] == listed.allowed()
    assert len(found) == 2
    assert platform.calls().count("intake.list_cases") < 60


def test_a_page_goes_on_where_the_last_one_ended_though_cases_came_and_went(
    platform: Platform,
) -> None:
    """Nobody misses a case because another one was walled or referred in between."""
    listed = CaseList(platform, "oooooo")
    before = listed.allowed()
    first = platform.get("/v1/cases?limit=2").json
    listed.rows[0:0] = [a_row(6.9), a_row(6.8)]
    listed.rows[5:5] = [a_row(3.5)]
    listed.denied.add(listed.rows[4]["case"]["id"])
    del listed.rows[3]

    second = platform.get(f"/v1/cases?limit=3&after={first['next']}").json

    assert [row["id"] for row in first["cases"]] == before[:2]
    assert [row["id"] for row in second["cases"]] == listed.allowed()[3:6]


def test_every_case_of_a_page_has_its_own_entry_in_one_batch(platform: Platform) -> None:
    """An auditor asks by case: a list is a reading of each case on it."""
    listed = CaseList(platform, "oxo")

    answer = platform.get("/v1/cases")

    assert len(platform.sent("audit.record")) == 1
    assert [(e["case"], e["outcome"]) for e in platform.recorded] == [
        (row["case"]["id"], "denied" if mark == "x" else "released")
        for row, mark in zip(listed.rows, "oxo", strict=True)
    ]
    assert {e["decision_id"] for e in platform.recorded} == {answer.headers["Decision-Id"]}
    assert all(len(e["input"]["cases"]) == 1 for e in platform.recorded)


def test_an_empty_list_is_recorded_too(platform: Platform) -> None:
    """Somebody looked, and found nothing: that too is a fact."""
    CaseList(platform, "")

    answer = platform.get("/v1/cases")

    assert answer.json == {"cases": [], "next": None}
    (entry,) = platform.recorded
    assert (entry["kind"], entry["action"], entry["case"]) == ("release", "read_cases", None)
    assert entry["outcome"] == "released"


def test_a_list_that_is_not_allowed_is_refused_and_recorded(platform: Platform) -> None:
    """A role without cases has no list, and asking for it leaves a trace."""
    platform.policy.action = refuse("role_not_allowed")

    answer = platform.get("/v1/cases")

    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert platform.recorded[0]["outcome"] == "denied"
    assert "intake.list_cases" not in platform.calls()


def test_intake_selects_by_what_policy_says_the_person_takes_part_in(platform: Platform) -> None:
    """The gateway knows no agreement and no mandate."""
    CaseList(platform, "o")

    platform.get("/v1/cases?limit=7")

    (request,) = platform.sent("intake.list_cases")
    assert request == {
        "person": "p-00000001",
        "parties": [["sample-brugge", "caw"]],
        "agreements": [],
        "referrer": False,
        "kinds": ["person"],
        "after": None,
        "limit": 8,
    }


def test_a_cursor_of_another_person_is_refused(platform: Platform) -> None:
    """A cursor shows where somebody was in what that person may see."""
    CaseList(platform, "ooo")
    cursor = platform.get("/v1/cases?limit=1").json["next"]

    stolen = platform.get(f"/v1/cases?limit=1&after={cursor}", BERT)

    assert (stolen.status_code, stolen.json["code"]) == (400, "cursor_invalid")


def test_a_cursor_of_another_list_is_refused(platform: Platform) -> None:
    """What one list means by it, another would misread."""
    CaseList(platform, "ooo")
    cursor = platform.get("/v1/cases?limit=1").json["next"]

    assert platform.get(f"/v1/referrals?after={cursor}").json["code"] == "cursor_invalid"


def test_a_cursor_ends_with_the_hour(platform: Platform) -> None:
    """Nobody goes on tomorrow in the list of today."""
    CaseList(platform, "ooo")
    cursor = platform.get("/v1/cases?limit=1").json["next"]
    platform.clock.advance(timedelta(hours=1, seconds=1))

    answer = platform.get(f"/v1/cases?limit=1&after={cursor}")

    assert answer.json["code"] == "cursor_invalid"


@pytest.mark.parametrize(
    ("cursor", "code"),
    [
        *((each, "cursor_invalid") for each in ("x", "AAAA", "é", "%00", "eyJhZnRlciI6IjEifQ")),
        ("A" * 3000, "validation_failed"),
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(
    platform: Platform, cursor: str, code: str
) -> None:
    """Whoever makes up a cursor gets no further."""
    CaseList(platform, "ooo")

    answer = platform.get(f"/v1/cases?after={cursor}")

    assert (answer.status_code, answer.json["code"]) == (STATUS[code], code)
    assert platform.recorded == []


def test_cursors_tell_nothing_by_their_length(platform: Platform) -> None:
    """One's place among the cases of others must not show."""
    CaseList(platform, "o" * 12 + "x" * 200 + "o")

    lengths = {len(platform.get(f"/v1/cases?limit={n}").json["next"]) for n in (1, 9, 10, 12)}

    assert len(lengths) == 1


def test_the_tag_of_a_page_is_about_its_rows(platform: Platform) -> None:
    """The same page has the same tag, though its cursor is sealed anew each time."""
    CaseList(platform, "ooo")

    first, second = platform.get("/v1/cases?limit=1"), platform.get("/v1/cases?limit=1")

    assert first.json["next"] != second.json["next"]
    assert first.headers["ETag"] == second.headers["ETag"]


def test_own_referrals_are_listed_without_persons(platform: Platform) -> None:
    """A referrer follows a reference and its state."""
    CaseList(platform, "o")

    body = platform.get("/v1/referrals").json

    assert platform.sent("intake.list_cases")[0]["referrer"] is True
    assert platform.sent("intake.list_cases")[0]["kinds"] == []
    assert set(body) == {"referrals", "next"}


def a_session(*cases: dict[str, Any]) -> dict[str, Any]:
    """What intake returns of a session with these cases on its agenda."""
    return {
        "session": {
            "id": an_id(),
            "found": True,
            "agreement": "sample-brugge",
            "table": "table-brugge",
            "starts_at": "2026-03-10T09:00:00+00:00",
            "version": 2,
            "agenda": [
                {"case": case["id"], "referrer_attends": True, "put_by": "p-00000007"}
                for case in cases
            ],
        },
        "cases": list(cases),
    }


def test_an_agenda_shows_the_cases_that_the_viewer_may_know_of(platform: Platform) -> None:
    """A wall holds on the agenda too."""
    seen, walled = case_facts(), case_facts()
    reply = a_session(seen, walled)
    session = reply["session"]["id"]
    platform.bus.stub("intake", "read_session", lambda _: reply)
    platform.policy.release = lambda question: decided(
        {
            case["id"]: deny("conflict_kin") if case["id"] == walled["id"] else allow(case)
            for case in question["cases"]
        }
    )

    body = platform.get(f"/v1/sessions/{session}/agenda").json

    assert [row["id"] for row in body["cases"]] == [seen["id"]]
    assert body["cases"][0]["referrer_attends"] is True
    assert "p-00000007" not in str(body)
    recorded = [(e["action"], e["outcome"]) for e in platform.recorded]
    assert recorded == [
        ("read_session", "permitted"),
        ("read_agenda", "released"),
        ("read_agenda", "denied"),
    ]


@pytest.mark.parametrize("path", ["/v1/sessions/{}", "/v1/sessions/{}/agenda"])
def test_an_unknown_and_a_foreign_session_have_the_same_answer(
    platform: Platform, path: str
) -> None:
    """Whether another table meets is not everybody's to know."""
    reply = a_session(case_facts())
    session = reply["session"]["id"]
    platform.policy.action = refuse("mandate_missing", hide=True)

    def read(request: dict[str, Any]) -> dict[str, Any]:
        if request["session"] == session:
            return reply
        return {"session": {"id": request["session"], "found": False}, "cases": []}

    platform.bus.stub("intake", "read_session", read)
    foreign = platform.get(path.format(session))
    behind_foreign = platform.calls()
    platform.trace.clear()
    unknown = platform.get(path.format(an_id()))

    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    assert behind_foreign == platform.calls()


def test_an_inbox_says_that_something_waits_and_never_what(platform: Platform) -> None:
    """A message on a screen must tell a bystander nothing."""
    message = {
        "id": an_id(),
        "task": "question_waiting",
        "at": "2026-03-01T09:00:00+00:00",
        "read": False,
        "version": 1,
        "case": "KANARIE",
    }
    platform.bus.stub("notifications", "inbox", lambda _: {"messages": [message], "next": None})

    answer = platform.get("/v1/inbox", **{"Accept-Language": "fr, nl;q=0.5"})

    (shown,) = answer.json["messages"]
    assert shown == {
        "id": message["id"],
        "task": "question_waiting",
        "urgent": False,
        "at": message["at"],
        "read": False,
        "version": 1,
        "text": "Une question attend.",
    }
    assert answer.headers["Content-Language"] == "fr"


def test_a_message_leads_to_a_case_only_as_long_as_the_case_may_be_known(
    platform: Platform,
) -> None:
    """A wall put up yesterday closes the message of last week."""
    case, mine = platform.put_case(), an_id()
    message = {
        "id": mine,
        "task": "crisis",
        "at": "2026-03-01T09:00:00+00:00",
        "read": False,
        "version": 1,
    }

    def open_message(request: dict[str, Any]) -> dict[str, Any]:
        if request["message"] == mine:
            return {"message": message, "about": {"case": case}}
        return {"message": None, "about": {}}

    platform.bus.stub("notifications", "open_message", open_message)
    opened = platform.get(f"/v1/inbox/{mine}")
    platform.policy.release = lambda question: decided(
        {each["id"]: deny("conflict_kin") for each in question["cases"]}
    )
    platform.trace.clear()
    closed = platform.get(f"/v1/inbox/{mine}")
    behind_closed = platform.calls()
    platform.trace.clear()
    unknown = platform.get(f"/v1/inbox/{an_id()}")

    assert opened.json["about"] == {"case": case}
    assert (closed.status_code, closed.data) == (404, unknown.data)
    assert behind_closed == platform.calls()
