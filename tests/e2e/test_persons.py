"""Persons of the client system set right through HTTP: added, corrected, and what follows."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import PARTNERS, Case, TableClient, refused
from tests.waiting import wait_until

BORN = "1974-08-19"
NEWBORN = {
    "given_name": "Mira",
    "birth_date": builders.in_days(0),
    "roles": ["child", "victim"],
    "relation": "child",
    "informing": {"state": "not_possible", "reason": "pas geboren"},
    "ground": "situation_changed",
}


def persons(table: TableClient, who: str, case: Case) -> dict[str, dict[str, Any]]:
    """Who the family is, as it is released to a person: random id → fragment."""
    shown = table.expect(table.get(who, case.path))["fragments"]
    return {each["subjects"][0]: each for each in shown if each["kind"] == "person"}


def add(table: TableClient, who: str, case: Case, **changes: Any) -> Any:
    return table.post(who, f"{case.path}/persons", NEWBORN | changes)


def correct(table: TableClient, who: str, case: Case, ref: str, **said: Any) -> Any:
    """Says anew who the person is that the referral called `ref`, on the version that is read."""
    part = persons(table, "caw", case)[case.ids[ref]]
    body = {"roles": part["content"]["roles"], "ground": "recorded_in_error", **said}
    return table.put(who, f"{case.path}/persons/{part['id']}", body, if_match=part["version"])


def take_in(platform: Platform, table: TableClient, folder: Path, who: str, **known: Any) -> None:
    """Imports a member of staff, by key, while the platform runs."""
    person = table.people[who]
    file = folder / "staff.json"
    file.write_text(json.dumps([{"person": person.id, "partners": [person.partner], **known}]))
    platform.import_staff(file)


def told(table: TableClient, task: str, *people: str, before: dict[str, int]) -> None:
    for who in people:
        wait_until(
            lambda who=who: table.inbox(who).count(task) > before[who], what=f"{who}: {task}"
        )


def counts(table: TableClient, task: str, *people: str) -> dict[str, int]:
    return {who: table.inbox(who).count(task) for who in people}


def test_somebody_overlooked_is_added_and_told_of_before_the_table_meets(
    table: TableClient,
) -> None:
    """A grandmother who lives there would be spoken of by nobody."""
    case = table.refer()
    before = counts(table, "person_added", "chair", "caw")
    number = builders.national_number(BORN)
    grandmother = {"given_name": "Godelieve", "roles": ["other"], "relation": "grandparent"}
    body = {**NEWBORN, **grandmother, "birth_date": BORN, "national_number": number}

    other = table.post("parket", f"{case.path}/persons", body)
    added = table.expect(table.post("caw", f"{case.path}/persons", body))

    assert other.status_code == 404
    for who in ("caw", "chair"):
        shown = persons(table, who, case)[added["ids"]["person"]]
        assert shown["id"] == added["id"]
        assert shown["content"] == {**grandmother, "birth_date": BORN}
        assert number not in table.get(who, case.path).text
    told(table, "person_added", "chair", "caw", before=before)
    table.take_on(case)
    item = builders.item("safety", added["ids"]["person"])
    assert table.post("parket", f"{case.path}/items", item).status_code == 201


def test_the_referrer_adds_and_corrects_until_the_table_takes_the_case_up(
    table: TableClient,
) -> None:
    """Who knows the family best sees first who was forgotten."""
    case = table.refer("caw-worker")
    worker = table.people["caw-worker"].id

    added = table.client.post(worker, f"{case.path}/persons", "referral", NEWBORN)

    made = table.expect(added)
    own = table.expect(table.get("caw-worker", f"/v1/referrals/{case.id}", "referral"))
    assert "Mira" in str(own)
    path = f"{case.path}/persons/{made['id']}"
    body = {"given_name": "Myra", "roles": ["child"], "ground": "recorded_in_error"}
    assert table.expect(table.client.put(worker, path, "referral", body, 1))["version"] == 2
    table.take_on(case)
    late = table.client.post(worker, f"{case.path}/persons", "referral", NEWBORN)
    refused(late, "not_allowed", "identity_not_read")


def test_a_newborn_in_a_running_case_has_a_goal_before_the_case_ends(table: TableClient) -> None:
    """The family would be done with, and the youngest of it was never thought of."""
    case, weighing = table.directed()
    followers = [table.people[each].partner or "" for each in case.seats.members[:3]]
    whole = builders.plan(weighing, case.persons, *followers)
    plan = table.adopt(case, whole)
    table.expect(table.step("chair", case, "start_execution", outcome=plan))
    path = f"{case.path}/conclusions"
    drawn = table.expect(table.post(case.seats.director, path, builders.conclusion()))["id"]
    proposed = table.expect(table.post("caw", f"{case.path}/plans", whole))["id"]
    everybody = ("chair", "parket", "justitiehuis", "caw")
    before = counts(table, "person_uncovered", *everybody)

    born = table.expect(add(table, "caw", case))["ids"]["person"]

    told(table, "person_uncovered", *everybody, before=before)
    refused(
        table.step("chair", case, "conclude", outcome=drawn),
        "precondition_unmet",
        "members_uncovered",
    )
    refused(
        table.post(case.seats.director, path, builders.conclusion()),
        "precondition_unmet",
        "members_uncovered",
    )
    for member in case.seats.members:
        position = {"position": "approve"}
        table.expect(table.post(member, f"{case.path}/plans/{proposed}/positions", position))
    old = table.post("chair", f"{case.path}/plans/{proposed}/adopt", {}, if_match=1)
    refused(old, "precondition_unmet", "members_uncovered")
    refused(table.post("caw", f"{case.path}/plans", whole), "precondition_unmet")
    covering = builders.plan(
        weighing, case.persons, *followers, uncovered=[{"subject": born, "ground": "te jong"}]
    )
    table.adopt(case, covering)
    anew = table.expect(table.post(case.seats.director, path, builders.conclusion()))["id"]
    assert table.expect(table.step("chair", case, "conclude", outcome=anew))["stage"] == "concluded"


def test_another_victim_whom_nobody_informed_is_confirmed_before_anybody_contributes(
    table: TableClient,
) -> None:
    """What the chair confirmed of one victim was not said of the other."""
    family = [builders.person("a", "victim", informed=False), *builders.referral()["persons"][1:]]
    case = table.refer(persons=family, uninformed_ground="te gevaarlijk")
    table.expect(table.post("chair", f"{case.path}/informing-confirmation", {}))
    table.take_on(case)
    before = counts(table, "informing_unsettled", "chair", "caw")
    item = builders.item("safety", case.ids["a"])
    assert table.post("parket", f"{case.path}/items", item).status_code == 201

    table.expect(add(table, "parket", case))

    told(table, "informing_unsettled", "chair", "caw", before=before)
    refused(
        table.post("parket", f"{case.path}/items", item),
        "precondition_unmet",
        "informing_not_settled",
    )
    table.expect(table.post("chair", f"{case.path}/informing-confirmation", {}))
    assert table.post("parket", f"{case.path}/items", item).status_code == 201


def test_a_corrected_identity_is_what_everybody_reads(table: TableClient) -> None:
    """A summons would be sent to somebody with another name; the former one is nobody's."""
    wrong = builders.person("a", "victim", given_name="KANARIE", birth_date="1985")
    family = [wrong, *builders.referral()["persons"][1:]]
    case = table.forming(persons=family)
    before = counts(table, "referral_corrected", "chair", "ggz")
    said = {
        "given_name": "Annelies",
        "family_name": "Verstraete",
        "birth_date": "1985-06-14",
        "sex": "female",
        "relation": "former_partner",
    }
    part = persons(table, "caw", case)[case.ids["a"]]
    path = f"{case.path}/persons/{part['id']}"
    body = {**said, "roles": ["victim"], "ground": "incomplete"}

    stale = table.put("ggz", path, body, if_match=7)
    without = table.put("ggz", path, body)
    outside = table.put("coordination", path, body, if_match=1)
    unfit = table.put("ggz", path, {**body, "relation": "neighbour"}, if_match=1)
    done = table.put("ggz", path, body, if_match=1)

    refused(stale, "precondition_failed")
    refused(without, "precondition_required")
    assert outside.status_code in (403, 404)
    refused(unfit, "validation_failed")
    assert table.expect(done)["version"] == 2
    for who in PARTNERS:
        shown = persons(table, who, case)[case.ids["a"]]
        assert (shown["version"], shown["content"]) == (2, {**said, "roles": ["victim"]})
        assert "KANARIE" not in table.get(who, case.path).text
    own = table.get("caw", f"/v1/referrals/{case.id}", "referral").text
    assert "Annelies" in own
    assert "KANARIE" not in own
    told(table, "referral_corrected", "chair", "ggz", before=before)


