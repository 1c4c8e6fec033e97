"""Reading cases: whole, narrowed, unknown, walled off."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.rpc import intake as wire
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.intake.client import PARTNERS, Client
from tests.integration.observing import watching

STAFF_NUMBER = "85010112387"


def test_a_referral_is_read_back_as_it_was_written(client: Client) -> None:
    """Every part of a referral reaches the reader, in the order in which it was written."""
    reply = client.referral(
        persons=[
            builders.person("a", "victim", informed=False, birth_date="1989-04-12"),
            builders.person("b", "perpetrator", informed=False),
        ],
        involved_services=[{"service": "School", "since": "2020-09-01", "subjects": ["b"]}],
        uninformed_ground="te gevaarlijk",
    )

    read = client.read(reply["case"])

    assert wire.ReadCaseReply().validate(read) == {}
    assert [one["kind"] for one in read["fragments"]] == [
        *("person", "informing") * 2,
        "occurrence",
        "worry",
        "wish",
        "precaution",
        "involved_service",
        *("criterion",) * 4,
        "uninformed_ground",
    ]
    assert read["fragments"][0]["content"] == {
        "roles": ["victim"],
        "given_name": "Voornaam-a",
        "family_name": "Achternaam-a",
        "birth_date": "1989-04-12",
    }
    assert read["fragments"][0]["subjects"] == [reply["ids"]["a"]]
    assert read["case"] == {
        "id": reply["case"],
        "found": True,
        "agreement": "sample-brugge",
        "region": "31005",
        "stage": "referred",
        "version": 1,
        "submitted_by": "caw",
        "referrer": "p-caw",
        "submitted_at": read["case"]["submitted_at"],
        "participants": [
            {"partner": one, "since": read["case"]["submitted_at"], "answered": None}
            for one in PARTNERS
        ],
        "director": None,
        "contributors": ["caw"],
        "followers": [],
        "crisis": False,
        "victim_informed": False,
        "informing_confirmed": False,
        "follow_up_on": None,
        "evaluating": False,
        "emergency": None,
        "persons": list(reply["ids"].values()),
        "guest": None,
        "conflicts": [],
        "session": None,
    }


def test_reading_is_narrowed_to_what_is_needed(client: Client) -> None:
    """A page that shows the family asks for no other texts, and a decision asks for none."""
    reply = client.referral()
    case = reply["case"]

    persons = client.read(case, kinds=["person"])["fragments"]
    facts = client.read(case, content=False)["fragments"]
    nothing = client.read(case, kinds=[])["fragments"]
    one = client.read(case, fragment=persons[1]["id"])["fragments"]

    assert [fragment["subjects"][0] for fragment in persons] == list(reply["ids"].values())
    assert {fragment["content"] for fragment in facts} == {None}
    assert nothing == []
    assert one == [persons[1]]
    assert client.read(client.referral()["case"], fragment=persons[1]["id"])["fragments"] == []


def test_an_unknown_case_is_answered_in_the_same_form(client: Client) -> None:
    """Whoever tries ids at random gets an answer that looks like any other."""
    known, unknown = client.read(client.referral()["case"]), client.read(new_id())

    assert wire.ReadCaseReply().validate(unknown) == {}
    assert set(unknown) == set(known)
    assert set(unknown["case"]) == set(known["case"])
    assert (unknown["case"]["found"], unknown["fragments"]) == (False, [])


@pytest.mark.parametrize("narrowing", [{}, {"kinds": []}, {"fragment": new_id()}])
def test_an_unknown_id_costs_as_much_as_a_known_one(
    runtime: Runtime, client: Client, replica: Client, narrowing: dict[str, Any]
) -> None:
    """Neither the number nor the kind of queries gives away whether a case exists."""
    case = client.referral()["case"]
    with watching(runtime.database) as known:
        replica.read(case, **narrowing)
    with watching(runtime.database) as unknown:
        replica.read(new_id(), **narrowing)

    assert unknown.kinds == known.kinds
    assert len(known.kinds) == 3


def test_the_person_who_asks_is_given_own_conflicts_only(client: Client) -> None:
    """Policy learns why this person must not see the case, and nothing about colleagues."""
    persons = [builders.person("a", "victim", national_number=STAFF_NUMBER)]
    case = client.referral(persons=persons, **about("a"))["case"]
    client.send("declare_conflict", {"interest": "kin"}, case=case, person="p-kin")

    reply = {one: client.facts(case, one)["conflicts"] for one in ("p-kin", "p-staff", "p-reader")}

    assert reply == {"p-kin": ["kin"], "p-staff": ["same_person"], "p-reader": []}


def test_the_guest_pass_is_given_to_the_guest(client: Client) -> None:
    """The referrer is let in to the session; nobody else's decision depends on it."""
    case = client.referral(referrer="p-worker")["case"]
    session = client.on_agenda(case, referrer_attends=True)

    visit = {
        "session": session,
        "starts_at": f"{builders.in_days(30)}T09:00:00.000000+00:00",
        "until": f"{builders.in_days(30)}T13:00:00.000000+00:00",
    }
    [listed] = client.list("p-worker", referrer=True)["cases"]
    [on_agenda] = client.intake.queries.read_session(session, "p-worker")["cases"]
    assert client.facts(case, "p-worker")["guest"] == visit
    assert (listed["case"]["guest"], on_agenda["guest"]) == (visit, visit)
    assert client.facts(case, "p-reader")["guest"] is None
    assert client.session(session)["cases"][0]["guest"] is None


