"""Commands: decided and recorded before they are sent; answered with ids and state only."""

import uuid
from typing import Any

import pytest

from chassis.errors import RemoteError, TimedOut, Unreachable
from gateway.release.commands import NAMESPACE
from tests import builders
from tests.unit.gateway.fakes import (
    ANNA,
    VICTIM,
    Platform,
    an_id,
    fragment,
    permit,
    raising,
    refuse,
)

ACTION = "ketenaanpak/action/decision"


def outcome(case: str, **changes: Any) -> dict[str, Any]:
    """What intake answers to a command."""
    return {
        "id": an_id(),
        "case": case,
        "stage": "forming",
        "version": 1,
        "state": "offered",
        "ids": {},
        **changes,
    }


def an_item(**changes: Any) -> dict[str, Any]:
    return builders.item("safety", an_id(), **changes)


def test_a_command_is_decided_and_recorded_before_it_is_sent(platform: Platform) -> None:
    """An act without a record could never be accounted for."""
    case = platform.put_case()
    platform.policy.action = lambda question: permit(question, latest_due_days=30)
    platform.bus.stub("intake", "offer_item", lambda _: outcome(case))

    answer = platform.command(f"/v1/cases/{case}/items", an_item(only_for=["caw"]))

    assert answer.status_code == 201
    assert platform.calls() == ["intake.read_case", ACTION, "audit.record", "intake.offer_item"]
    (sent,) = platform.sent("intake.offer_item")
    (entry,) = platform.recorded
    assert (entry["kind"], entry["action"], entry["outcome"]) == (
        "action",
        "offer_item",
        "permitted",
    )
    assert entry["command_id"] == sent["command_id"]
    assert entry["decision_id"] == sent["decision_id"] == answer.headers["Decision-Id"]
    assert sent["decided_on"] == {
        "stage": "forming",
        "version": 3,
        "submitted_by": "caw",
        "participants": ["caw", "parket"],
        "persons": [VICTIM],
        "director": None,
        "walled": [],
        "referred": [],
    }
    assert sent["terms"] == {"latest_due_days": 30}
    assert (sent["person"], sent["partner"], sent["case"]) == (ANNA, "caw", case)


def test_policy_sees_the_facts_of_a_body_and_none_of_its_texts(platform: Platform) -> None:
    """A text in an input would end up in the record."""
    case = platform.put_case()
    platform.bus.stub("intake", "offer_item", lambda _: outcome(case))

    platform.command(f"/v1/cases/{case}/items", an_item(text="KANARIE", only_for=["caw"]))

    (question,) = platform.sent(ACTION)
    assert question["facts"] == {"category": "safety", "only_for": ["caw"], "withhold_from": []}
    assert "KANARIE" not in str(question) + str(platform.recorded)
    assert platform.sent("intake.read_case")[0]["content"] is False


def test_the_answer_says_where_what_came_to_be_is_found(platform: Platform) -> None:
    """A client that got its 2xx reads its own write."""
    case = platform.put_case()
    made = outcome(case)
    platform.bus.stub("intake", "offer_item", lambda _: made)

    answer = platform.command(f"/v1/cases/{case}/items", an_item())

    assert answer.json == made
    assert answer.headers["Location"] == f"/v1/cases/{case}/items/{made['id']}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_command_is_the_same_for_the_same_person_route_and_key(platform: Platform) -> None:
    """Pressing twice must not act twice."""
    case = platform.put_case()
    platform.bus.stub("intake", "offer_item", lambda _: outcome(case))
    path = f"/v1/cases/{case}/items"

    for key in ("one", "one", "two"):
        platform.command(path, an_item(), **{"Idempotency-Key": key})

    ids = [sent["command_id"] for sent in platform.sent("intake.offer_item")]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == str(uuid.uuid5(NAMESPACE, f"{ANNA}|POST {path}|one"))


def test_an_answer_that_rests_on_no_decision_names_none(platform: Platform) -> None:
    """Who quotes the id of a form filled in wrongly would send an auditor after nothing."""
    case = platform.put_case()

    mistaken = platform.command(f"/v1/cases/{case}/items", {})
    denied = platform.command(f"/v1/cases/{an_id()}/items", an_item())

    assert (mistaken.status_code, platform.calls()[:1]) == (422, ["intake.read_case"])
    assert "Decision-Id" not in mistaken.headers
    (entry,) = platform.recorded
    assert denied.headers["Decision-Id"] == entry["decision_id"]


def test_a_denied_command_is_recorded_and_not_sent(platform: Platform) -> None:
    """Refusals are on the record too, with their reasons in the reader's language."""
    case = platform.put_case()
    platform.policy.action = refuse("role_not_allowed")

    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert answer.json["reasons"] == [
        {"code": "role_not_allowed", "text": "Uw rol laat dit niet toe."}
    ]
    assert platform.recorded[0]["outcome"] == "denied"
    assert "intake.answer_forming" not in platform.calls()


