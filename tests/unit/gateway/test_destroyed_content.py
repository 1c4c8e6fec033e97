"""Content whose key was destroyed is gone: said to whom it was released, and to nobody else."""

from typing import Any

import pytest

from chassis.errors import RemoteError
from tests import builders
from tests.unit.gateway.fakes import (
    Platform,
    allow,
    an_id,
    case_facts,
    decided,
    deny_everything,
    fragment,
    permit,
    raising,
)

RELEASE = "ketenaanpak/release/decision"


def outcomes(platform: Platform) -> list[tuple[str, list[str]]]:
    """What the record says, entry by entry."""
    return [(entry["outcome"], entry["reasons"]) for entry in platform.recorded]


def problem(answer: Any) -> tuple[int, str]:
    """The status and the code of a problem."""
    return answer.status_code, answer.json["code"]


TAKEN_BACK = [("released", []), ("error", ["content_destroyed"])]


@pytest.mark.parametrize("path", ["", "/items", "/items/{item}"])
def test_whoever_would_have_read_it_is_told_that_it_is_gone(platform: Platform, path: str) -> None:
    """For ever "try again later" would be a lie, and an empty case one too."""
    item = fragment()
    case = platform.put_case(item)
    platform.destroy_content(case, "intake")

    answer = platform.get(f"/v1/cases/{case}{path.format(item=item['id'])}")

    assert problem(answer) == (410, "content_destroyed")
    assert platform.calls() == ["intake.read_case", RELEASE, "audit.record", "audit.record"]
    assert outcomes(platform) == TAKEN_BACK
    decision, failure = platform.recorded
    assert decision["entry_id"] != failure["entry_id"]
    assert decision["decision_id"] == failure["decision_id"] == answer.headers["Decision-Id"]


def test_what_risk_and_plans_held_is_gone_with_their_own_keys(platform: Platform) -> None:
    """Each owner has its own key of a case."""
    case = platform.put_case()
    platform.put_fragments("plans", case, fragment("plan"))
    platform.put_fragments("risk", case, fragment("weighing"))
    platform.destroy_content(case, "plans", "intake")

    gone, there = (platform.get(f"/v1/cases/{case}/{path}") for path in ("plans", "weighings"))

    assert problem(gone) == (410, "content_destroyed")
    assert there.status_code == 200
    assert outcomes(platform) == [*TAKEN_BACK, ("released", [])]


def test_a_plan_still_names_what_it_rests_on_when_the_content_of_that_is_gone(
    platform: Platform,
) -> None:
    """Of what a plan refers to only ids are shown, which no key protects."""
    weighing = fragment("weighing")
    case = platform.put_case()
    platform.put_fragments("plans", case, fragment("plan", {"weighing": weighing["id"]}))
    platform.put_fragments("risk", case, weighing)
    platform.destroy_content(case, "risk")

    [plan] = platform.get(f"/v1/cases/{case}/plans").json["plans"]

    assert plan["content"]["weighing"] == weighing["id"]


@pytest.mark.parametrize("path", ["", "/items", "/items/{item}", "/plans", "/participants"])
def test_whoever_is_refused_meets_what_an_unknown_id_meets(platform: Platform, path: str) -> None:
    """That content was destroyed shows that there was a case."""
    item = fragment()
    case = platform.put_case(item)
    platform.put_fragments("plans", case, fragment("plan"))
    platform.destroy_content(case, "intake", "plans")
    platform.policy.release = deny_everything

    foreign = platform.get(f"/v1/cases/{case}{path.format(item=item['id'])}")
    behind_foreign = platform.calls()
    platform.trace.clear()
    unknown = platform.get(f"/v1/cases/{an_id()}{path.format(item=an_id())}")

    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    assert set(foreign.headers.keys()) == set(unknown.headers.keys())
    assert behind_foreign == platform.calls()
    assert [outcome for outcome, _ in outcomes(platform)] == ["denied", "denied"]
    assert len(platform.slept) == 2


def test_one_item_that_is_withheld_is_not_found_whether_it_is_gone_or_not(
    platform: Platform,
) -> None:
    """A partner may know of the case and not of the item."""
    item = fragment()
    case = platform.put_case(item)
    platform.destroy_content(case, "intake")
    platform.policy.release = lambda question: decided({case: allow(question["cases"][0], "none")})

    answer = platform.get(f"/v1/cases/{case}/items/{item['id']}")

    assert problem(answer) == (404, "not_found")
    assert [outcome for outcome, _ in outcomes(platform)] == ["denied"]


def test_whereabouts_of_a_destroyed_case_are_not_even_asked_for(platform: Platform) -> None:
    """There is nothing left that could be opened."""
    case = platform.put_case(fragment("whereabouts"))
    platform.destroy_content(case, "intake")

    answer = platform.get(f"/v1/cases/{case}/items")

    assert problem(answer) == (410, "content_destroyed")
    assert "intake.open_whereabouts" not in platform.calls()