def test_a_visit_of_an_earlier_version_is_when_its_session_is(
    runtime: Runtime, client: Client
) -> None:
    """The moment is kept with the session only: nothing of a case has to be made anew."""
    case = client.referral(referrer="p-worker")["case"]
    session = client.on_agenda(case, referrer_attends=True)
    [kept] = runtime.database["cases"].find({"_id": case})
    later = {"starts_at": f"{builders.in_days(60)}T09:00:00+00:00", "ground": "other"}

    client.send("move_session", later, target=session, if_match=1)

    assert set(kept["guest"]) == {"session", "until"}
    assert client.facts(case, "p-worker")["guest"]["starts_at"].startswith(builders.in_days(60))


def test_lists_leave_out_walls_and_keep_the_order(client: Client, clock: FixedClock) -> None:
    """A person pages through the cases of the own partner, newest first, without walled ones."""
    cases = []
    for _ in range(5):
        cases.append(client.referral()["case"])
        clock.advance(timedelta(minutes=1))
    own = client.referral(
        persons=[builders.person("a", "victim", national_number=STAFF_NUMBER)], **about("a")
    )["case"]
    client.send("declare_conflict", {"interest": "kin"}, case=cases[1], person="p-staff")
    party = {"parties": [("sample-brugge", "ggz")]}

    assert pages(client, "p-reader", **party) == [*[own], *reversed(cases)]
    assert pages(client, "p-staff", **party) == [cases[4], cases[3], cases[2], cases[0]]
    assert pages(client, "p-staff", agreements=["sample-brugge"]) == [
        *(cases[4], cases[3], cases[2], cases[0])
    ]


def test_lists_hold_what_the_person_takes_part_in(client: Client, clock: FixedClock) -> None:
    """Another partner, another region and another referrer's cases are not in the list."""
    here = client.referral(referrer="p-worker")["case"]
    clock.advance(timedelta(minutes=1))
    there = client.referral(agreement="sample-kortrijk")["case"]

    assert pages(client, parties=[("sample-brugge", "ggz")]) == [here]
    assert pages(client, parties=[("sample-brugge", "elders")]) == []
    assert pages(client, parties=[("sample-kortrijk", "ggz"), ("sample-brugge", "caw")]) == [
        there,
        here,
    ]
    assert pages(client, parties=[("sample-brugge", "caw")], agreements=["sample-brugge"]) == [here]
    assert pages(client, "p-worker", referrer=True) == [here]
    assert pages(client, "p-caw", referrer=True) == [there]
    assert pages(client) == []


