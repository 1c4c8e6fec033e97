"""Persons set right: matches are added and none is forgotten, and nobody meets the own case."""

from functools import partial
from typing import Any

import pytest

from chassis.runtime import Runtime
from services.intake import migrations
from services.intake.staff_import import StaffImport
from tests import builders
from tests.integration.intake.client import Client
from tests.integration.intake.conftest import MATCHING_KEY
from tests.integration.intake.test_staff import BORN, conflicts, refer, row
from tests.integration.intake.test_together import about, at_once, until_settled
from tests.integration.observing import kept, published

ERROR = {"ground": "recorded_in_error"}
NAMED = {"given_name": "Sofie", "family_name": "Lukaszewicz"}
INFORMED = {"informing": {"state": "informed"}}


@pytest.fixture
def take_in(runtime: Runtime) -> Any:
    """Imports rows as an operator does."""
    return lambda *rows: StaffImport(runtime, MATCHING_KEY).run(rows)


def add(client: Client, case: str, **who: Any) -> dict[str, Any]:
    """The chair adds somebody."""
    body = {"roles": ["other"], **INFORMED, "ground": "incomplete", **who}
    terms = {"latest_review_days": 91}
    return client.send("add_person", body, case=case, terms=terms, person="p-chair")


def correct(client: Client, case: str, **who: Any) -> dict[str, Any]:
    """The chair says anew who the first person is."""
    first = client.read(case, kinds=["person"])["fragments"][0]
    body = {"roles": ["victim"], **ERROR, **who}
    told = {"target": first["id"], "if_match": first["version"], "person": "p-chair"}
    return client.send("correct_person", body, case=case, **told)


def walls_events(runtime: Runtime, case: str) -> list[str]:
    return [one["type"] for one in published(runtime, case)]


def test_an_officer_whom_a_corrected_birth_date_shows_is_walled_off_at_once(
    runtime: Runtime, client: Client, take_in: Any
) -> None:
    """Until the next import, he would read the case about himself."""
    take_in(row())
    case = refer(client, birth_date="1979-05-24")
    appointed = {"person": "p-officer", "no_care_professional": True}
    client.send("appoint_director", appointed, case=case)
    assert conflicts(client, case) == []
    before = client.facts(case)["version"]

    correct(client, case, **NAMED, birth_date=BORN)

    assert conflicts(client, case) == ["same_person"]
    assert client.facts(case)["director"] is None
    assert client.facts(case)["version"] == before + 1, "as for any director who directs no longer"
    assert walls_events(runtime, case)[-3:] == [
        "person_corrected",
        "wall_raised",
        "direction_ended",
    ]


def test_an_officer_who_is_overlooked_in_a_referral_is_walled_off_when_added(
    client: Client, take_in: Any
) -> None:
    """The brother who is a policeman is named only when the family is spoken of."""
    take_in(row())
    case = client.referral(**about())["case"]

    add(client, case, national_number=builders.national_number(BORN), **NAMED)

    assert conflicts(client, case) == ["same_person"]


def test_a_corrected_name_lifts_no_wall(client: Client, take_in: Any) -> None:
    """Who types another name for a colleague in the file would let her read it."""
    take_in(row())
    case = refer(client)

    correct(client, case, given_name="Anna", family_name="Peeters", birth_date="1981-02-03")

    assert conflicts(client, case) == ["same_person"]
    question = client.send(
        "propose_lifting",
        {"person": "p-officer", "text": "een ander"},
        case=case,
        person="p-chair",
        terms={"partners": ["lokale-politie"], "answer_working_days": 2},
    )
    assert conflicts(client, case) == ["same_person"]
    answer = {"stands": False, "text": "nagegaan"}
    second = {"person": "p-second", "partner": "ggz", "target": question["id"]}
    client.send("answer_wall", answer, case=case, **second)
    assert conflicts(client, case) == []
    correct(client, case, given_name="Anna", family_name="Pieters", birth_date="1981-02-03")
    assert conflicts(client, case) == [], "what says nothing new of her raises no wall again"
    correct(client, case, **NAMED, national_number=builders.national_number(BORN))
    assert conflicts(client, case) == [], "nor the name by which she was recognised before"


def test_a_correction_that_is_new_evidence_walls_off_again(client: Client, take_in: Any) -> None:
    """Two of one name and birth date were told apart; then the number says that they are one."""
    number = builders.national_number(BORN)
    take_in(row(national_number=number))
    case = refer(client)
    asked = client.send(
        "propose_lifting",
        {"person": "p-officer", "text": "een naamgenoot"},
        case=case,
        person="p-chair",
        terms={"partners": ["lokale-politie"], "answer_working_days": 2},
    )["id"]
    lifting = {"stands": False, "text": "een naamgenoot"}
    client.send("answer_wall", lifting, case=case, target=asked, person="p-2", partner="ggz")
    assert conflicts(client, case) == []

    correct(client, case, **NAMED, birth_date=BORN, national_number=number)

    assert conflicts(client, case) == ["same_person"]


