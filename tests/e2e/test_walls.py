"""The conflict wall through HTTP: nobody meets the own case at work, and others set it right."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import Case, TableClient, refused
from tests.e2e.test_outsiders import everything_but_the_clock
from tests.waiting import wait_until

BORN = "1979-05-23"
METHODS = ("get", "post", "put")


@pytest.fixture
def take_in(platform: Platform, table: TableClient, tmp_path: Path) -> Any:
    """Imports a member of staff, by key, while the platform runs."""

    def run(who: str, **known: Any) -> None:
        person = table.people[who]
        partners = [person.partner] if person.partner else []
        file = tmp_path / "staff.json"
        file.write_text(json.dumps([{"person": person.id, "partners": partners, **known}]))
        platform.import_staff(file)

    return run


def family(**victim: Any) -> dict[str, Any]:
    """A referral whose victim is called so."""
    persons = builders.referral()["persons"]
    return {"persons": [{**persons[0], **victim}, *persons[1:]]}


def named(name: str, **more: Any) -> dict[str, Any]:
    """How a personnel file names somebody."""
    return {"given_names": ["Sofie", "Sophie"], "family_names": [name], "birth_date": BORN, **more}


def questions(table: TableClient, who: str, case: Case) -> list[dict[str, Any]]:
    """What somebody is asked about walls of the case."""
    rows: list[dict[str, Any]] = table.expect(table.get(who, f"{case.path}/walls"))["walls"]
    return rows


def answer(table: TableClient, who: str, case: Case, stands: bool, question: str) -> Any:
    body = {"stands": stands, "text": "nagevraagd bij de korpschef"}
    return table.post(who, f"{case.path}/walls/{question}/answer", body)


def messages(table: TableClient, who: str) -> list[str]:
    """The ids of a person's messages, newest first."""
    page = table.expect(table.get(who, "/v1/inbox?limit=100", "own_tasks"))
    return [each["id"] for each in page["messages"]]


def routes(table: TableClient) -> Iterator[tuple[str, str, str]]:
    """Method, path and a purpose of every route below a case, from the platform's own document."""
    paths = table.client.get("", "/v1/openapi.json", "own_tasks").json()["paths"]
    for path, operations in paths.items():
        for method in METHODS:
            if method in operations and re.match(r"/v1/(cases|referrals)/\{", path):
                given = {each["name"]: each for each in operations[method]["parameters"]}
                for purpose in given["Purpose-Of-Use"]["schema"]["enum"]:
                    yield method, path, purpose


def test_an_officer_known_by_name_and_birth_date_only_does_not_meet_the_own_case(
    platform: Platform, table: TableClient, take_in: Any
) -> None:
    """He would read what is known of him, where she is safe, and be appointed to direct it."""
    case = table.weighing(**family(given_name="SOPHIE", family_name="Lukaszewicz", birth_date=BORN))
    session = table.session()
    table.put_on_agenda(case, session)
    wait_until(lambda: "case_on_agenda" in table.inbox("politie"), what="a message about it")
    assert table.get("politie", case.path).status_code == 200
    before = messages(table, "politie")

    take_in("politie", **named("Łukaszewicz"))

    assert table.get("politie", case.path).status_code == 404
    assert case.id not in table.listed("politie")
    agenda = table.expect(table.get("politie", f"/v1/sessions/{session}/agenda"))["cases"]
    assert case.id not in [each["id"] for each in agenda]
    leads = [table.get("politie", f"/v1/inbox/{each}", "own_tasks") for each in before[:20]]
    assert case.id not in str([each.text for each in leads])
    danger = {"ground": "melding van bedreiging, nu"}
    emergency = table.post("politie", f"{case.path}/emergencies", danger, "acute_danger")
    assert emergency.status_code == 404
    choices = [
        table.put("chair", f"{case.path}/director", {"person": one, "no_care_professional": True})
        for one in (table.people["politie"].id, "p-on-no-team")
    ]
    assert [each.status_code for each in choices] == [403, 403]
    assert choices[0].json() == choices[1].json(), "choosing a director shows no wall"
    assert table.get("politie-kin", case.path).status_code == 200, "a colleague works on"


