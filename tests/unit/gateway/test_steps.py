"""What risk and plans hold of a case: fetched with its facts, decided once, released like any."""

from typing import Any

import pytest

from chassis.errors import RemoteError, TimedOut, Unreachable
from tests.unit.gateway.fakes import (
    UNTIL,
    Platform,
    allow,
    an_id,
    decided,
    deny_everything,
    fragment,
    raising,
    refuse,
)

RELEASE = "ketenaanpak/release/decision"
ACTION = "ketenaanpak/action/decision"

LISTS = {
    "assessments": ("risk", "assessments", "assessment"),
    "weighings": ("risk", "weighings", "weighing"),
    "plans": ("plans", "plans", "plan"),
    "decisions": ("plans", "decisions", "decision"),
    "contact-log": ("plans", "contact_log", "contact"),
    "trajectories": ("plans", "trajectories", "trajectory"),
    "reports": ("plans", "reports", "report"),
    "conclusions": ("plans", "conclusions", "conclusion"),
    "safety-checks": ("plans", "safety_checks", "safety_note"),
    "follow-ups": ("plans", "follow_ups", "follow_up"),
    "evaluations": ("plans", "evaluations", "evaluation"),
}
"""Path → who holds it, its resource, and a kind of fragment that it lists."""

each_list = pytest.mark.parametrize("path", LISTS)


def held(kind: str, **content: Any) -> dict[str, Any]:
    """A fragment of the table with a canary in each of its texts."""
    texts = {"summary": "KANARIE-kort", "text": "KANARIE-lang", "reasons": "KANARIE"}
    return fragment(kind, {**texts, **content}, category="joint", source="table")


def withholding(*kept: dict[str, Any]) -> Any:
    """A policy that shows everything but `kept`."""

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        decision = allow(question["cases"][0])
        for each in kept:
            if each["id"] in decision["fragments"]:
                decision["fragments"][each["id"]] = {"level": "none", "reasons": []}
        return decided({question["cases"][0]["id"]: decision})

    return decide


@each_list
def test_content_of_a_step_is_decided_with_the_facts_of_its_case(
    platform: Platform, path: str
) -> None:
    """Who holds a text is no reason to decide about it by less than the whole case."""
    owner, resource, kind = LISTS[path]
    case = platform.put_case(fragment())
    kept = held(kind)
    platform.put_fragments(owner, case, kept)

    answer = platform.get(f"/v1/cases/{case}/{path}")

    assert answer.status_code == 200
    rests_on = ["risk.read_fragments"] if path == "plans" else []
    fetched = ["intake.read_case", f"{owner}.read_fragments", *rests_on]
    assert platform.bus.at_once[0] == fetched
    assert platform.calls()[len(fetched) :] == [RELEASE, "audit.record"]
    (question,) = platform.sent(RELEASE)
    assert (question["resource"], question["cases"][0]["stage"]) == (resource, "forming")
    assert [each["id"] for each in question["cases"][0]["fragments"]] == [kept["id"]]
    assert [each["id"] for each in answer.json[resource]] == [kept["id"]]
    assert "KANARIE" not in str(question) + str(platform.recorded)


@each_list
def test_intake_is_asked_for_facts_and_nothing_else(platform: Platform, path: str) -> None:
    """Texts that a list does not show need not travel."""
    owner, _, _ = LISTS[path]
    case = platform.put_case(fragment())

    platform.get(f"/v1/cases/{case}/{path}")

    (request,) = platform.sent("intake.read_case")
    named = ["involved_service"] if path == "plans" else []
    assert (request["kinds"], request["fragment"], request["content"]) == (named, None, False)
    (request,) = platform.sent(f"{owner}.read_fragments")
    assert (request["case"], request["fragment"], request["content"]) == (case, None, True)


@each_list
def test_an_unknown_and_a_foreign_case_are_answered_alike(platform: Platform, path: str) -> None:
    """Every list of every owner is a way to probe ids, and none of them may give one away."""
    owner, _, kind = LISTS[path]
    platform.policy.release = deny_everything
    case = platform.put_case()
    platform.put_fragments(owner, case, held(kind))

    foreign = platform.get(f"/v1/cases/{case}/{path}")
    behind_foreign = platform.calls()
    platform.trace.clear()
    unknown = platform.get(f"/v1/cases/{an_id()}/{path}")

    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    assert set(foreign.headers.keys()) == set(unknown.headers.keys())
    assert behind_foreign == platform.calls()
    assert [entry["outcome"] for entry in platform.recorded] == ["denied", "denied"]
    assert len(platform.slept) == 2