def test_a_correction_keeps_a_victim_and_says_what_it_may_not_set_right(
    table: TableClient,
) -> None:
    """Nobody would have to be informed or kept safe; another part has an act of its own."""
    family = [
        builders.person("a", "victim"),
        builders.person("b", "perpetrator"),
        builders.person("c", "child"),
    ]
    case = table.forming(persons=family)
    shown = table.expect(table.get("caw", case.path))["fragments"]
    worry = next(each["id"] for each in shown if each["kind"] == "worry")
    body = {"given_name": "An", "roles": ["other"], "ground": "other"}

    nobody = correct(table, "caw", case, "a", given_name="An", roles=["other"])
    other = table.put("caw", f"{case.path}/persons/{worry}", body, if_match=1)
    part = persons(table, "caw", case)[case.ids["a"]]
    as_item = table.put("caw", f"{case.path}/referral-parts/{part['id']}", {}, if_match=1)

    refused(nobody, "validation_failed")
    assert nobody.json()["errors"][0]["pointer"] == "/roles"
    refused(other, "not_allowed", "corrected_otherwise")
    assert not as_item.ok


@pytest.mark.parametrize("place", ["director", "reader", "emergency"])
def test_whom_a_correction_shows_to_be_in_the_family_reads_nothing_more(
    platform: Platform, table: TableClient, tmp_path: Path, place: str
) -> None:
    """By a birth date typed wrong he read where she is safe, and directed the case."""
    name = {"director": "Regisseur", "reader": "Lezer", "emergency": "Nood"}[place]
    who = {"director": "justitiehuis", "reader": "opgroeien", "emergency": "sociaal-huis"}[place]
    known = {"given_names": ["Bram"], "family_names": [f"Van{name}"], "birth_date": BORN}
    take_in(platform, table, tmp_path, who, **known)
    called = {"given_name": "Bram", "family_name": f"Van {name}"}
    referral = builders.referral()["persons"]
    family = [referral[0], {**referral[1], **called, "birth_date": "1975-08-19"}, referral[2]]
    if place == "director":
        case, _ = table.directed(persons=family)
        assert table.get("chair", case.path).json()["director"] == table.people[who].id
    elif place == "reader":
        case = table.forming(persons=family)
    else:
        case = table.refer(persons=family)
        danger = {"ground": "melding van bedreiging, nu"}
        table.expect(table.post(who, f"{case.path}/emergencies", danger, "acute_danger"))
    purpose = "acute_danger" if place == "emergency" else "case_consultation"
    table.expect(table.get(who, case.path, purpose))
    version = table.get("caw", case.path).json()["version"]

    corrected = correct(table, "caw", case, "b", **called, birth_date=BORN)

    assert corrected.ok, corrected.text
    assert table.get(who, case.path, purpose).status_code == 404
    assert case.id not in table.listed(who)
    now = table.get("caw", case.path).json()
    if place == "director":
        assert now["director"] is None
    else:
        assert now["version"] == version, "nobody notices a wall"
    back = correct(table, "caw", case, "b", **called, birth_date="1975-08-19")
    assert back.ok, back.text
    assert table.get(who, case.path, purpose).status_code == 404, "a correction lifts no wall"


