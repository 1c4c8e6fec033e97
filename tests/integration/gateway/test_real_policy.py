"""The gateway and the real rules understand each other."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.opa import Opa
from contracts.bodies import COMMAND_BODIES
from contracts.vocabulary import PURPOSES
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from deploy.local.sample_persons import sample_persons
from gateway.release.case_facts import FetchedCase
from gateway.release.policy import Policy
from gateway.request_context import RequestContext, Viewer
from tests.unit.gateway.fakes import Platform, an_id, case_facts, fragment
from tests.waiting import wait_until

PEOPLE = sample_persons()
PARTNERS = (
    "opgroeien",
    "vertrouwenscentrum",
    "stad-gemeente",
    "caw",
    "parket",
    "justitiehuis",
    "sociaal-huis",
    "lokale-politie",
    "ggz",
)
LIMIT_SECONDS = 5.0


@pytest.fixture
def platform(opa: Parts) -> Iterator[Platform]:
    """A gateway on the real policy service."""
    client = Opa(opa.opa_url)
    yield Platform(client, datetime.now(UTC))
    client.close()


def put_case(platform: Platform, *fragments: dict[str, Any], **facts: Any) -> str:
    """A case in forming in which all nine partners take part."""
    since = "2026-03-01T09:00:00+00:00"
    everyone = [{"partner": p, "since": since, "answered": None} for p in PARTNERS]
    return platform.put_case(*fragments, participants=everyone, **facts)


def read(platform: Platform, who: str, case: str, purpose: str = "case_consultation") -> Any:
    return platform.get(f"/v1/cases/{case}", PEOPLE[who].id, **{"Purpose-Of-Use": purpose})


def test_each_domain_reads_its_own_level(platform: Platform) -> None:
    """The rules of the agreement arrive at the reader."""
    case = put_case(platform, fragment(category="mental_health", source="ggz"))

    seen = {}
    for who in ("caw", "politie", "stad"):
        body = read(platform, who, case).json
        seen[who] = ([f["level"] for f in body["fragments"]], body["withheld"])

    assert seen == {
        "caw": (["full"], {}),
        "politie": (["summary"], {}),
        "stad": ([], {"mental_health": True}),
    }


def test_coordination_reads_a_reference(platform: Platform) -> None:
    """It schedules, and never reads what a case is about."""
    case = put_case(platform, fragment(category="safety"), fragment("person"))

    answer = read(platform, "coordination", case, "coordination")

    assert answer.status_code == 200
    assert "fragments" not in answer.json
    assert "KANARIE" not in answer.text
    assert {f["level"] for f in platform.recorded[0]["fragments"]} == {"none"}


@pytest.mark.parametrize("who", ["caw-kortrijk", "steering", "auditor", "caw-worker"])
def test_outsiders_read_what_an_unknown_case_gives(platform: Platform, who: str) -> None:
    """The same bytes for a case of others and for nothing."""
    case = put_case(platform, fragment())

    foreign, unknown = read(platform, who, case), read(platform, who, an_id())

    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    assert [entry["outcome"] for entry in platform.recorded] == ["denied", "denied"]
    assert all(entry["reasons"] for entry in platform.recorded)


def test_a_withheld_target_and_an_unknown_one_are_refused_alike(platform: Platform) -> None:
    """A command must not give away an item that a reader may not know of."""
    item = fragment(category="judicial", source="parket", only_for=["lokale-politie"])
    case = put_case(platform, item)

    def recall(target: str) -> Any:
        headers = platform.headers(
            PEOPLE["caw"].id, **{"Idempotency-Key": an_id(), "If-Match": '"1"'}
        )
        return platform.client().post(f"/v1/cases/{case}/items/{target}/recall", headers=headers)

    withheld, unknown = recall(item["id"]), recall(an_id())

    assert (withheld.status_code, withheld.data) == (404, unknown.data)
    assert withheld.json["code"] == "not_found"


@pytest.mark.parametrize("resource", ["weighings", "plans"])
def test_what_the_team_made_is_read_by_who_takes_part_and_by_nobody_else(
    platform: Platform, resource: str
) -> None:
    """The rules reach the content of every owner."""
    case = put_case(platform, stage="active")
    made = fragment(resource.removesuffix("s"), {"state": "x"}, category="joint", source="table")
    platform.put_fragments(STEPS[resource], case, made)

    def read_steps(who: str, of: str) -> Any:
        return platform.get(f"/v1/cases/{of}/{resource}", PEOPLE[who].id)

    for who in ("caw", "politie", "stad"):
        assert [each["level"] for each in read_steps(who, case).json[resource]] == ["full"], who
    for who in ("caw-kortrijk", "steering", "coordination"):
        assert read_steps(who, case).status_code == 404, who
        assert read_steps(who, case).data == read_steps(who, an_id()).data, who


def test_an_answer_of_an_assessment_is_read_in_the_category_of_what_it_says(
    platform: Platform,
) -> None:
    """An instrument is no way around need to know."""
    case = put_case(platform, stage="weighing")
    answer = fragment(
        "assessment_answer", {"answer": "yes"}, category="mental_health", source="ggz"
    )
    platform.put_fragments("risk", case, answer)

    seen = {
        who: [
            each["level"]
            for each in platform.get(f"/v1/cases/{case}/assessments", PEOPLE[who].id).json[
                "assessments"
            ]
        ]
        for who in ("caw", "politie", "stad")
    }

    assert seen == {"caw": ["full"], "politie": ["summary"], "stad": []}


def test_a_safety_check_of_a_withheld_report_is_withheld_with_it(platform: Platform) -> None:
    """By itself it would show that there is a report; the record says what was applied."""
    case = put_case(platform, stage="active")
    report = fragment("report", source="table", category="joint", withhold_from=["lokale-politie"])
    check = fragment("safety_check", {"of": report["id"]}, source="table", of=report["id"])
    platform.put_fragments("plans", case, report, check)

    seen = {
        who: platform.get(f"/v1/cases/{case}/reports", PEOPLE[who].id).json
        for who in ("politie", "caw")
    }

    assert [each["id"] for each in seen["caw"]["reports"]] == [report["id"], check["id"]]
    assert seen["politie"]["reports"] == []
    assert seen["politie"]["withheld"] == {"joint": True, "safety": True}
    of_politie = platform.recorded[0]["result"]["fragments"]
    assert of_politie[check["id"]] == {"level": "none", "reasons": ["of_withheld"]}


def decided_again(opa: Parts, entry: dict[str, Any]) -> dict[str, str]:
    """The levels that the recorded question gives when it is asked anew, by fragment id."""
    client = Opa(opa.opa_url)
    again = client.decide("ketenaanpak/release/decision", entry["input"])
    client.close()
    decision = again["decisions"][entry["case"]]
    assert {**decision, "policy_revision": again["policy_revision"]} == entry["result"]
    return {each: verdict["level"] for each, verdict in decision["fragments"].items()}


READS = ("case", "reports", "plans", "cases", "agenda")
"""A case, what plans holds with what goes with it, what refers to risk, a list, an agenda."""


@pytest.mark.parametrize("resource", READS)
@pytest.mark.parametrize("who", ["caw", "politie", "stad", "ggz", "coordination", "caw-kortrijk"])
def test_what_is_recorded_decided_again_gives_the_levels_that_were_applied(
    platform: Platform, opa: Parts, who: str, resource: str
) -> None:
    """A judge who repeats the recorded question must find what was shown, and nothing else."""
    report = fragment("report", source="table", category="joint", withhold_from=["lokale-politie"])
    weighing = fragment("weighing", source="table", category="joint")
    case = put_case(
        platform,
        fragment("person"),
        fragment(category="judicial", source="parket"),
        fragment(category="mental_health", source="ggz", status="recalled"),
        fragment(category="housing", source="caw", only_for=["caw", "lokale-politie"]),
        fragment("request", category="judicial", addressed_to=["stad-gemeente"]),
        stage="active",
    )
    platform.put_fragments("risk", case, weighing)
    platform.put_fragments(
        "plans",
        case,
        report,
        fragment("safety_check", {"of": report["id"]}, source="table", of=report["id"]),
        fragment("safety_check", {"of": an_id()}, source="table", of=an_id()),
        fragment("plan", {"weighing": weighing["id"]}, source="table", category="joint"),
    )
    known = platform.cases[case]
    listed = {**known, "fragments": [one for one in known["fragments"] if one["kind"] == "person"]}
    session = {
        "id": an_id(),
        "found": True,
        "agreement": "sample-brugge",
        "table": "table-brugge",
        "starts_at": "2026-03-10T09:00:00+00:00",
        "version": 1,
        "agenda": [{"case": case, "referrer_attends": False}],
    }
    replies: dict[str, Any] = {
        "list_cases": {"cases": [{**listed, "order": "1"}], "next": None},
        "read_session": {"session": session, "cases": [known["case"]]},
    }
    for method, reply in replies.items():
        platform.bus.stub("intake", method, lambda _request, reply=reply: reply)
    paths = {
        "case": f"/v1/cases/{case}",
        "cases": "/v1/cases",
        "agenda": f"/v1/sessions/{session['id']}/agenda",
    }
    purpose = "coordination" if who == "coordination" else "case_consultation"

    answer = platform.get(
        paths.get(resource, f"/v1/cases/{case}/{resource}"),
        PEOPLE[who].id,
        **{"Purpose-Of-Use": purpose},
    )

    releases = [each for each in platform.recorded if each["kind"] == "release" and each["case"]]
    assert releases or answer.status_code == 403 or who == "caw-kortrijk"
    for entry in releases:
        levels = decided_again(opa, entry)
        applied = {each["id"]: each["level"] for each in entry["fragments"]}
        assert applied == {each: levels.get(each, "none") for each in applied}
        rows = answer.json.get(resource, answer.json.get("fragments", []))
        if resource in ("cases", "agenda"):
            rows = [each for row in answer.json["cases"] for each in row.get("fragments", [])]
        assert {each["id"]: each["level"] for each in rows} == {
            each: level for each, level in levels.items() if level != "none" and each in applied
        }


def grant(partner: str, minutes: int) -> dict[str, str]:
    """An emergency access of the one who asks, until that many minutes from now."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return {"grant": an_id(), "partner": partner, "until": until.isoformat()}


