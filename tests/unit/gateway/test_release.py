"""Facts, decide, record, release: in this order, and never less."""

from typing import Any

import pytest

from chassis.errors import RemoteError, TimedOut, Unreachable
from gateway.release import pipeline
from gateway.request_context import Budget
from tests.unit.gateway.fakes import (
    ANNA,
    REVISION,
    Platform,
    allow,
    an_id,
    decided,
    deny_everything,
    fragment,
    raising,
)

RELEASE = "ketenaanpak/release/decision"


def test_a_case_is_read_decided_recorded_and_only_then_released(platform: Platform) -> None:
    """Whoever reads must be able to count on a record of every reading."""
    item = fragment()
    case = platform.put_case(item)

    answer = platform.get(f"/v1/cases/{case}")

    assert answer.status_code == 200
    assert platform.calls() == ["intake.read_case", RELEASE, "audit.record"]
    shown = answer.json["fragments"]
    assert [each["id"] for each in shown] == [item["id"]]
    assert shown[0]["content"]["text"] == "KANARIE-text"


def test_policy_sees_facts_and_never_a_text(platform: Platform) -> None:
    """The policy service decides on facts; a text in its input would be one more place to leak."""
    case = platform.put_case(fragment(), fragment("person"))

    platform.get(f"/v1/cases/{case}")

    (question,) = platform.sent(RELEASE)
    assert "KANARIE" not in str(question)
    assert question["viewer"] == {"person": ANNA, "mandate": None}
    assert set(question["cases"][0]["fragments"][0]) == {
        "id",
        "kind",
        "category",
        "source",
        "subjects",
        "only_for",
        "withhold_from",
        "addressed_to",
        "of",
        "status",
    }


def test_the_record_holds_the_whole_decision_and_no_text(platform: Platform) -> None:
    """An auditor must be able to decide it again, and read nothing of the family by it."""
    person = an_id()
    case = platform.put_case(fragment(subjects=[person]))

    answer = platform.get(f"/v1/cases/{case}")

    (entry,) = platform.recorded
    assert "KANARIE" not in str(entry)
    assert entry["decision_id"] == answer.headers["Decision-Id"]
    assert (entry["kind"], entry["action"], entry["outcome"]) == (
        "release",
        "read_case",
        "released",
    )
    assert (entry["person"], entry["partner"], entry["roles"]) == (ANNA, "caw", ["team_member"])
    assert entry["case_persons"] == [person]
    assert entry["policy_revision"] == REVISION
    assert entry["input"] == platform.sent(RELEASE)[0]
    assert entry["result"]["fragments"] == {
        entry["fragments"][0]["id"]: {"level": "full", "reasons": []}
    }
    assert entry["purpose"] == "case_consultation"


def test_a_summary_shows_only_the_fields_of_a_summary(platform: Platform) -> None:
    """What the level does not name never leaves."""
    case = platform.put_case(fragment())
    platform.policy.release = lambda question: decided(
        {case: allow(question["cases"][0], "summary")}
    )

    answer = platform.get(f"/v1/cases/{case}")

    assert answer.json["fragments"][0]["content"] == {
        "summary": "kort",
        "item_kind": "fact",
        "as_of": "2026-03-01",
    }
    assert platform.recorded[0]["outcome"] == "withheld"


def test_a_field_that_no_projection_names_never_leaves(platform: Platform) -> None:
    """A service that starts to keep something new does not thereby publish it."""
    case = platform.put_case(fragment(content={"summary": "kort", "new_secret": "KANARIE"}))

    answer = platform.get(f"/v1/cases/{case}")

    assert "KANARIE" not in answer.text


