"""Many at once, and the same again: nothing is lost, done twice or overlooked."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chassis.commands import KeyReused
from chassis.errors import CodedError
from chassis.mongo import Conflict
from chassis.runtime import Runtime
from tests import builders
from tests.integration.intake.client import PARTNERS, Client
from tests.integration.observing import kept, published


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised; all of them begin at the same moment."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait(10)
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def until_settled(act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What an act returns or raises, sent again as a caller does for as long as it conflicts."""
    for _ in range(10):
        with suppress(Conflict):
            return act(*given, **named)
    raise AssertionError("it conflicts for ever")


def test_the_same_command_again_returns_the_same_and_does_nothing(
    runtime: Runtime, client: Client
) -> None:
    """A person whose connection broke presses the button again, even after the case moved on."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    offer = client.envelope("offer_item", builders.item("safety", victim), case=case)
    first = client.intake.perform("offer_item", offer)
    client.send("raise_crisis", {"text": "nu", "summary": "nu", "subjects": [victim]}, case=case)
    before = kept(runtime)
    decided_again = {"decided_on": {"stage": "forming", "version": 3}, "terms": {"other": 1}}

    again = client.intake.perform("offer_item", offer | decided_again)

    assert again == first
    assert kept(runtime) == before


def test_a_key_used_for_something_else_is_refused(client: Client) -> None:
    """A program that reuses a key is told so instead of getting another command's answer."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    offer = client.envelope("offer_item", builders.item("safety", victim), case=case)
    item = client.intake.perform("offer_item", offer)["id"]

    for change in (
        {"body": builders.item("safety", victim, text="anders")},
        {"if_match": 7},
        {"case": client.forming()["case"]},
    ):
        with pytest.raises(KeyReused):
            client.intake.perform("offer_item", offer | change)
    recall = client.envelope("recall_item", {}, case=case, target=item, if_match=1)
    client.intake.perform("recall_item", recall)
    with pytest.raises(KeyReused):
        client.intake.perform("confirm_informing", recall)


def test_one_command_sent_many_times_at_once_is_done_once(
    runtime: Runtime, client: Client, replica: Client
) -> None:
    """Impatience does not put a family on file twice."""
    command = client.envelope("submit_referral", builders.referral())

    results = at_once(
        *(lambda: client.intake.perform("submit_referral", command),) * 3,
        *(lambda: replica.intake.perform("submit_referral", command),) * 3,
    )

    reply = [one for one in results if isinstance(one, dict)]
    refused = [one.code for one in results if isinstance(one, CodedError)]
    outcome = client.intake.perform("submit_referral", command)
    assert reply == [outcome] * len(reply) != []
    assert refused == ["command_in_flight"] * (6 - len(reply))
    assert kept(runtime)["cases"] == 1
    assert [one["type"] for one in published(runtime, outcome["case"])] == ["referral_submitted"]