def test_acute_danger_opens_what_protects_and_nothing_else(platform: Platform) -> None:
    """Who somebody is, how safe, what happened, and a safe address only for whom it names."""
    ours = fragment("whereabouts", category="whereabouts", only_for=["lokale-politie"])
    theirs = fragment("whereabouts", category="whereabouts", only_for=["caw"])
    protects = [fragment("person"), fragment(), fragment(category="incidents"), ours]
    emergency = grant("lokale-politie", 30)
    case = put_case(
        platform,
        *protects,
        theirs,
        fragment(category="mental_health"),
        stage="referred",
        emergency=emergency,
    )
    platform.bus.stub(
        "intake", "open_whereabouts", lambda _: {"contents": {ours["id"]: {"address": "A"}}}
    )

    answer = read(platform, "politie", case, "acute_danger")

    assert [each["id"] for each in answer.json["fragments"]] == [each["id"] for each in protects]
    assert {each["kind"]: each.get("at") for each in answer.json["obligations"]}[
        "expires_at"
    ] == emergency["until"]
    assert platform.recorded[0]["emergency"] is True


@pytest.mark.parametrize(
    ("emergency", "purpose"),
    [
        (None, "acute_danger"),
        (grant("lokale-politie", -1), "acute_danger"),
        (grant("caw", 30), "acute_danger"),
        (grant("lokale-politie", 30), "case_consultation"),
    ],
)
def test_no_access_for_danger_looks_like_no_case(
    platform: Platform, emergency: dict[str, str] | None, purpose: str
) -> None:
    """Over, of another partner, or for something else: it opens nothing and shows nothing."""
    case = put_case(platform, fragment(), stage="referred", emergency=emergency)

    foreign = read(platform, "politie", case, purpose)
    unknown = read(platform, "politie", an_id(), purpose)

    assert (foreign.status_code, foreign.data) == (404, unknown.data)