def test_a_fragment_at_level_none_leaves_no_trace_but_its_category(platform: Platform) -> None:
    """A participant may know that something is held back, not how much or whose."""
    kept, shown = fragment(category="judicial"), fragment()
    case = platform.put_case(kept, shown)

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        decision = allow(question["cases"][0], withheld={"judicial": True})
        decision["fragments"][kept["id"]] = {"level": "none", "reasons": ["need_to_know"]}
        return decided({case: decision})

    platform.policy.release = decide

    body = platform.get(f"/v1/cases/{case}").json

    assert [each["id"] for each in body["fragments"]] == [shown["id"]]
    assert body["withheld"] == {"judicial": True}
    assert kept["id"] not in str(body)


@pytest.mark.parametrize(
    "standing", ["participant", "chair", "coordination", "referrer", "emergency"]
)
def test_each_standing_is_shown_its_own_facts_of_the_case(
    platform: Platform, standing: str
) -> None:
    """The coordination team schedules, the referrer follows: neither reads what a team reads."""
    case = platform.put_case()
    platform.policy.release = lambda question: decided(
        {case: allow(question["cases"][0], standing=standing)}
    )

    body = platform.get(f"/v1/cases/{case}").json

    core = {"id", "agreement", "stage", "version", "submitted_at", "obligations"}
    read = {"fragments", "withheld"}
    known = core | {"region", "submitted_by"}
    team = known | read | {"crisis", "director", "follow_up_on", "participants"}
    assert (
        set(body)
        == {
            "participant": team,
            "chair": team,
            "coordination": core | {"participants"},
            "referrer": known | read | {"visit"},
            "emergency": core | read | {"region", "crisis"},
        }[standing]
    )


def test_an_unknown_and_a_foreign_case_have_the_same_answer_and_the_same_calls(
    platform: Platform,
) -> None:
    """Whoever probes ids must not learn that a family is known here, not even by counting calls."""
    platform.policy.release = deny_everything
    case = platform.put_case(fragment())

    foreign = platform.get(f"/v1/cases/{case}")
    behind_foreign = platform.calls()
    platform.trace.clear()
    unknown = platform.get(f"/v1/cases/{an_id()}")

    def visible(answer: Any) -> Any:
        return answer.status_code, answer.data, sorted(set(answer.headers.keys()))

    assert visible(foreign) == visible(unknown)
    assert foreign.status_code == 404
    assert behind_foreign == platform.calls() == ["intake.read_case", RELEASE, "audit.record"]
    assert [entry["outcome"] for entry in platform.recorded] == ["denied", "denied"]