@each_list
def test_a_withheld_fragment_changes_nothing_that_its_reader_sees(
    platform: Platform, path: str
) -> None:
    """Not the number, not the order, not the tag, not an id."""
    owner, _, kind = LISTS[path]
    case = platform.put_case()
    shown, kept = held(kind), held(kind)
    platform.put_fragments(owner, case, shown)
    platform.policy.release = withholding(kept)
    before = platform.get(f"/v1/cases/{case}/{path}")

    platform.put_fragments(owner, case, kept)
    after = platform.get(f"/v1/cases/{case}/{path}")

    assert (before.data, before.headers["ETag"]) == (after.data, after.headers["ETag"])
    assert kept["id"] not in after.text


@each_list
def test_without_a_record_no_step_is_shown(platform: Platform, path: str) -> None:
    """No record, no release, whoever holds it."""
    owner, _, kind = LISTS[path]
    case = platform.put_case()
    platform.put_fragments(owner, case, held(kind))
    platform.bus.stub("audit", "record", raising(TimedOut()))

    answer = platform.get(f"/v1/cases/{case}/{path}")

    assert (answer.status_code, answer.json["code"]) == (503, "audit_unavailable")
    assert "KANARIE" not in answer.text


@pytest.mark.parametrize("away", [("intake", "read_case"), ("risk", "read_fragments")])
@pytest.mark.parametrize("error", [Unreachable(), TimedOut(), RemoteError("unheard_of")])
def test_while_one_of_two_owners_is_away_nothing_is_decided(
    platform: Platform, away: tuple[str, str], error: Exception
) -> None:
    """Half of the facts is no ground to decide on."""
    case = platform.put_case()
    platform.bus.stub(*away, raising(error))

    answer = platform.get(f"/v1/cases/{case}/weighings")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert RELEASE not in platform.calls()
    assert platform.recorded == []


def spoilt(**changes: Any) -> dict[str, Any]:
    return {**held("weighing"), **changes}


@pytest.mark.parametrize(
    "fragments",
    [
        None,
        "KANARIE",
        [None],
        [spoilt(kind="diary")],
        [spoilt(kind="whereabouts", content=None)],
        [spoilt(content="KANARIE")],
        [spoilt(kind="safety_check")],
        [{name: value for name, value in held("weighing").items() if name != "only_for"}],
        [spoilt(id="x"), spoilt(id="x")],
    ],
)
def test_an_owner_that_is_not_understood_is_no_answer(platform: Platform, fragments: Any) -> None:
    """A confused service must not be read as one that means well; a safe address is intake's."""
    case = platform.put_case()
    reply = {"case": case, "fragments": fragments, "destroyed": False}
    platform.bus.stub("risk", "read_fragments", lambda _request: reply)

    answer = platform.get(f"/v1/cases/{case}/weighings")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert "KANARIE" not in answer.text
    assert platform.recorded == []


@pytest.mark.parametrize(
    "reply", [None, [], {}, {"case": an_id(), "fragments": [], "destroyed": False}]
)
def test_fragments_of_another_case_are_no_answer(platform: Platform, reply: Any) -> None:
    """A mixed-up reply must never show one family to the readers of another."""
    case = platform.put_case()
    platform.bus.stub("plans", "read_fragments", lambda _request: reply)

    answer = platform.get(f"/v1/cases/{case}/plans")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")


def test_a_recalled_assessment_has_nothing_left_to_read(platform: Platform) -> None:
    """Its owner sends no content any more, and its source sees that it was recalled."""
    case = platform.put_case()
    recalled = {**fragment("assessment", status="recalled"), "content": None}
    platform.put_fragments("risk", case, recalled)

    (shown,) = platform.get(f"/v1/cases/{case}/assessments").json["assessments"]

    assert (shown["status"], shown["content"]) == ("recalled", {})


def test_a_weighing_names_the_assessments_that_its_reader_is_shown(platform: Platform) -> None:
    """An id in a list is as much a trace as an id by itself."""
    seen, kept = fragment("assessment"), fragment("assessment")
    weighing = held("weighing", assessments=[seen["id"], kept["id"]])
    case = platform.put_case()
    platform.put_fragments("risk", case, seen, kept, weighing)
    platform.policy.release = withholding(kept)

    answer = platform.get(f"/v1/cases/{case}/weighings")

    (shown,) = (each for each in answer.json["weighings"] if each["kind"] == "weighing")
    assert shown["content"]["assessments"] == [seen["id"]]
    assert kept["id"] not in answer.text