def test_a_command_on_a_foreign_case_is_answered_like_one_on_nothing(platform: Platform) -> None:
    """Commands must not show what reads hide."""
    case = platform.put_case()
    platform.policy.action = refuse("not_participant", hide=True)
    body = {"answer": "nothing_known"}

    foreign = platform.command(f"/v1/cases/{case}/answers", body)
    behind_foreign = platform.calls()
    platform.trace.clear()
    unknown = platform.command(f"/v1/cases/{an_id()}/answers", body)

    assert (foreign.status_code, foreign.data) == (unknown.status_code, unknown.data)
    assert foreign.status_code == 404
    assert behind_foreign == platform.calls()
    assert len(platform.slept) == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable(), "service_unavailable"),
        (TimedOut(), "outcome_unknown"),
        (RemoteError("conflict"), "conflict"),
        (RemoteError("outcome_unknown"), "outcome_unknown"),
        (RemoteError("unheard_of"), "service_unavailable"),
    ],
)
def test_a_503_says_whether_it_was_sent(platform: Platform, error: Exception, code: str) -> None:
    """ "Nothing happened" and "nobody knows" ask for different things of the caller."""
    case = platform.put_case()
    platform.bus.stub("intake", "answer_forming", raising(error))

    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert (answer.status_code, answer.json["code"]) == (503, code)
    assert answer.headers["Retry-After"] == "2"


def test_without_a_record_a_command_is_not_sent(platform: Platform) -> None:
    """No record, no act."""
    case = platform.put_case()
    platform.bus.stub("audit", "record", raising(TimedOut()))

    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert (answer.status_code, answer.json["code"]) == (503, "audit_unavailable")
    assert "Decision-Id" not in answer.headers
    assert "intake.answer_forming" not in platform.calls()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (
            RemoteError("illegal_transition", "x", {"stage": "forming", "allowed": ["withdraw"]}),
            409,
        ),
        (RemoteError("precondition_failed"), 412),
        (RemoteError("facts_changed"), 409),
        (RemoteError("command_in_flight"), 409),
        (RemoteError("idempotency_key_reused"), 422),
    ],
)
def test_a_refusal_of_the_owner_is_answered_as_it_is(
    platform: Platform, error: RemoteError, status: int
) -> None:
    """The caller must know what to do next."""
    case = platform.put_case()
    platform.bus.stub("intake", "change_stage", raising(error))

    answer = platform.command(f"/v1/cases/{case}/transitions", {"command": "withdraw"})

    assert (answer.status_code, answer.json["code"]) == (status, error.code)
    assert {**answer.json, **error.members} == answer.json


def test_members_of_a_refusal_that_nobody_declared_stay_inside(platform: Platform) -> None:
    """An error text is a place where content leaks."""
    case = platform.put_case()
    error = RemoteError("precondition_unmet", None, {"reason": "stage", "name": "KANARIE"})
    platform.bus.stub("intake", "answer_forming", raising(error))

    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert "KANARIE" not in answer.text
    assert answer.json["reasons"] == [
        {"code": "stage", "text": "De fase van het dossier laat dit niet toe."}
    ]


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {},
        {"id": "KANARIE een naam", "version": 1},
        {"id": str(uuid.uuid4()), "version": "1"},
        {"id": str(uuid.uuid4()), "version": 1, "state": "KANARIE een zin"},
        {"id": str(uuid.uuid4()), "version": 1, "ids": {"a": "KANARIE"}},
        {"id": str(uuid.uuid4()), "version": 1, "stage": "KANARIE"},
    ],
)
def test_an_outcome_that_is_not_ids_and_words_is_not_passed_on(
    platform: Platform, reply: Any
) -> None:
    """A command's answer is no way out for content."""
    case = platform.put_case()
    platform.bus.stub("intake", "answer_forming", lambda _: reply)

    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert (answer.status_code, answer.json["code"]) == (503, "outcome_unknown")
    assert "KANARIE" not in answer.text


def test_a_command_on_an_item_shows_policy_the_facts_of_that_item(platform: Platform) -> None:
    """Whether an item is one's own is policy's to say."""
    item = fragment(source="caw")
    case = platform.put_case(item, fragment())
    platform.bus.stub("intake", "recall_item", lambda _: outcome(case, state="recalled"))

    answer = platform.command(f"/v1/cases/{case}/items/{item['id']}/recall", **{"If-Match": '"4"'})

    assert answer.status_code == 200
    (question,) = platform.sent(ACTION)
    assert question["target"]["id"] == item["id"]
    assert "KANARIE" not in str(question)
    (sent,) = platform.sent("intake.recall_item")
    assert (sent["target"], sent["if_match"], sent["body"]) == (item["id"], 4, {})


def test_putting_on_an_agenda_asks_for_case_and_session_at_once(platform: Platform) -> None:
    """Both facts belong to the one decision."""
    case, session = platform.put_case(), an_id()
    platform.bus.stub(
        "intake",
        "read_session",
        lambda _: {"session": {"id": session, "found": True, "agenda": []}, "cases": []},
    )
    platform.bus.stub("intake", "put_on_agenda", lambda _: outcome(session, state=None))

    answer = platform.command(f"/v1/sessions/{session}/agenda", {"case": case})

    assert answer.status_code == 200
    (question,) = platform.sent(ACTION)
    assert (question["case"]["id"], question["target"]) == (case, {"id": session, "found": True})
    (sent,) = platform.sent("intake.put_on_agenda")
    assert (sent["case"], sent["target"]) == (case, session)


def test_a_referral_names_no_case_yet(platform: Platform) -> None:
    """The case begins with it."""
    made = outcome(an_id(), ids={"a": an_id()})
    platform.bus.stub("intake", "submit_referral", lambda _: made)

    answer = platform.command("/v1/referrals", builders.referral())

    assert (answer.status_code, answer.json) == (201, made)
    assert answer.headers["Location"] == f"/v1/referrals/{made['case']}"
    (question,) = platform.sent(ACTION)
    assert question["facts"] == {"agreement": "sample-brugge", "region": "31005"}
    assert (question["agreement"], question["case"]) == ("sample-brugge", None)
