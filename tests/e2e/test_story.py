"""Steps 3 to 6 through HTTP, as the people at the table work: what goes on, and what does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import builders
from tests.e2e.table_client import CONSULT, TableClient, refused
from tests.waiting import wait_until


def kinds(body: dict[str, Any], name: str) -> list[str]:
    return [each["kind"] for each in body[name]]


# --- step 3: weighing --------------------------------------------------------------------------


def test_an_assessment_shows_each_partner_what_it_needs_to_know(table: TableClient):
    """An answer on mental health is no business of the municipality; the band is everybody's."""
    case = table.forming()
    body = builders.assessment("dash-ric", case.ids["a"], answers={"injury": "yes"})
    filled = table.expect(table.post("politie", f"{case.path}/assessments", body))

    city = table.expect(table.get("stad", f"{case.path}/assessments"))
    care = table.expect(table.get("ggz", f"{case.path}/assessments"))

    bands = [each for each in city["assessments"] if each["kind"] == "assessment"]
    assert [each["id"] for each in bands] == [filled["id"]]
    assert bands[0]["content"]["lowest_points"] == 1
    answered = {
        each["content"]["item"]: each["content"]["answer"]
        for each in table.expect(table.get("politie", f"{case.path}/assessments"))["assessments"]
        if each["kind"] == "assessment_answer"
    }
    assert (answered["injury"], answered["strangulation"]) == ("yes", "no")
    assert "mental_health" in city["withheld"]
    by_city, by_care = ({each["category"] for each in read["assessments"]} for read in (city, care))
    assert by_care - by_city == {"mental_health", "physical_health", "judicial"}
    assert by_city - by_care == set()
    assert "substance_use" not in by_city


def test_an_unknown_answer_is_not_a_no(table: TableClient):
    """A family that nobody asked would otherwise look safe."""
    case = table.forming()
    answers = {"injury": "unknown", "strangulation": "unknown"}
    body = builders.assessment("dash-ric", case.ids["a"], answers=answers)
    table.expect(table.post("politie", f"{case.path}/assessments", body))

    shown = table.expect(table.get("politie", f"{case.path}/assessments"))["assessments"]

    (band,) = [each["content"] for each in shown if each["kind"] == "assessment"]
    assert (band["lowest_points"], band["highest_points"], band["unknown_answers"]) == (0, 2, 2)


def test_a_case_is_taken_by_people_and_not_by_a_score(table: TableClient):
    """The gravest band takes nothing by itself: without a closed weighing nothing moves on."""
    case = table.weighing()
    every = builders.assessment("odara", case.ids["a"])
    gravest = {**every, "answers": dict.fromkeys(every["answers"], "yes")}
    assessed = table.expect(table.post("politie", f"{case.path}/assessments", gravest))

    refused(
        table.step("chair", case, "accept", outcome=assessed["id"]),
        "precondition_unmet",
        "outcome_missing",
    )
    assert table.get("chair", case.path).json()["stage"] == "weighing"


def test_a_weighing_needs_positions_an_assessment_and_a_profile(table: TableClient):
    """What was skipped in a hurry is missed by the family later."""
    case = table.weighing()
    weighing = table.expect(table.post("chair", f"{case.path}/weighings", {}))["id"]
    path = f"{case.path}/weighings/{weighing}"
    closing = {"conclusion": "take", "reasons": "waarom", "assessments": []}

    refused(
        table.post("chair", f"{path}/close", closing, if_match=1),
        "precondition_unmet",
        "positions_missing",
    )
    for member in case.seats.members[:5]:
        table.expect(table.post(member, f"{path}/positions", {"position": "accept"}))
    refused(
        table.post("chair", f"{path}/close", closing, if_match=1),
        "precondition_unmet",
        "assessment_missing",
    )
    refused(table.post("chair", f"{path}/close", closing, if_match=7), "precondition_failed")


def test_a_case_is_not_taken_on_a_form_that_was_taken_back(table: TableClient):
    """What the table thought before is kept as it was, and a family is not taken on on it now."""
    case = table.weighing()
    weighing = table.weigh(case)
    shown = table.expect(table.get("chair", f"{case.path}/weighings"))["weighings"]
    (assessment,) = [each["id"] for each in shown if each["kind"] == "assessment"]
    recall = f"{case.path}/assessments/{assessment}/recall"
    table.expect(table.post(case.seats.members[0], recall, {}, if_match=1))

    refused(
        table.step("chair", case, "accept", outcome=weighing),
        "precondition_unmet",
        "assessment_missing",
    )
    again = table.weigh(case)
    refused(
        table.step("chair", case, "accept", outcome=weighing),
        "precondition_unmet",
        "outcome_outdated",
    )
    assert table.expect(table.step("chair", case, "accept", outcome=again))["stage"] == "accepted"