def context(person: str, purpose: str) -> RequestContext:
    return RequestContext(
        viewer=Viewer(person, None),
        purpose=purpose,
        at=datetime.now(UTC),
        decision_id=an_id(),
        traceparent="",
    )


STEPS = {
    "assessments": "risk",
    "weighings": "risk",
    "direction_mandates": "intake",
    "plans": "plans",
    "decisions": "plans",
    "contact_log": "plans",
    "trajectories": "plans",
    "reports": "plans",
    "conclusions": "plans",
    "follow_ups": "plans",
    "evaluations": "plans",
    "emergencies": "intake",
}
"""Resources of steps 3 to 6 → who holds them."""

READS = (
    "list_cases",
    "list_referrals",
    "read_sessions",
    "read_session",
    "read_inbox",
    "read_contacts",
    "read_audit",
    "read_checkpoints",
    "read_instruments",
)


@pytest.mark.parametrize("action", [*COMMAND_BODIES, *READS])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_action_of_the_gateway_is_known_to_the_rules(
    opa: Parts, action: str, purpose: str
) -> None:
    """A name that only one side knows would be refused for ever, and nobody would see why."""
    facts = case_facts()
    client = Opa(opa.opa_url)

    decision = Policy(client).action(context(PEOPLE["chair"].id, purpose), action, case=facts)
    client.close()

    assert "action_unknown" not in decision.decision.reasons


