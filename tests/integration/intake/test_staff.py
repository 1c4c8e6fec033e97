"""Staff: taken in once, in any spelling, while the service runs; nobody meets the own case."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chassis.runtime import Runtime
from services.intake.staff_import import StaffImport
from tests import builders
from tests.integration.intake.client import Client
from tests.integration.intake.conftest import MATCHING_KEY
from tests.integration.intake.test_together import about, at_once, until_settled
from tests.integration.observing import kept, published

BORN = "1979-05-23"


def row(**changes: Any) -> dict[str, Any]:
    """An officer, by the names that the personnel file has."""
    return {
        "person": "p-officer",
        "partners": ["lokale-politie"],
        "given_names": ["Sofie", "Sophie"],
        "family_names": ["Łukaszewicz"],
        "birth_date": BORN,
        "remove": False,
    } | changes


@pytest.fixture
def take_in(runtime: Runtime) -> Callable[..., dict[str, int]]:
    """Imports rows as an operator does; gives the counts."""

    def run(*rows: dict[str, Any], dry: bool = False) -> dict[str, int]:
        done = StaffImport(runtime, MATCHING_KEY).run(rows, dry=dry)
        return {what: number for what, number in done.items() if number}

    return run


def refer(client: Client, **changes: Any) -> str:
    """A referral of somebody who is called like the officer; its case."""
    called = {"given_name": "Sofie", "family_name": "Lukaszewicz", "birth_date": BORN}
    persons = [builders.person("a", "victim", **{**called, **changes})]
    return str(client.referral(persons=persons, **about())["case"])


def conflicts(client: Client, case: str) -> Any:
    """Why the officer may not learn of the case."""
    return client.facts(case, "p-officer")["conflicts"]


@pytest.mark.parametrize("first", ["staff", "case"])
def test_whichever_comes_first_the_officer_is_walled_off(
    client: Client, take_in: Any, first: str
) -> None:
    """Known by name and birth date alone, an officer would read the whole case about herself."""
    if first == "staff":
        take_in(row())
    case = refer(client, given_name="SOPHIE")
    if first == "case":
        assert conflicts(client, case) == []
        assert take_in(row()) == {"registered": 1, "walls": 1}

    assert conflicts(client, case) == ["same_person"]
    assert client.read(case, "p-officer")["walled"] == ["p-officer"]
    assert client.list("p-officer", agreements=["sample-brugge"])["cases"] == []
    assert client.facts(case, "p-reader")["conflicts"] == []


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": "1979-05-24"},
        {"given_name": "Anna"},
        {"family_name": "Peeters"},
    ],
)
def test_a_name_alone_walls_nobody_off(client: Client, take_in: Any, other: Any) -> None:
    """A chair who is called like somebody in the case does not lose it."""
    take_in(row())

    assert conflicts(client, refer(client, **other)) == []
    persons = [builders.person("a", "victim", given_name="Sofie", family_name="Łukaszewicz")]
    assert "birth_date" not in persons[0]
    case = client.referral(persons=persons, **about())["case"]
    assert conflicts(client, case) == []


def test_a_weak_match_walls_off_and_asks(runtime: Runtime, client: Client, take_in: Any) -> None:
    """Where only the year is known, the case is closed to her until somebody has said."""
    case = refer(client, birth_date="1979")
    before = client.facts(case)

    assert take_in(row()) == {"registered": 1, "walls": 1}

    assert conflicts(client, case) == ["same_person"]
    assert client.facts(case) == before, "nobody notices"
    [question] = client.read(case, kinds=["wall_question"])["fragments"]
    assert question["content"]["person"] == "p-officer"
    assert (question["withhold_from"], question["addressed_to"]) == (["lokale-politie"], [])
    assert question["walled"] == ["p-officer"]
    types = [one["type"] for one in published(runtime, case)]
    assert types == ["referral_submitted", "wall_raised", "wall_question_asked"]
    answer = {"stands": False, "text": "een naamgenoot"}
    client.send("answer_wall", answer, case=case, target=question["id"], person="p-chair")
    assert conflicts(client, case) == []
    [answered] = client.read(case, kinds=["wall_question"])["fragments"]
    assert answered["walled"] == ["p-officer"], "nor is the answer for her colleagues"
    assert "walled" not in client.read(case, kinds=["person"])["fragments"][0]
    assert take_in(row(), row(given_names=["Sofie"])) == {"unchanged": 1, "changed": 1}
    assert conflicts(client, case) == [], "what was answered is not asked again"


def test_at_the_same_moment_none_is_missed(client: Client, replica: Client, take_in: Any) -> None:
    """A referral and an import that cross each other still meet."""
    for number in range(6):
        officer = row(person=f"p-{number}", given_names=[f"Sofie{'abcdef'[number]}"])
        named = {"given_name": officer["given_names"][0]}

        case, counts = at_once(
            partial(until_settled, refer, (client, replica)[number % 2], **named),
            partial(take_in, officer),
        )

        assert client.facts(case, officer["person"])["conflicts"] == ["same_person"], counts


def test_the_same_file_again_changes_nothing(
    runtime: Runtime, client: Client, take_in: Any
) -> None:
    """An operator who is not sure imports it once more."""
    refer(client)
    take_in(row())
    before = kept(runtime)

    assert take_in(row()) == {"unchanged": 1}
    assert kept(runtime) == before


def test_a_trial_changes_nothing_and_counts_the_same(
    runtime: Runtime, client: Client, take_in: Any
) -> None:
    """What an import would do is seen beforehand."""
    refer(client)
    before = kept(runtime)

    assert take_in(row(), dry=True) == {"registered": 1, "walls": 1}
    assert kept(runtime) == before


def test_who_is_removed_is_looked_for_no_longer_and_no_wall_goes(
    client: Client, take_in: Any
) -> None:
    """Somebody who left the service does not read the own case because of it."""
    take_in(row())
    case = refer(client)

    assert take_in(row(remove=True)) == {"removed": 1}
    assert take_in(row(remove=True)) == {"unknown": 1}

    assert conflicts(client, case) == ["same_person"]
    assert conflicts(client, refer(client)) == []


def test_a_spelling_that_is_added_finds_what_was_not_found(client: Client, take_in: Any) -> None:
    """A married name comes to be known later."""
    take_in(row())
    case = refer(client, family_name="Peeters")
    assert conflicts(client, case) == []

    done = take_in(row(family_names=["Łukaszewicz", "Peeters"]))

    assert done == {"changed": 1, "walls": 1}
    assert conflicts(client, case) == ["same_person"]


def test_a_director_who_turns_out_to_be_in_the_case_directs_no_longer(
    runtime: Runtime, client: Client, take_in: Any
) -> None:
    """The direction ends in the transaction that raises the wall."""
    called = {"given_name": "Sofie", "family_name": "Lukaszewicz", "birth_date": BORN}
    case = client.weighing(persons=[builders.person("a", "victim", **called)], **about())
    appointed = {"person": "p-officer", "no_care_professional": True}
    client.send("appoint_director", appointed, case=case)
    version = client.facts(case)["version"]

    take_in(row())

    facts = client.facts(case)
    assert (facts["director"], facts["version"]) == (None, version + 1)
    ended = [one for one in published(runtime, case) if one["type"] == "direction_ended"]
    assert [one["data"]["walled"] for one in ended] == [["p-officer"]]


def test_nothing_of_who_staff_are_is_kept(runtime: Runtime, take_in: Any) -> None:
    """Whoever takes the disk home reads no name and no birth date of an officer."""
    take_in(row())

    text = str([list(runtime.database[one].find()) for one in ("staff", "matches", "outbox")])

    for word in ("Sofie", "sofie", "ukaszewicz", BORN, "1979"):
        assert word not in text
    assert "p-officer" in text


def test_a_case_whose_content_was_destroyed_is_walled_off_without_a_question(
    runtime: Runtime, client: Client, take_in: Any
) -> None:
    """Nobody can look any more whether it is the same person, and it is hidden all the same."""
    case = refer(client, birth_date="1979")
    runtime.vault.destroy(case)

    assert take_in(row()) == {"registered": 1, "walls": 1}

    assert conflicts(client, case) == ["same_person"]


def test_a_conflict_of_an_earlier_version_still_walls_off(runtime: Runtime, client: Client) -> None:
    """A case that was stored before walls were keeps hidden what it hid."""
    case = refer(client)
    old = {"$set": {"conflicts": [{"person": "p-officer", "interest": "kin"}]}}
    newer = {"$unset": {"walls": 1, "liftings": 1, "match_days": 1}}
    runtime.database["cases"].update_one({"_id": case}, old | newer)

    assert conflicts(client, case) == ["kin"]
    crisis = {"text": "nu", "summary": "nu", "subjects": []}
    client.send("raise_crisis", crisis, case=case)
    assert conflicts(client, case) == ["kin"]
    assert client.read(case)["walled"] == ["p-officer"]
    lifting = {"person": "p-officer", "text": "een ander dossier"}
    question = client.send("propose_lifting", lifting, case=case, partner="parket")["id"]
    answer = {"stands": False, "text": "zo is het"}
    client.send("answer_wall", answer, case=case, target=question, person="p-2", partner="ggz")
    assert conflicts(client, case) == []