def test_a_declined_referral_leaves_the_referrer_an_advice(table: TableClient):
    """Whoever asked for help is told what can be done instead, and sees nothing else."""
    worker = table.people["caw-worker"].id
    case = table.weighing(referrer=worker)
    weighing = table.weigh(case, "not_grave_enough")
    declining = {"ground": "not_grave_enough", "outcome": weighing}

    refused(
        table.step("chair", case, "decline", **declining), "precondition_unmet", "advice_missing"
    )
    advice = {"text": "wat nu helpt", "summary": "kort: wat nu helpt"}
    table.expect(table.post("chair", f"{case.path}/advice", advice))
    refused(
        table.step("chair", case, "decline", ground="criteria_not_met", outcome=weighing),
        "precondition_unmet",
        "weighing_says_otherwise",
    )
    table.expect(table.step("chair", case, "decline", **declining))

    read = table.expect(table.get("caw-worker", f"/v1/referrals/{case.id}", "referral"))
    assert read["stage"] == "declined"
    wait_until(lambda: "case_decided" in table.inbox("caw-worker"), what="the referrer is told")
    assert [f["content"]["text"] for f in read["fragments"] if f["kind"] == "advice"] == [
        "wat nu helpt"
    ]
    assert table.get("parket", case.path).status_code == 404


# --- steps 4 and 5: direction and execution ----------------------------------------------------


def test_a_plan_leaves_no_member_of_the_family_out(table: TableClient):
    """A child without a goal and without a ground is a child that was forgotten."""
    case, weighing = table.accepted()
    victim, child = case.ids["a"], case.ids["c"]
    body = builders.plan(weighing, [victim], "caw")

    refused(
        table.post("caw", f"{case.path}/plans", body), "precondition_unmet", "members_uncovered"
    )
    body["uncovered"] = [{"subject": each, "ground": "nog niet"} for each in (child, case.ids["b"])]
    table.expect(table.post("caw", f"{case.path}/plans", body))


def test_a_plan_rests_on_what_stands_in_the_case_and_says_so(table: TableClient):
    """A plan on an invented weighing, or on a form that was taken back, would look like any."""
    case, weighing = table.accepted()
    elsewhere, _ = table.accepted()
    body = builders.plan(weighing, case.persons, "caw")
    shown = table.expect(table.get("caw", f"{case.path}/weighings"))["weighings"]
    (assessment,) = [each["id"] for each in shown if each["kind"] == "assessment"]
    foreign = table.expect(table.get("caw", f"{elsewhere.path}/weighings"))["weighings"]

    for changes in (
        {"weighing": next(each["id"] for each in foreign if each["kind"] == "weighing")},
        {"assessments": [assessment, case.id]},
    ):
        refused(
            table.post("caw", f"{case.path}/plans", {**body, **changes}),
            "not_allowed",
            "reference_unknown",
        )
    table.expect(table.post("caw", f"{case.path}/plans", {**body, "assessments": [assessment]}))

    plans = table.expect(table.get("parket", f"{case.path}/plans"))["plans"]
    (plan,) = [each["content"] for each in plans if each["kind"] == "plan"]
    assert (plan["weighing"], plan["assessments"]) == (weighing, [assessment])
    table.expect(
        table.post(
            case.seats.members[0], f"{case.path}/assessments/{assessment}/recall", {}, if_match=1
        )
    )
    plans = table.expect(table.get("parket", f"{case.path}/plans"))["plans"]
    (plan,) = [each["content"] for each in plans if each["kind"] == "plan"]
    assert "assessments" not in plan


def test_an_objection_is_resolved_in_a_second_version(table: TableClient):
    """All partners count equally: one that objects is not overruled under this agreement."""
    case, weighing = table.accepted()
    body = builders.plan(weighing, case.persons, "caw")
    first = table.expect(table.post("caw", f"{case.path}/plans", body))["id"]
    for member in case.seats.members[:5]:
        position = {"position": "approve"}
        table.expect(table.post(member, f"{case.path}/plans/{first}/positions", position))
    objection = {"position": "object", "ground": "te snel"}
    table.expect(table.post("ggz", f"{case.path}/plans/{first}/positions", objection))

    refused(
        table.post("chair", f"{case.path}/plans/{first}/adopt", {}, if_match=1),
        "precondition_unmet",
        "objection",
    )
    second = table.adopt(case, body)

    shown = table.expect(table.get("parket", f"{case.path}/plans"))["plans"]
    states = {each["id"]: each["content"]["state"] for each in shown if each["kind"] == "plan"}
    assert states == {first: "superseded", second: "adopted"}