@pytest.mark.parametrize(
    "resource",
    [
        "case",
        "cases",
        "items",
        "requests",
        "participants",
        "agenda",
        "referral",
        "referrals",
        "message",
        *STEPS,
    ],
)
def test_every_resource_of_the_gateway_is_known_to_the_rules(opa: Parts, resource: str) -> None:
    """As with actions."""
    client = Opa(opa.opa_url)
    case = an_id()
    read = FetchedCase(case, {"id": case, "found": False}, [])

    [decided] = Policy(client).release(context(PEOPLE["chair"].id, "own_tasks"), resource, [read])
    client.close()

    assert "resource_unknown" not in decided.decision.reasons


def test_anybody_with_a_login_finds_whom_to_call(platform: Platform) -> None:
    """Without a mandate too."""
    answer = platform.get("/v1/contacts", "p-99999999", **{"Purpose-Of-Use": "own_tasks"})

    assert answer.status_code == 200
    assert {contact["partner"] for contact in answer.json["contacts"]} >= set(PARTNERS)
    assert all(contact["contact"]["name"] for contact in answer.json["contacts"])


def test_a_policy_service_that_is_frozen_or_gone_releases_nothing_and_mends_itself(
    opa: Parts, platform: Platform
) -> None:
    """No decision, no release; and when it is back, nobody has to restart anything."""
    case = put_case(platform, fragment())
    assert read(platform, "caw", case).status_code == 200

    for stop, start in (
        (opa.opa.pause, opa.opa.resume),
        (opa.opa.stop, lambda: opa.opa.start(Progress(None))),
    ):
        stop()
        begin = time.monotonic()
        answer = read(platform, "caw", case)
        took = time.monotonic() - begin
        start()

        assert (answer.status_code, answer.json["code"]) == (503, "policy_unavailable")
        assert took < LIMIT_SECONDS
        assert "KANARIE" not in answer.text
        wait_until(lambda: read(platform, "caw", case).status_code == 200, 10, "a read succeeds")