def test_a_plan_names_what_it_rests_on_to_whom_may_know_of_it(platform: Platform) -> None:
    """A reader finds what it rests on; the record does not say that this was read as well."""
    weighing = held("weighing")
    seen, kept = fragment("assessment"), fragment("assessment", category="mental_health")
    recalled = {**fragment("assessment", status="recalled"), "content": None}
    rests_on = [seen["id"], kept["id"], recalled["id"]]
    plan = held("plan", weighing=weighing["id"], assessments=rests_on)
    case = platform.put_case()
    platform.put_fragments("risk", case, weighing, seen, kept, recalled)
    platform.put_fragments("plans", case, plan)
    hiding = withholding(kept)

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        decision: dict[str, Any] = hiding(question)
        decision["decisions"][case]["withheld"] = {"mental_health": True}
        return decision

    platform.policy.release = decide
    answer = platform.get(f"/v1/cases/{case}/plans").json

    [shown] = answer["plans"]
    assert (shown["content"]["weighing"], shown["content"]["assessments"]) == (
        weighing["id"],
        [seen["id"]],
    )
    assert answer["withheld"] == {}
    (entry,) = platform.recorded
    assert [each["id"] for each in entry["fragments"]] == [plan["id"]]
    assert entry["outcome"] == "released"
    decided_on = {each["id"] for each in entry["input"]["cases"][0]["fragments"]}
    assert decided_on == {plan["id"], weighing["id"], *rests_on}
    (request,) = platform.sent("risk.read_fragments")
    assert (request["kinds"], request["content"]) == (["weighing", "assessment"], False)


# --- direction, and acute danger ---------------------------------------------------------------


def test_a_direction_mandate_names_its_service_beside_it(platform: Platform) -> None:
    """Who directs must see which services still have to mandate."""
    mandated, waiting = fragment("involved_service"), fragment("involved_service")
    mandate = fragment("direction_mandate", {"involved_service": mandated["id"]})
    case = platform.put_case(mandated, waiting, mandate, fragment())

    answer = platform.get(f"/v1/cases/{case}/direction-mandates")

    shown = answer.json["direction_mandates"]
    assert [each["id"] for each in shown] == [mandated["id"], waiting["id"], mandate["id"]]
    assert shown[2]["content"]["involved_service"] == mandated["id"]
    assert platform.calls() == ["intake.read_case", RELEASE, "audit.record"]


def test_a_case_opened_for_acute_danger_says_until_when(platform: Platform) -> None:
    """Access that was taken for danger ends by itself, and stands out on the record."""
    grant = {"grant": an_id(), "partner": "caw", "until": UNTIL}
    case = platform.put_case(fragment(), emergency=grant)
    platform.policy.release = lambda question: decided(
        {case: allow(question["cases"][0], standing="emergency")}
    )

    answer = platform.get(f"/v1/cases/{case}", **{"Purpose-Of-Use": "acute_danger"})

    assert {"kind": "expires_at", "at": UNTIL} in answer.json["obligations"]
    assert "participants" not in answer.json
    assert len(answer.json["fragments"]) == 1
    (question,) = platform.sent(RELEASE)
    assert (question["purpose"], question["cases"][0]["emergency"]) == ("acute_danger", grant)
    (entry,) = platform.recorded
    assert (entry["emergency"], entry["purpose"]) == (True, "acute_danger")


@pytest.mark.parametrize("action", ["emergencies", "emergencies/{grant}/review"])
def test_opening_and_reviewing_stand_among_the_emergencies_of_the_record(
    platform: Platform, action: str
) -> None:
    """An auditor who looks for emergency access finds who opened and who judged it."""
    ground = fragment("emergency_ground", {"text": "grond"})
    case = platform.put_case(ground)
    platform.policy.action = refuse("emergency_not_allowed")
    body = {"ground": "acuut"} if action == "emergencies" else {"justified": True, "text": "ja"}

    platform.command(f"/v1/cases/{case}/{action.format(grant=ground['id'])}", body)

    (entry,) = platform.recorded
    assert (entry["emergency"], entry["outcome"]) == (True, "denied")


# --- instruments -------------------------------------------------------------------------------


def test_the_catalogue_is_read_once_that_is_allowed_and_recorded(platform: Platform) -> None:
    """It holds nothing of any case, and is for who fills it in."""
    odara = {"id": "odara", "version": "1", "title": "ODARA", "template": False}
    reply = {"instruments": [{**odara, "path": "KANARIE"}]}
    platform.bus.stub("risk", "instruments", lambda _request: reply)

    answer = platform.get("/v1/instruments")

    assert answer.json == {"instruments": [odara]}
    assert platform.calls() == [ACTION, "audit.record", "risk.instruments"]
    assert platform.recorded[0]["action"] == "read_instruments"


def test_an_instrument_that_is_not_there_is_not_found(platform: Platform) -> None:
    """As with everything else."""
    platform.bus.stub("risk", "instrument", lambda _request: {"instrument": None})

    answer = platform.get("/v1/instruments/horoscope")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