def test_whereabouts_that_were_destroyed_in_between_are_taken_back_too(platform: Platform) -> None:
    """The key may go between the decision and the opening."""

    case = platform.put_case(fragment("whereabouts"))
    platform.bus.stub("intake", "open_whereabouts", raising(RemoteError("content_destroyed")))

    answer = platform.get(f"/v1/cases/{case}/items")

    assert problem(answer) == (410, "content_destroyed")
    assert outcomes(platform) == TAKEN_BACK


def test_a_read_that_shows_no_content_still_answers(platform: Platform) -> None:
    """Who took part, and that the case was there, is no content."""
    case = platform.put_case(fragment())
    platform.destroy_content(case, "intake")

    participants = platform.get(f"/v1/cases/{case}/participants")
    platform.policy.release = lambda question: decided(
        {case: allow(question["cases"][0], "none", "coordination")}
    )
    reference = platform.get(f"/v1/cases/{case}")

    assert [each["partner"] for each in participants.json["participants"]] == ["caw", "parket"]
    assert (reference.status_code, reference.json["id"]) == (200, case)
    assert [outcome for outcome, _ in outcomes(platform)] == ["released", "withheld"]


def test_without_a_record_that_it_is_gone_nothing_is_said(platform: Platform) -> None:
    """The entry that takes the release back is as durable as the release."""
    case = platform.put_case(fragment())
    platform.destroy_content(case, "intake")
    record = platform.bus.handlers["audit", "record"]
    answers = iter([record, lambda _request: {}])
    platform.bus.stub("audit", "record", lambda request: next(answers)(request))

    assert problem(platform.get(f"/v1/cases/{case}")) == (503, "audit_unavailable")


def a_list(*cases: dict[str, Any]) -> Any:
    """What intake answers to `list_cases`."""
    return lambda _request: {"cases": list(cases), "next": None}


def test_in_a_list_it_is_a_reference_without_fragments(platform: Platform) -> None:
    """One destroyed case must not take the others of a page with it."""
    gone = {
        "case": case_facts(),
        "order": "2",
        "fragments": [fragment("person") | {"content": None}],
        "destroyed": True,
    }
    there = {
        "case": case_facts(),
        "order": "1",
        "fragments": [fragment("person")],
        "destroyed": False,
    }
    platform.policy.action = lambda question: permit(question, parties=[], agreements=[])
    platform.bus.stub("intake", "list_cases", a_list(gone, there))

    answer = platform.get("/v1/cases")

    assert answer.status_code == 200
    assert [row["id"] for row in answer.json["cases"]] == [gone["case"]["id"], there["case"]["id"]]
    assert "fragments" not in answer.json["cases"][0]
    assert len(answer.json["cases"][1]["fragments"]) == 1
    assert [outcome for outcome, _ in outcomes(platform)] == ["released", "released"]


@pytest.mark.parametrize("destroyed", [None, 0, 1, "false", [], "missing"])
@pytest.mark.parametrize("path", ["/v1/cases/{case}", "/v1/cases/{case}/plans", "/v1/cases"])
def test_a_reply_that_does_not_say_whether_it_is_gone_is_not_understood(
    platform: Platform, path: str, destroyed: Any
) -> None:
    """A truthy word is not `true`, and silence is not `false`."""

    def spoilt(reply: dict[str, Any]) -> dict[str, Any]:
        whole = {name: value for name, value in reply.items() if name != "destroyed"}
        return whole if destroyed == "missing" else {**whole, "destroyed": destroyed}

    case = platform.put_case(fragment())
    platform.policy.action = lambda question: permit(question, parties=[], agreements=[])
    service, method = {
        "/v1/cases/{case}": ("intake", "read_case"),
        "/v1/cases/{case}/plans": ("plans", "read_fragments"),
        "/v1/cases": ("intake", "list_cases"),
    }[path]
    if method == "list_cases":
        row = spoilt({"case": case_facts(), "order": "1", "fragments": []})
        platform.bus.stub(service, method, a_list(row))
    else:
        answer_of = platform.bus.handlers[service, method]
        platform.bus.stub(service, method, lambda request: spoilt(answer_of(request)))

    answer = platform.get(path.format(case=case))

    assert problem(answer) == (503, "service_unavailable")
    assert platform.recorded == []


def test_a_command_on_a_destroyed_case_is_decided_as_any(platform: Platform) -> None:
    """Whether it still makes sense is its owner's to say."""

    case = platform.put_case()
    platform.destroy_content(case, "intake")
    platform.bus.stub("intake", "offer_item", raising(RemoteError("content_destroyed")))

    answer = platform.command(f"/v1/cases/{case}/items", builders.item("safety", an_id()))

    assert problem(answer) == (410, "content_destroyed")
    assert [outcome for outcome, _ in outcomes(platform)] == ["permitted"]