def test_every_route_answers_the_walled_one_as_for_an_id_of_nothing(
    table: TableClient, take_in: Any
) -> None:
    """Whatever route a later version adds, it must not be the one that tells."""
    case = table.weighing(**family(given_name="Sofie", family_name="Wallaert", birth_date=BORN))
    take_in("vertrouwenscentrum", **named("Wallaert"))
    fragments = table.expect(table.get("chair", case.path))["fragments"]
    inside, unknown = fragments[0]["id"], str(uuid.uuid4())
    tried = set()

    for method, path, purpose in routes(table):
        found = []
        for case_id, part in ((case.id, inside), (unknown, str(uuid.uuid4()))):
            filled = re.sub(r"\{[a-z_]+\}", part, re.sub(r"\{[a-z_]+\}", case_id, path, count=1))
            who = table.people["vertrouwenscentrum"].id
            if method == "get":
                reply = table.client.get(who, filled, purpose)
            else:
                call = table.client.post if method == "post" else table.client.put
                reply = call(who, filled, purpose, body_for(path), 1)
            found.append(everything_but_the_clock(reply))
        assert found[0] == found[1], (method, path, purpose)
        tried.add((method, path))

    assert len(tried) > 40


def body_for(path: str) -> dict[str, Any]:
    """A body that is whole where that is simple; others are refused before anything else."""
    last = path.rsplit("/", 1)[-1]
    return {
        "answers": {"answer": "nothing_known"},
        "conflicts": {"interest": "kin"},
        "emergencies": {"ground": "nu"},
        "review": {"justified": True, "text": "ja"},
        "walls": {"person": "p-1", "interest": "kin", "text": "ja"},
        "wall-liftings": {"person": "p-1", "text": "ja"},
        "transitions": {"command": "withdraw", "ground": "other"},
        "director": {"person": "p-1", "no_care_professional": True},
    }.get(last, {})


def test_a_weak_match_is_answered_by_the_chair_both_ways(table: TableClient, take_in: Any) -> None:
    """Until the chair has said whether it is the same person, the case is closed to that person."""
    cases = [
        table.forming(**family(given_name="Sofie", family_name=name, birth_date="1979"))
        for name in ("Verhasselt", "Verhasselt")
    ]
    before = {who: table.get(who, cases[0].path) for who in ("parket", "caw", "coordination")}

    take_in("justitiehuis", **named("Verhasselt"))

    for case, stands in zip(cases, (True, False), strict=True):
        assert table.get("justitiehuis", case.path).status_code == 404
        [asked] = questions(table, "chair", case)
        assert asked["content"]["person"] == table.people["justitiehuis"].id
        assert asked["subjects"] == [case.ids["a"]]
        assert questions(table, "parket", case) == []
        refused(answer(table, "parket", case, stands, asked["id"]), "not_found")
        table.expect(answer(table, "chair", case, stands, asked["id"]))
        assert table.get("justitiehuis", case.path).status_code == (404 if stands else 200)
        refused(answer(table, "chair", case, stands, asked["id"]), "already_answered")
    for who in ("parket", "caw"):
        now = table.get(who, cases[0].path)
        assert now.headers["ETag"] == before[who].headers["ETag"], who
    wait_until(lambda: "wall_question" in table.inbox("coordination"), what="that one is open")
    wait_until(lambda: "wall_question" in table.inbox("chair"), what="the chair is asked")
    assert "wall_question" not in table.inbox("justitiehuis")


def test_where_the_chair_may_be_in_the_case_members_of_other_partners_are_asked(
    table: TableClient, take_in: Any
) -> None:
    """The chair does not judge whether the chair is the perpetrator."""
    take_in("chair", **named("Stadsbader"))
    case = table.refer(**family(given_name="Sofie", family_name="Stadsbader", birth_date="1979-05"))

    assert table.get("chair", case.path).status_code == 404
    [asked] = questions(table, "caw", case)
    wait_until(lambda: "wall_question" in table.inbox("caw"), what="the member is asked")
    table.expect(answer(table, "caw", case, False, asked["id"]))

    assert table.get("chair", case.path).status_code == 200