def test_staff_registered_later_meet_the_old_spelling_and_the_new(
    client: Client, take_in: Any
) -> None:
    """A correction that was itself the mistake would open the case to whom it is about."""
    case = refer(client, given_name="Anna", family_name="Peeters")
    correct(client, case, **NAMED, birth_date=BORN)

    take_in(row(), row(person="p-other", given_names=["Anna"], family_names=["Peeters"]))

    assert conflicts(client, case) == ["same_person"]
    assert client.facts(case, "p-other")["conflicts"] == ["same_person"]


def test_a_correction_and_an_import_that_cross_each_other_meet(
    client: Client, replica: Client, take_in: Any
) -> None:
    """None of the two looked before the other had written."""
    for number in range(4):
        name = f"Sofie{'abcd'[number]}"
        case = refer(client, given_name="Anna", family_name=f"Peeters{'abcd'[number]}")
        officer = row(person=f"p-{number}", given_names=[name])
        named = {"given_name": name, "family_name": "Lukaszewicz", "birth_date": BORN}

        at_once(
            partial(until_settled, correct, (client, replica)[number % 2], case, **named),
            partial(take_in, officer),
        )

        assert client.facts(case, officer["person"])["conflicts"] == ["same_person"]


@pytest.mark.parametrize("how", ["added", "corrected"])
def test_the_chairs_learn_of_another_case_of_the_same_people(
    runtime: Runtime, client: Client, how: str
) -> None:
    """Two tables would work past each other because a name was written wrong."""
    first = refer(client)
    case = client.referral(**about())["case"]
    assert "possible_match_noticed" not in walls_events(runtime, case)

    if how == "added":
        add(client, case, **NAMED, birth_date=BORN)
    else:
        correct(client, case, **NAMED, birth_date=BORN)
        correct(client, case, **NAMED, birth_date=BORN, roles=["victim", "other"])

    assert walls_events(runtime, case).count("possible_match_noticed") == 1
    assert "possible_match_noticed" not in walls_events(runtime, first)
    later = refer(client, given_name="Sophie", family_name="Peeters")
    correct(client, later, **NAMED, birth_date=BORN)
    assert "possible_match_noticed" in walls_events(runtime, later)


def test_who_somebody_was_is_kept_sealed_and_read_by_nobody(
    runtime: Runtime, client: Client
) -> None:
    """The record says what was read before; no event, list or log holds a name or a number."""
    number = builders.national_number(BORN)
    case = client.referral(**about())["case"]
    [person, *_] = client.read(case, kinds=["person"])["fragments"]

    added = add(client, case, given_name="Kanariemira", national_number=number, birth_date=BORN)
    correct(client, case, given_name="Kanarieanna", national_number=number, relation="partner")

    now = client.fragment(case, person["id"])
    [former] = runtime.database["versions"].find({"fragment": person["id"]})
    opened = runtime.vault.open(case, f"fragment:{person['id']}:1", former["sealed"])
    assert opened["given_name"] == person["content"]["given_name"]
    assert (now["version"], now["content"]) == (
        2,
        {"given_name": "Kanarieanna", "roles": ["victim"], "relation": "partner"},
    )
    assert added["ids"]["person"] in client.facts(case)["persons"]
    everything = repr(kept(runtime))
    assert number not in everything
    assert "Kanarie" not in everything


def test_the_same_addition_again_adds_nobody(runtime: Runtime, client: Client) -> None:
    """A connection that broke would give the family twins."""
    case = client.referral(**about())["case"]
    body = {"given_name": "Mira", "roles": ["child"], **INFORMED, "ground": "situation_changed"}
    twice = client.envelope("add_person", body, case=case, terms={"latest_review_days": 91})

    first = client.intake.perform("add_person", twice)
    before = kept(runtime)

    assert client.intake.perform("add_person", twice) == first
    assert kept(runtime) == before
    assert len(client.facts(case)["persons"]) == 4


def test_a_case_of_today_waits_for_no_migration(runtime: Runtime, client: Client) -> None:
    """An operator would see work that is done, and run it for ever."""
    client.referral(**about())

    assert {step.name: step.pending(runtime) for step in migrations.STEPS[:2]} == {
        "make-matches-anew-3": 0,
        "store-walls": 0,
    }


def test_a_person_of_an_earlier_version_is_corrected(runtime: Runtime, client: Client) -> None:
    """A case from before an upgrade holds no marks but a number, and no relation."""
    case = refer(client)
    runtime.database["cases"].update_one({"_id": case}, {"$set": {"persons.0.matches": ["old"]}})

    correct(client, case, **NAMED, birth_date=BORN, relation="sibling")

    [stored] = runtime.database["cases"].find({"_id": case})
    assert "old" in stored["persons"][0]["matches"]
    assert len(stored["persons"][0]["matches"]) > 1