def test_a_list_returns_the_kinds_that_were_asked_for(client: Client) -> None:
    """A list that shows who the family is comes with persons, and with nothing else."""
    reply = client.referral()

    page = client.list(agreements=["sample-brugge"], kinds=["person"])

    assert wire.ListCasesReply().validate(page) == {}
    [row] = page["cases"]
    assert row["case"] == client.facts(reply["case"])
    assert [one["content"]["given_name"] for one in row["fragments"]] == [
        "Voornaam-a",
        "Voornaam-b",
        "Voornaam-c",
    ]


def test_a_session_comes_with_the_facts_of_its_cases(client: Client) -> None:
    """The agenda is decided case by case, in its order, as this person may know them."""
    body = {
        "agreement": "sample-brugge",
        "table": "table-brugge",
        "starts_at": f"{builders.in_days(30)}T09:00:00+00:00",
    }
    session = client.send("schedule_session", body)["id"]
    cases = [client.referral()["case"] for _ in range(3)]
    for case in cases:
        client.send("put_on_agenda", {"case": case}, case=case, target=session)

    read = client.session(session)
    unknown = client.session(new_id())

    assert wire.ReadSessionReply().validate(read) == {}
    assert wire.ReadSessionReply().validate(unknown) == {}
    assert read["cases"] == [client.facts(case) for case in cases]
    assert [one["case"] for one in read["session"]["agenda"]] == cases
    assert (read["session"]["found"], read["session"]["version"]) == (True, 1)
    assert (unknown["session"]["found"], unknown["cases"]) == (False, [])


def test_sessions_are_listed_latest_first(client: Client) -> None:
    """A team member sees the meetings of the own tables, page by page, without their agendas."""
    days = {}
    for agreement, day in (("one", 3), ("two", 2), ("one", 1), ("three", 4)):
        body = {
            "agreement": agreement,
            "table": "table",
            "starts_at": f"{builders.in_days(day)}T10:00:00+01:00",
        }
        days[day] = client.send("schedule_session", body)["id"]

    first = client.intake.queries.list_sessions(["one", "two"], None, 2)
    rest = client.intake.queries.list_sessions(["one", "two"], first["next"], 2)

    assert wire.ListSessionsReply().validate(first) == {}
    assert [one["id"] for one in first["sessions"]] == [days[3], days[2]]
    assert first["sessions"][0]["starts_at"] == f"{builders.in_days(3)}T09:00:00.000000+00:00"
    assert [one["id"] for one in rest["sessions"]] == [days[1]]
    assert rest["next"] is None


def pages(client: Client, person: str = "p-reader", **request: Any) -> list[str]:
    """The ids of all cases of a list, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = client.list(person, after=after, limit=2, **request)
        found += [one["case"]["id"] for one in page["cases"]]
        after = page["next"]
        if after is None:
            return found


def about(ref: str) -> dict[str, Any]:
    """The parts of a referral, about one person alone."""
    return {
        "occurrences": [builders.narrative("slagen", ref)],
        "worries": [builders.narrative("vrees", ref)],
        "involved_services": [],
        "wishes": [],
        "precautions": [builders.narrative("plan", ref)],
    }


def test_of_a_destroyed_case_facts_are_returned_and_no_word(
    runtime: Runtime, client: Client
) -> None:
    """The content is gone for good, and whoever asks must not wait for it to come back."""
    reply, other = client.forming(), client.forming()
    runtime.vault.destroy(reply["case"])

    read = client.read(reply["case"])
    facts = client.read(reply["case"], content=False)
    listed = client.list(agreements=["sample-brugge"], kinds=["person"])["cases"]

    assert (read["destroyed"], facts["destroyed"]) == (True, False)
    assert read["case"]["found"]
    assert read["fragments"] == facts["fragments"]
    assert {one["content"] for one in read["fragments"]} == {None}
    destroyed = {one["case"]["id"]: one["destroyed"] for one in listed}
    assert destroyed == {other["case"]: False, reply["case"]: True}
    item = builders.item("safety", next(iter(reply["ids"].values())))
    with pytest.raises(Refuse) as refused:
        client.send("offer_item", item, case=reply["case"])
    assert refused.value.code == "content_destroyed"