def test_a_wall_that_others_raise_holds_and_a_second_person_decides(table: TableClient) -> None:
    """A colleague knows that she is his sister: it holds before anybody has looked into it."""
    case = table.forming()
    ggz = table.people["ggz"].id
    raising = {"person": ggz, "interest": "kin", "text": "zijn zus"}
    before = table.get("parket", case.path)

    raised = table.expect(
        table.post("coordination", f"{case.path}/walls", raising, "coordination")
    )["id"]

    assert table.get("ggz", case.path).status_code == 404
    now = table.get("parket", case.path)
    assert now.json()["version"] == before.json()["version"]
    refused(answer(table, "ggz", case, False, raised), "not_found")
    wait_until(lambda: "wall_question" in table.inbox("parket"), what="a second person is asked")
    wait_until(lambda: "deputy_needed" in table.inbox("coordination"), what="a deputy is needed")
    [asked] = questions(table, "parket", case)
    assert asked["content"]["text"] == "zijn zus"
    table.expect(answer(table, "parket", case, False, raised))
    assert table.get("ggz", case.path).status_code == 200

    again = table.expect(table.post("chair", f"{case.path}/walls", raising))["id"]
    refused(answer(table, "chair", case, True, again), "precondition_unmet", reason="second_person")
    table.expect(answer(table, "politie", case, True, again))
    assert table.get("ggz", case.path).status_code == 404


def test_emergency_access_that_is_open_ends_with_a_wall(table: TableClient) -> None:
    """Whoever opened the case in danger does not read on once it is known whose brother he is."""
    case = table.refer()
    danger = {"ground": "melding van bedreiging, nu"}
    table.expect(table.post("parket", f"{case.path}/emergencies", danger, "acute_danger"))
    table.expect(table.get("parket", case.path, "acute_danger"))
    raising = {"person": table.people["parket"].id, "interest": "kin", "text": "zijn broer"}

    table.expect(table.post("chair", f"{case.path}/walls", raising))

    assert table.get("parket", case.path, "acute_danger").status_code == 404


def test_a_conflict_declared_in_error_goes_with_a_second_person(table: TableClient) -> None:
    """He meant the other family of that street."""
    case = table.forming()
    table.expect(table.post("opgroeien", f"{case.path}/conflicts", {"interest": "kin"}))
    proposal = {"person": table.people["opgroeien"].id, "text": "hij bedoelde een ander gezin"}

    proposed = table.expect(table.post("chair", f"{case.path}/wall-liftings", proposal))["id"]

    assert table.get("opgroeien", case.path).status_code == 404
    refused(
        answer(table, "chair", case, False, proposed),
        "precondition_unmet",
        reason="second_person",
    )
    table.expect(answer(table, "ggz", case, False, proposed))
    assert table.get("opgroeien", case.path).status_code == 200
    others = {"person": table.people["parket"].id, "text": "hij heeft er geen"}
    without = table.expect(table.post("chair", f"{case.path}/wall-liftings", others))
    assert without["state"] == "open", "nobody learns by it whether there is a wall"


def test_a_director_who_is_walled_off_directs_no_longer(table: TableClient) -> None:
    """The case would go on under somebody to whom it does not exist."""
    case, _ = table.accepted()
    appointed = {"person": table.people["justitiehuis"].id, "no_care_professional": True}
    table.expect(table.put("chair", f"{case.path}/director", appointed))

    table.expect(table.post("justitiehuis", f"{case.path}/conflicts", {"interest": "kin"}))

    assert table.get("chair", case.path).json()["director"] is None
    wait_until(lambda: "direction_ended" in table.inbox("chair"), what="the chair is told")


def test_a_referrer_who_is_walled_off_does_not_come_to_the_table(table: TableClient) -> None:
    """She asked for help for her colleague's family, and turns out to be kin of the other side."""
    case = table.refer("caw-worker")
    sessions = [table.session(), table.session()]
    visiting = {"case": case.id, "referrer_attends": True}
    first, second = (f"/v1/sessions/{each}/agenda" for each in sessions)
    table.expect(table.post("coordination", first, visiting, "coordination"))
    cancelled = table.inbox("caw").count("visit_cancelled")
    raising = {"person": table.people["caw-worker"].id, "interest": "kin", "text": "zijn nicht"}

    table.expect(table.post("chair", f"{case.path}/walls", raising))

    [entry] = table.expect(table.get("chair", first))["cases"]
    assert (entry["id"], entry["referrer_attends"]) == (case.id, False)
    refusal = table.post("coordination", second, visiting, "coordination")
    refused(refusal, "precondition_unmet", "referrer_not_received")
    assert table.expect(table.get("chair", second))["cases"] == []
    wait_until(
        lambda: table.inbox("caw").count("visit_cancelled") > cancelled, what="her partner is told"
    )
    assert "visit_cancelled" not in table.inbox("caw-worker")


