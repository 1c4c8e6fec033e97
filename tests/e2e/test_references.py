"""What a command names by its id, through HTTP: it is there, and it is for whoever names it."""

import uuid
from typing import Any

from deploy.local.sample_persons import SamplePerson
from tests import builders
from tests.e2e.table_client import Case, TableClient, refused
from tests.waiting import wait_until

ERROR = {"ground": "recorded_in_error"}


def shown(table: TableClient, who: str, path: str, kind: str) -> list[dict[str, Any]]:
    """The fragments of a kind that are released to a person."""
    lists = table.expect(table.get(who, path)).values()
    fragments = next(each for each in lists if isinstance(each, list) and each)
    return [each for each in fragments if each["kind"] == kind]


def services(table: TableClient, case: Case) -> list[str]:
    """The ids of the involved services of a case."""
    fragments = table.expect(table.get("caw", case.path))["fragments"]
    return [each["id"] for each in fragments if each["kind"] == "involved_service"]


def carried_out_by(
    table: TableClient, case: Case, weighing: str, service: str, *followers: str
) -> dict[str, Any]:
    """A plan of which the service carries out the action of the last follower."""
    body = builders.plan(weighing, case.persons, *(partner(table, one) for one in followers))
    executor = {"kind": "involved_service", "involved_service": service}
    body["actions"][-1]["carried_out_by"] = executor
    return body


def partner(table: TableClient, who: str) -> str:
    person: SamplePerson = table.people[who]
    return person.partner or ""


def withdraw(table: TableClient, case: Case, service: str) -> Any:
    return table.post("caw", f"{case.path}/referral-parts/{service}/withdraw", ERROR, if_match=1)


def recorded(table: TableClient, case: Case, answer: Any) -> tuple[str, list[str]]:
    """How the act that was answered stands on the record, and why."""
    decision = answer.headers["Decision-Id"]
    entries = table.records(case=case.id, kind="action")
    [entry] = [each for each in entries if each["decision_id"] == decision]
    return entry["outcome"], entry["reasons"]


def test_a_plan_gives_an_action_to_a_service_of_the_case_and_to_nothing_else(
    table: TableClient,
) -> None:
    """The school would be waited for, and the id of a wish would stand in its place."""
    case, weighing = table.accepted()
    [school] = services(table, case)
    fragments = table.expect(table.get("caw", case.path))["fragments"]
    wish = next(each["id"] for each in fragments if each["kind"] == "worry")

    for other in (str(uuid.uuid4()), wish):
        body = carried_out_by(table, case, weighing, other, "politie", "caw")
        answer = table.post("caw", f"{case.path}/plans", body)
        refused(answer, "not_allowed", "reference_unknown")
    body = carried_out_by(table, case, weighing, school, "politie", "caw")
    table.expect(table.post("caw", f"{case.path}/plans", body))

    [*_, action] = shown(table, "caw", f"{case.path}/plans", "action")
    assert action["content"]["carried_out_by"] == body["actions"][-1]["carried_out_by"]
    assert withdraw(table, case, school).ok
    [*_, action] = shown(table, "caw", f"{case.path}/plans", "action")
    assert action["content"]["carried_out_by"] == {"kind": "involved_service"}
    refused(table.post("caw", f"{case.path}/plans", body), "not_allowed", "reference_unknown")


def test_who_waits_for_a_service_that_is_gone_is_told_and_no_plan_is_adopted_with_it(
    table: TableClient,
) -> None:
    """The child would wait for a service of another family, and nobody would know."""
    case, weighing = table.directed()
    [school] = services(table, case)
    director, chair = case.seats.director, case.seats.chair
    body = carried_out_by(table, case, weighing, school, "caw", "politie")
    adopted = table.adopt(case, body)
    proposed = table.expect(table.post("caw", f"{case.path}/plans", body))["id"]
    for member in case.seats.members:
        position = {"position": "approve"}
        table.expect(table.post(member, f"{case.path}/plans/{proposed}/positions", position))
    waiting = (director, "politie")
    before = {who: table.inbox(who).count("executor_withdrawn") for who in (*waiting, "caw")}

    assert withdraw(table, case, school).ok

    for who in waiting:
        wait_until(
            lambda who=who: table.inbox(who).count("executor_withdrawn") > before[who],
            what=f"{who} is told",
        )
    assert table.inbox("caw").count("executor_withdrawn") == before["caw"]
    adopting = table.post(chair, f"{case.path}/plans/{proposed}/adopt", {}, if_match=1)
    starting = table.step(chair, case, "start_execution", outcome=adopted)
    for answer in (adopting, starting):
        refused(answer, "precondition_unmet", "executor_withdrawn")
        assert answer.json()["services"] == [school]
    followers = [partner(table, each) for each in ("caw", "politie")]
    anew = table.adopt(case, builders.plan(weighing, case.persons, *followers))
    assert table.expect(table.step(chair, case, "start_execution", outcome=anew))


def test_a_plan_that_is_carried_out_stays_when_its_service_is_gone(table: TableClient) -> None:
    """What the others do for the family would stop with it."""
    case, weighing = table.directed()
    [school] = services(table, case)
    body = carried_out_by(table, case, weighing, school, "caw", "politie")
    plan = table.adopt(case, body)
    table.expect(table.step(case.seats.chair, case, "start_execution", outcome=plan))
    before = table.inbox(case.seats.director).count("executor_withdrawn")

    assert withdraw(table, case, school).ok

    wait_until(
        lambda: table.inbox(case.seats.director).count("executor_withdrawn") > before,
        what="the director is asked for a new version",
    )
    first, _ = shown(table, "caw", f"{case.path}/plans", "action")
    path = f"{case.path}/actions/{first['id']}"
    done = table.put("caw", path, {"state": "in_progress"}, if_match=first["version"])
    assert table.expect(done)["state"] == "in_progress"


def test_an_item_answers_a_question_to_ones_own_partner_and_the_record_says_so(
    table: TableClient,
) -> None:
    """The record would say that a partner was let answer for another one."""
    case = table.forming()
    asked = {
        "to": partner(table, "ggz"),
        "category": "safety",
        "question": "Is zij veilig?",
        "due": builders.in_days(14),
        "subjects": [case.ids["a"]],
    }
    question = table.expect(table.post("chair", f"{case.path}/requests", asked))["id"]
    path = f"{case.path}/items"

    for named in (question, str(uuid.uuid4())):
        body = builders.item("safety", case.ids["a"], answers=named)
        answer = table.post("parket", path, body)
        refused(answer, "not_allowed", "not_addressee")
        assert recorded(table, case, answer) == ("denied", ["not_addressee"])
    own = builders.item("safety", case.ids["a"], answers=question)
    assert table.post("ggz", path, own).status_code == 201


def test_what_can_only_be_corrected_or_directs_nothing_is_denied_on_the_record(
    table: TableClient,
) -> None:
    """Who reads the record would take an act that never was for one that was let happen."""
    case, _ = table.accepted()
    fragments = table.expect(table.get("caw", case.path))["fragments"]
    criterion = next(each["id"] for each in fragments if each["kind"] == "criterion")
    path = f"{case.path}/referral-parts/{criterion}/withdraw"
    referrer = {"person": table.people["caw"].id, "no_care_professional": True}

    for answer, reason in (
        (table.post("caw", path, ERROR, if_match=1), "corrected_otherwise"),
        (table.put("chair", f"{case.path}/director", referrer), "director_unfit"),
    ):
        refused(answer, "not_allowed", reason)
        assert recorded(table, case, answer) == ("denied", [reason])