def test_execution_waits_for_every_direction_mandate(table: TableClient):
    """A service that did not agree to be directed would not come to the table's help."""
    case, weighing = table.accepted()
    plan = table.adopt(case, builders.plan(weighing, case.persons, "caw", "ggz"))

    refused(
        table.step("chair", case, "start_execution", outcome=plan),
        "precondition_unmet",
        "director_missing",
    )
    appointed = {"person": table.people["justitiehuis"].id, "no_care_professional": True}
    table.expect(table.put("chair", f"{case.path}/director", appointed))
    refused(
        table.step("chair", case, "start_execution", outcome=plan),
        "precondition_unmet",
        "direction_mandates_missing",
    )


def test_execution_starts_on_the_plan_that_is_adopted_now(table: TableClient):
    """Who follows an action of a plan that was replaced would see the case, and nobody else."""
    case, weighing = table.directed()
    first = table.adopt(case, builders.plan(weighing, case.persons, "caw"))
    second = table.adopt(case, builders.plan(weighing, case.persons, "parket"))

    refused(
        table.step("chair", case, "start_execution", outcome=first),
        "precondition_unmet",
        "outcome_outdated",
    )
    done = table.expect(table.step("chair", case, "start_execution", outcome=second))
    assert done["stage"] == "active"


def test_only_the_director_directs_and_only_the_follower_follows(table: TableClient):
    """A contact or an action told by somebody else would be hearsay."""
    case = table.active()
    contact = {
        "party": "client",
        "subjects": [case.ids["a"]],
        "on": builders.TODAY().isoformat(),
        "text": "een gesprek",
        "summary": "kort: een gesprek",
    }
    refused(table.post("caw", f"{case.path}/contact-log", contact), "not_allowed", "not_director")
    table.expect(table.post("justitiehuis", f"{case.path}/contact-log", contact))

    shown = table.expect(table.get("caw", f"{case.path}/plans"))["plans"]
    action = next(e["id"] for e in shown if e["kind"] == "action" and e["source"] == "table")
    follower = next(e["content"]["follower"] for e in shown if e["id"] == action)
    others = [key for key in case.seats.members if table.people[key].partner != follower]
    path = f"{case.path}/actions/{action}"
    assert table.put(others[0], path, {"state": "done"}, if_match=1).status_code == 403


def test_judicial_timing_is_kept_from_whom_it_is_no_business_of(table: TableClient):
    """The day of an interview, told too widely, warns the one who is interviewed."""
    case, weighing = table.directed()
    timing = {"on": builders.TODAY().isoformat(), "text": "nieuw verhoor", "summary": "verhoor"}
    body = builders.plan(weighing, case.persons, "parket")
    body["actions"][0]["judicial_timing"] = timing
    table.adopt(case, body)

    justice = table.expect(table.get("politie", f"{case.path}/plans"))
    city = table.expect(table.get("sociaal-huis", f"{case.path}/plans"))

    assert "judicial_timing" in kinds(justice, "plans")
    assert "judicial_timing" not in kinds(city, "plans")
    assert "judicial" in city["withheld"]
    assert "verhoor" not in str(city)


def test_a_blocked_action_comes_before_the_team(table: TableClient):
    """What cannot be done is not quietly dropped."""
    case = table.active()
    shown = table.expect(table.get("caw", f"{case.path}/plans"))["plans"]
    action = next(
        each
        for each in shown
        if each["kind"] == "action" and each["content"]["follower"] == "opgroeien"
    )
    path = f"{case.path}/actions/{action['id']}"
    blocked = {"state": "not_possible", "reason": "een wachtlijst"}
    table.expect(table.put("opgroeien", path, blocked, if_match=1))

    refused(
        table.put("opgroeien", path, {"state": "in_progress"}, if_match=2),
        "precondition_unmet",
        "decision_missing",
    )
    decision = {
        "action": action["id"],
        "text": "wat nu",
        "summary": "kort: wat nu",
        "supported_by": [table.people[each].partner for each in case.seats.members],
    }
    few = {**decision, "supported_by": ["caw", "parket"]}
    decisions = f"{case.path}/decisions"
    refused(table.post("chair", decisions, few), "precondition_unmet", "support_missing")
    table.expect(table.post("chair", decisions, decision))
    table.expect(table.put("opgroeien", path, {"state": "in_progress"}, if_match=2))


# --- step 6: closing and evaluation -------------------------------------------------------------