def test_all_partners_contribute_at_the_same_moment(client: Client) -> None:
    """During a session everybody presses "offer" at once, and nobody is turned away."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    partners = PARTNERS * 3

    offered = at_once(*(partial(client.offer, case, victim, partner) for partner in partners))

    assert all(isinstance(one, str) for one in offered), offered
    items = [one["id"] for one in client.read(case, kinds=["item"])["fragments"]]
    assert sorted(items) == sorted(offered)


def test_of_two_steps_at_once_one_is_taken(client: Client, replica: Client) -> None:
    """A case is not both withdrawn and taken on when two people decide at the same moment."""
    for _ in range(5):
        case = client.referral()["case"]
        session = client.on_agenda(case)
        take = client.envelope(
            "change_stage",
            {"command": "take_on_agenda", "session": session},
            case=case,
            if_match=1,
        )
        withdraw = client.envelope(
            "change_stage", {"command": "withdraw", "ground": "other"}, case=case, if_match=1
        )

        results = at_once(
            partial(client.intake.perform, "change_stage", take),
            partial(replica.intake.perform, "change_stage", withdraw),
        )

        done = [one for one in results if isinstance(one, dict)]
        assert len(done) == 1, results
        assert [one.code for one in results if isinstance(one, CodedError)] == ["facts_changed"]
        facts = client.facts(case)
        assert (facts["stage"], facts["version"]) == (done[0]["stage"], 2)


def test_forming_does_not_end_with_a_question_asked_at_the_same_moment(
    client: Client, replica: Client
) -> None:
    """No question is left without an answer because it was asked while the chair closed."""
    for _ in range(5):
        reply = client.forming()
        case = reply["case"]
        for partner in PARTNERS:
            client.send("answer_forming", {"answer": "nothing_known"}, case=case, partner=partner)
        close = client.envelope(
            "change_stage", {"command": "complete_forming"}, case=case, if_match=2
        )
        ask = client.envelope(
            "request_information",
            builders.request("ggz", reply["ids"]["a"]),
            case=case,
            partner="parket",
        )

        results = at_once(
            partial(client.intake.perform, "change_stage", close),
            partial(replica.intake.perform, "request_information", ask),
        )

        done = [one for one in results if isinstance(one, dict)]
        assert len(done) == 1, results
        open_question = bool(client.read(case, kinds=["request"])["fragments"])
        assert (client.facts(case)["stage"] == "weighing") != open_question


def test_a_possible_match_is_signalled_within_one_agreement(
    runtime: Runtime, client: Client
) -> None:
    """A table learns of a person whom it knows that there may be a match, and another table not."""
    anna = builders.person("a", "victim", birth_date="1989-04-12", given_name="Anna")
    loud = anna | {"given_name": "ANNA"}
    first = client.referral(persons=[anna], **about())["case"]
    client.send("declare_conflict", {"interest": "kin"}, case=first, person="p-kin")
    elsewhere = client.referral(agreement="sample-kortrijk", persons=[loud], **about())["case"]
    other = client.referral(persons=[anna | {"birth_date": "1989-04-13"}], **about())["case"]
    again = client.referral(persons=[loud], **about())["case"]

    matches = {
        case: [one["data"] for one in published(runtime, case) if "match" in one["type"]]
        for case in (first, elsewhere, other, again)
    }

    assert matches[first] == matches[elsewhere] == matches[other] == []
    assert [one["walled_from_matches"] for one in matches[again]] == [["p-kin"]]
    assert first not in str(published(runtime, again))


def test_two_referrals_of_one_person_at_once_still_meet(
    runtime: Runtime, client: Client, replica: Client
) -> None:
    """Whichever referral of the same person in the same second comes second meets the first."""
    for number in range(1, 6):
        same = builders.national_number(f"1989-04-2{number}")
        persons = [builders.person("a", "victim", national_number=same)]

        cases = at_once(
            partial(until_settled, client.referral, persons=persons, **about()),
            partial(until_settled, replica.referral, persons=persons, **about()),
        )

        types = [event["type"] for one in cases for event in published(runtime, one["case"])]
        assert sorted(types) == ["possible_match_noticed", *["referral_submitted"] * 2]


def test_two_referrals_that_know_a_person_differently_at_once_still_meet(
    runtime: Runtime, client: Client, replica: Client
) -> None:
    """Nor does it matter at that moment that one knows the day of birth, and the other the year."""
    for number in range(5):
        name = {"given_name": f"Anna{'abcde'[number]}", "family_name": "El-Amrani"}
        persons = [
            builders.person("a", "victim", **name, birth_date=day) for day in ("1989", "1989-04-12")
        ]

        cases = at_once(
            partial(until_settled, client.referral, persons=persons[:1], **about()),
            partial(until_settled, replica.referral, persons=persons[1:], **about()),
        )

        types = [event["type"] for one in cases for event in published(runtime, one["case"])]
        assert sorted(types) == [*["referral_submitted"] * 2, "weak_match_noticed"]


def test_a_strong_match_and_a_weak_one_are_told_apart(runtime: Runtime, client: Client) -> None:
    """What a chair is told of depends on how well the person is known, not on who wrote it."""
    bob = builders.person("a", "victim", given_name="Bob", family_name="Van den Berghe")
    client.referral(persons=[bob | {"birth_date": "1971-03-09"}], **about())

    def told(**changes: Any) -> list[str]:
        reply = client.referral(persons=[bob | changes], **about())
        types = [event["type"] for event in published(runtime, reply["case"])]
        withdraw = {"command": "withdraw", "ground": "other"}
        client.send("change_stage", withdraw, case=reply["case"], if_match=1)
        return [one for one in types if one != "referral_submitted"]

    assert told(family_name="VANDENBERGHE", birth_date="1971-03-09") == ["possible_match_noticed"]
    assert told(family_name="Vandenberghe", birth_date="1971-09-03") == ["weak_match_noticed"]
    assert told(birth_date="1971") == ["weak_match_noticed"]
    assert told(given_name="?", birth_date="1971-03-09") == ["weak_match_noticed"]
    assert told(birth_date="1971-03-10") == told(birth_date="1972") == told() == []


def about() -> dict[str, Any]:
    """The parts of a referral, about `a` alone."""
    return {
        "occurrences": [builders.narrative("slagen", "a")],
        "worries": [builders.narrative("vrees", "a")],
        "involved_services": [],
        "wishes": [],
        "precautions": [builders.narrative("plan", "a")],
    }