def test_a_table_that_lost_its_chair_asks_for_a_deputy_at_once(
    table: TableClient, take_in: Any
) -> None:
    """Nobody would take the case up, or end its crisis, until a deadline of weeks had passed."""
    take_in("chair", **named("Hamerslag"))
    needed = table.inbox("coordination").count("deputy_needed")

    case = table.refer(**family(given_name="Sofie", family_name="Hamerslag", birth_date=BORN))

    assert table.get("chair", case.path).status_code == 404
    wait_until(
        lambda: table.inbox("coordination").count("deputy_needed") > needed,
        what="a deputy is asked for",
    )


def test_colleagues_are_known_by_their_mandates_where_the_import_is_stale(
    table: TableClient, take_in: Any
) -> None:
    """He moved to the city last year; the chair, who is of the city too, is not asked about him."""
    take_in("stad", **named("Verhuizer"), partners=["sociaal-huis"])
    before = table.inbox("caw").count("wall_question")

    case = table.refer(**family(given_name="Sofie", family_name="Verhuizer", birth_date="1979"))

    assert questions(table, "chair", case) == []
    [asked] = questions(table, "caw", case)
    assert "walled" not in asked
    refused(answer(table, "chair", case, False, asked["id"]), "not_found")
    wait_until(
        lambda: table.inbox("caw").count("wall_question") > before, what="somebody else is asked"
    )
    table.expect(answer(table, "caw", case, False, asked["id"]))
    assert questions(table, "chair", case) == [], "nor is the answer for his colleagues"


def test_a_partner_left_with_nobody_is_asked_itself_and_not_told_of_which_case(
    table: TableClient,
) -> None:
    """Only the coordination team knew that nobody spoke for the city any more."""
    case = table.forming()
    before = set(messages(table, "steering"))
    raising = {"person": table.people["stad"].id, "interest": "kin", "text": "haar broer"}

    table.expect(table.post("coordination", f"{case.path}/walls", raising, "coordination"))

    wait_until(lambda: set(messages(table, "steering")) - before, what="the city is asked")
    [told] = set(messages(table, "steering")) - before
    opened = table.get("steering", f"/v1/inbox/{told}", "own_tasks")
    shown = table.expect(opened)
    assert (shown["task"], shown["about"]) == ("deputy_needed", {})
    assert case.id not in opened.text
    assert table.get("steering", case.path).status_code == 404


def test_an_operator_is_told_counts_and_no_name(
    platform: Platform, table: TableClient, tmp_path: Path
) -> None:
    """What the command prints stays in a terminal, a log or a ticket."""
    file = tmp_path / "staff.csv"
    person = table.people["steering"].id
    rows = f"person,partners,given_names,family_names,birth_date\n{person},,Sofie,Zwart,{BORN}\n"
    file.write_text(rows)

    def command(*options: str) -> str:
        state = {"KETENAANPAK_STATE": str(platform.state)}
        argv = [sys.executable, "-m", "ops.cli", "staff", "import", str(file), *options]
        done = subprocess.run(
            argv, env={**os.environ, **state}, capture_output=True, text=True, check=False
        )
        return f"{done.returncode} {done.stdout} {done.stderr}"

    trial, first, again = command("--dry-run"), command(), command()
    number = builders.national_number(BORN)
    file.write_text(f"person,partners,national_number\n{person},,{number}\n")
    by_number = command()
    file.write_text(f"person,remove\n{person},true\n")
    removed = command()
    file.write_text(rows.replace(BORN, "geheim"))
    refusal = command()

    assert trial.startswith("0 ")
    assert ("registered" in trial, "registered" in first, "unchanged" in again) == (True,) * 3
    assert refusal.startswith("1 ")
    assert "row 1: birth_date" in refusal
    assert f"1 recognised by number only: {person}" in by_number
    never = "with a mandate never taken in"
    assert person not in first
    assert person in removed.partition(never)[2], "others of this platform are lacking too"
    for said in (trial, first, again, by_number, removed, refusal):
        assert number not in said
        assert "Zwart" not in said
        assert "geheim" not in said