def test_after_the_conclusion_only_who_still_has_a_part_reads_the_case(table: TableClient):
    """Closing narrows: what is over is no longer everybody's to read.

    The others of the team keep the reference alone: they are told when violence begins again.
    """
    case = table.concluded()

    assert table.get("justitiehuis", case.path).status_code == 200
    assert table.get("opgroeien", case.path).status_code == 200
    assert table.expect(table.get("ggz", case.path))["fragments"] == []
    for part in ("items", "plans", "weighings", "reports"):
        assert table.expect(table.get("ggz", f"{case.path}/{part}"))[part] == [], part
    assert table.get("caw-kortrijk", case.path).status_code == 404


def test_whoever_contributed_finds_it_again_whatever_is_asked_for(table: TableClient):
    """One part of a case would say that it is there, and another that it is not."""
    case = table.forming()
    item = table.offer("ggz", case, "mental_health")
    table.expect(table.post("ggz", f"{case.path}/items/{item}/recall", {}, if_match=1))
    for member in case.seats.members:
        table.expect(table.post(member, f"{case.path}/answers", {"answer": "nothing_known"}))
    table.expect(table.step("chair", case, "complete_forming"))
    declining = {"ground": "not_grave_enough", "outcome": table.weigh(case, "not_grave_enough")}
    advice = {"text": "wat nu helpt", "summary": "kort: wat nu helpt"}
    table.expect(table.post("chair", f"{case.path}/advice", advice))
    table.expect(table.step("chair", case, "decline", **declining))

    for part in ("", "/items", "/plans", "/weighings", "/reports"):
        assert table.get("ggz", f"{case.path}{part}").status_code == 200, part
        assert table.get("parket", f"{case.path}{part}").status_code == 404, part
    (own,) = table.expect(table.get("ggz", f"{case.path}/items"))["items"]
    assert (own["id"], own["status"], own["content"]) == (item, "recalled", {})


def test_the_table_looks_back_at_a_session_of_its_own(table: TableClient):
    """Who worked on it reads what was made together once more, and only while they look back."""
    case = table.concluded()
    to_come = table.session(starts=datetime.now(UTC) + timedelta(days=1))
    now = table.session(starts=datetime.now(UTC))
    body = {
        "session": now,
        "text": "terugblik",
        "summary": "kort: terugblik",
        "safety_check": builders.safety_check(),
    }
    path = f"{case.path}/evaluations"
    refused(table.post("chair", path, body), "not_allowed", "session_not_held")
    for session in (to_come, now):
        table.put_on_agenda(case, session)
    early = {**body, "session": to_come}
    refused(table.post("chair", path, early), "not_allowed", "session_not_held")

    looking = table.expect(table.get("ggz", case.path))
    plan = table.expect(table.get("ggz", f"{case.path}/plans"))["plans"]
    table.expect(table.post("chair", path, body))
    (evaluation, _check) = table.expect(table.get("justitiehuis", path))["evaluations"]

    assert {each["category"] for each in looking["fragments"]} == {"joint"}
    assert {each["category"] for each in plan} == {"joint"}
    assert evaluation["content"]["session"] == now


def test_a_source_takes_its_assessment_back_also_when_it_is_over(table: TableClient):
    """What turned out wrong would stand in the case for ever."""
    case = table.concluded()
    source = case.seats.members[0]
    shown = table.expect(table.get(source, f"{case.path}/assessments"))["assessments"]
    (assessment,) = [each["id"] for each in shown if each["kind"] == "assessment"]
    path = f"{case.path}/assessments/{assessment}/recall"

    refused(table.post("justitiehuis", path, {}, if_match=1), "not_allowed", "not_source")
    table.expect(table.post(source, path, {}, if_match=1))


def test_a_follow_up_is_not_done_before_its_time(table: TableClient):
    """Six months are six months."""
    case = table.concluded()

    refused(
        table.post("justitiehuis", f"{case.path}/follow-ups", builders.follow_up()),
        "precondition_unmet",
        "too_early",
    )


def test_violence_again_reopens_the_case_at_once(table: TableClient):
    """Nobody waits half a year when it starts again."""
    case = table.concluded()

    done = table.expect(table.step("chair", case, "reopen", ground="violence_again"))

    assert done["stage"] == "active"
    assert table.get("parket", case.path).status_code == 200


# --- who is told -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "who"),
    [("weighing_opened", "parket"), ("position_waiting", "parket"), ("plan_adopted", "caw")],
)
def test_whoever_has_to_act_finds_it_in_the_inbox(table: TableClient, task: str, who: str):
    """A step that nobody was told of is a step that is forgotten."""
    before = table.inbox(who).count(task)

    table.active()

    assert wait_until(lambda: table.inbox(who).count(task) > before, what=task)
    assert CONSULT not in str(table.inbox(who))