def test_what_is_hidden_leaves_on_the_tick(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time must not show whether anything was looked at."""
    monkeypatch.setattr(Budget, "elapsed", lambda _: 0.07)

    platform.get(f"/v1/cases/{an_id()}")

    assert platform.slept == [pytest.approx(0.03)]


@pytest.mark.parametrize("error", [Unreachable(), TimedOut(), RemoteError("internal_error")])
def test_without_a_record_nothing_is_released(platform: Platform, error: Exception) -> None:
    """A reading that nobody could ever find again must not happen."""
    case = platform.put_case(fragment())
    platform.bus.stub("audit", "record", raising(error))

    answer = platform.get(f"/v1/cases/{case}")

    assert answer.status_code == 503
    assert answer.json["code"] == "audit_unavailable"
    assert answer.headers["Retry-After"] == "2"
    assert "KANARIE" not in answer.text


@pytest.mark.parametrize("reply", [None, {}, {"receipts": []}, {"receipts": [{"entry_id": "x"}]}])
def test_a_receipt_for_something_else_is_no_record(platform: Platform, reply: Any) -> None:
    """Only the receipt of this very entry proves that it is kept."""
    case = platform.put_case(fragment())
    platform.bus.stub("audit", "record", lambda _request: reply)

    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (503, "audit_unavailable")


@pytest.mark.parametrize("error", [Unreachable(), TimedOut(), RemoteError("unheard_of")])
def test_without_facts_nothing_is_decided(platform: Platform, error: Exception) -> None:
    """A service that is away is no reason to guess."""
    platform.bus.stub("intake", "read_case", raising(error))

    answer = platform.get(f"/v1/cases/{an_id()}")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert platform.recorded == []


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {},
        {
            "case": {"id": "another", "found": True},
            "fragments": [],
            "walled": [],
            "destroyed": False,
        },
        {"case": None, "fragments": [], "walled": [], "destroyed": False},
    ],
)
def test_a_reply_about_something_else_is_no_answer(platform: Platform, reply: Any) -> None:
    """A mixed-up reply must never show one family to the readers of another."""
    platform.bus.stub("intake", "read_case", lambda _request: reply)

    answer = platform.get(f"/v1/cases/{an_id()}")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")


def test_whereabouts_are_fetched_after_the_record_and_by_id(platform: Platform) -> None:
    """A safe address is not even in memory before the decision is on the record."""
    place, item = fragment("whereabouts"), fragment()
    case = platform.put_case(place, item)
    platform.bus.stub(
        "intake", "open_whereabouts", lambda _: {"contents": {place["id"]: {"address": "A"}}}
    )

    answer = platform.get(f"/v1/cases/{case}")

    assert platform.calls() == [
        "intake.read_case",
        RELEASE,
        "audit.record",
        "intake.open_whereabouts",
    ]
    (request,) = platform.sent("intake.open_whereabouts")
    assert request["fragments"] == [place["id"]]
    assert request["decision_id"] == answer.headers["Decision-Id"]
    assert answer.json["fragments"][0]["content"] == {"address": "A"}


@pytest.mark.parametrize("level", ["none", "summary"])
def test_whereabouts_that_are_not_released_whole_are_not_fetched(
    platform: Platform, level: str
) -> None:
    """There is no such thing as a summary of a safe address."""
    case = platform.put_case(fragment("whereabouts"))
    platform.policy.release = lambda question: decided({case: allow(question["cases"][0], level)})

    answer = platform.get(f"/v1/cases/{case}")

    assert "intake.open_whereabouts" not in platform.calls()
    assert answer.json["fragments"] == []


def test_whereabouts_that_could_not_be_fetched_are_not_said_to_have_left(
    platform: Platform,
) -> None:
    """The record must not accuse anybody of having read what never arrived."""
    case = platform.put_case(fragment("whereabouts"))
    platform.bus.stub("intake", "open_whereabouts", raising(TimedOut()))

    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert [(e["outcome"], e["reasons"]) for e in platform.recorded] == [
        ("released", []),
        ("error", ["service_unavailable"]),
    ]


@pytest.mark.parametrize("reply", [None, [], {}, {"contents": ["A"]}, {"contents": {"x": "A"}}])
def test_a_mixed_up_reply_about_whereabouts_takes_the_release_back(
    platform: Platform, reply: Any
) -> None:
    """The record would say that a safe address was read of which nothing ever arrived."""
    case = platform.put_case(fragment("whereabouts"))
    platform.bus.stub("intake", "open_whereabouts", lambda _request: reply)

    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert [(e["outcome"], e["reasons"]) for e in platform.recorded] == [
        ("released", []),
        ("error", ["service_unavailable"]),
    ]


def test_the_one_thing_asked_for_that_was_recalled_in_between_was_not_released(
    platform: Platform,
) -> None:
    """Its reader got nothing, and the record says so."""
    place = fragment("whereabouts")
    case = platform.put_case(place)
    platform.bus.stub("intake", "open_whereabouts", lambda _request: {"contents": {}})

    answer = platform.get(f"/v1/cases/{case}/items/{place['id']}")

    assert answer.status_code == 404
    assert [(e["outcome"], e["reasons"]) for e in platform.recorded] == [
        ("released", []),
        ("error", ["not_found"]),
    ]


def test_a_fault_of_our_own_after_the_record_is_recorded_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that nobody foresaw must not leave a release on the record that never was."""
    case = platform.put_case(fragment())
    monkeypatch.setattr(pipeline, "project_case", lambda *_: 1 / 0)

    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert [(e["outcome"], e["reasons"]) for e in platform.recorded] == [
        ("released", []),
        ("error", ["internal_error"]),
    ]


def test_whereabouts_recalled_in_between_are_left_out(platform: Platform) -> None:
    """Between decision and fetching its source may change its mind."""
    case = platform.put_case(fragment("whereabouts"))
    platform.bus.stub("intake", "open_whereabouts", lambda _: {"contents": {}})

    answer = platform.get(f"/v1/cases/{case}")

    assert answer.json["fragments"] == []


def test_one_item_that_is_withheld_is_answered_like_one_that_is_not_there(
    platform: Platform,
) -> None:
    """That an item exists is something its source did not say to everybody."""
    item = fragment()
    case = platform.put_case(item)
    platform.policy.release = lambda question: decided({case: allow(question["cases"][0], "none")})

    withheld = platform.get(f"/v1/cases/{case}/items/{item['id']}")
    unknown = platform.get(f"/v1/cases/{case}/items/{an_id()}")

    assert withheld.status_code == unknown.status_code == 404
    assert withheld.data == unknown.data
    assert [entry["outcome"] for entry in platform.recorded] == ["denied", "denied"]


def test_the_record_says_why_the_one_item_that_was_asked_for_was_withheld(
    platform: Platform,
) -> None:
    """An auditor who looks for refusals with their reasons would find one without."""
    item = fragment()
    case = platform.put_case(item, fragment())
    platform.policy.release = lambda question: decided(
        {
            case: {
                **allow(question["cases"][0]),
                "fragments": {item["id"]: {"level": "none", "reasons": ["only_for_others"]}},
            }
        }
    )

    platform.get(f"/v1/cases/{case}/items/{item['id']}")

    (entry,) = platform.recorded
    assert (entry["outcome"], entry["reasons"]) == ("denied", ["only_for_others"])


def test_a_source_sees_that_it_recalled_an_address_and_no_address(platform: Platform) -> None:
    """It would not know whether the recall was received; and nothing is fetched of what is gone."""
    gone = fragment("whereabouts", status="recalled", category="whereabouts")
    case = platform.put_case(gone)

    (shown,) = platform.get(f"/v1/cases/{case}/items").json["items"]

    assert (shown["id"], shown["status"], shown["content"]) == (gone["id"], "recalled", {})
    assert "intake.open_whereabouts" not in platform.calls()


def test_an_answer_that_did_not_change_is_decided_and_recorded_all_the_same(
    platform: Platform,
) -> None:
    """A saved transfer must not become a reading without a record."""
    case = platform.put_case(fragment())
    tag = platform.get(f"/v1/cases/{case}").headers["ETag"]
    platform.trace.clear()

    again = platform.get(f"/v1/cases/{case}", **{"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert platform.calls() == ["intake.read_case", RELEASE, "audit.record"]


def test_a_withheld_contribution_changes_no_tag(platform: Platform) -> None:
    """A contribution that a viewer may not see changes nothing that the viewer can."""
    kept = fragment(category="judicial")

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        decision = allow(question["cases"][0])
        if kept["id"] in decision["fragments"]:
            decision["fragments"][kept["id"]] = {"level": "none", "reasons": []}
        return decided({question["cases"][0]["id"]: decision})

    platform.policy.release = decide
    case = platform.put_case(fragment())
    before = platform.get(f"/v1/cases/{case}")
    platform.cases[case]["fragments"].append(kept)
    after = platform.get(f"/v1/cases/{case}")

    assert (before.data, before.headers["ETag"]) == (after.data, after.headers["ETag"])


def test_a_kind_of_fragment_without_a_projection_stops_the_answer(platform: Platform) -> None:
    """What nobody declared must not leave by accident."""
    case = platform.put_case(fragment(kind="diary", content={"text": "KANARIE"}))

    answer = platform.get(f"/v1/cases/{case}")

    assert answer.status_code == 503
    assert "KANARIE" not in answer.text