@pytest.mark.parametrize("act", ["correct", "add"])
def test_a_referrer_whom_a_correction_shows_to_be_in_the_family_does_not_come(
    platform: Platform, table: TableClient, tmp_path: Path, act: str
) -> None:
    """She would sit at the table where it is spoken of whom her own family fears."""
    name = {"correct": "Gast", "add": "Bezoek"}[act]
    called = {"given_name": "Lotte", "family_name": f"Van {name}"}
    known = {"given_names": ["Lotte"], "family_names": [called["family_name"]], "birth_date": BORN}
    take_in(platform, table, tmp_path, "caw-worker", **known)
    case = table.refer("caw-worker")
    agenda = f"/v1/sessions/{table.session()}/agenda"
    visiting = {"case": case.id, "referrer_attends": True}
    table.expect(table.post("coordination", agenda, visiting, "coordination"))
    own = f"/v1/referrals/{case.id}"
    table.expect(table.get("caw-worker", own, "referral"))
    before = counts(table, "visit_cancelled", "caw")

    if act == "correct":
        done = correct(table, "caw", case, "b", **called, birth_date=BORN)
    else:
        relative = {"relation": "other_family", "roles": ["other"]}
        done = add(table, "caw", case, **called, **relative, birth_date=BORN)

    assert done.ok, done.text
    [entry] = table.expect(table.get("chair", agenda))["cases"]
    assert (entry["id"], entry["referrer_attends"]) == (case.id, False)
    assert table.get("caw-worker", own, "referral").status_code == 404
    assert table.get("caw-worker", agenda).status_code in (403, 404)
    told(table, "visit_cancelled", "caw", before=before)
    assert "visit_cancelled" not in table.inbox("caw-worker")


def test_what_was_recorded_of_a_correction_names_nobody(table: TableClient) -> None:
    """An auditor finds who corrected what of this person, and not what it is."""
    case = table.forming()
    number = builders.national_number(BORN)
    said = {"given_name": "KANARIEVOGEL", "birth_date": BORN, "national_number": number}

    assert correct(table, "ggz", case, "a", **said).ok
    added = table.expect(add(table, "parket", case, **said))["ids"]["person"]

    found = table.records(case_person=case.ids["a"], action="correct_person")
    assert [(each["person"], each["outcome"]) for each in found] == [
        (table.people["ggz"].id, "permitted")
    ]
    happened = {"person_added", "person_corrected"}
    wait_until(
        lambda: happened <= {each["action"] for each in events(table, case)},
        what="the record of both",
    )
    assert added in str([each for each in events(table, case) if each["action"] == "person_added"])
    everything = str(table.records(case=case.id, detail=True))
    assert "KANARIEVOGEL" not in everything
    assert number not in everything


def events(table: TableClient, case: Case) -> list[dict[str, Any]]:
    """What the record says happened in the case."""
    return table.records(case=case.id, kind="event", detail=True)
