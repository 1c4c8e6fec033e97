"""Contributions on the real database: offered, corrected, recalled, asked and answered."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed
from contracts.days import day_of
from contracts.events import read_event
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.intake.client import PARTNERS, Client
from tests.integration.observing import kept, published


def test_an_item_is_offered_corrected_and_recalled(runtime: Runtime, client: Client) -> None:
    """Each change is a version; what was is kept sealed; after the recall nothing returns it."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    item = client.offer(case, victim, "parket", text="eerst", only_for=["ggz"])
    correction = builders.item("safety", victim, text="beter", withhold_from=["ggz"])
    del correction["category"]

    client.send("correct_item", correction, case=case, partner="parket", target=item, if_match=1)
    corrected = client.fragment(case, item)
    client.send("recall_item", {}, case=case, partner="parket", target=item, if_match=2)
    recalled = client.fragment(case, item)

    assert (corrected["version"], corrected["content"]["text"]) == (2, "beter")
    assert (corrected["only_for"], corrected["withhold_from"]) == ([], ["ggz"])
    assert corrected["content"]["author"] == "p-parket"
    assert (recalled["status"], recalled["version"], recalled["content"]) == ("recalled", 3, None)
    versions = list(runtime.database["versions"].find({"fragment": item}).sort("version", 1))
    assert [(one["version"], one["only_for"]) for one in versions] == [(1, ["ggz"]), (2, [])]
    opened = [
        runtime.vault.open(case, f"fragment:{item}:{one['version']}", one["sealed"])["text"]
        for one in versions
    ]
    assert opened == ["eerst", "beter"]


def test_a_recall_cannot_be_undone_by_a_correction(client: Client) -> None:
    """What was taken back stays taken back, whatever is sent afterwards."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    item = client.offer(case, victim)
    client.send("recall_item", {}, case=case, target=item, if_match=1)
    correction = builders.item("safety", victim)
    del correction["category"]

    with pytest.raises(Refuse) as refused:
        client.send("correct_item", correction, case=case, target=item, if_match=2)

    assert refused.value.code == "already_recalled"
    assert client.fragment(case, item)["content"] is None


def test_whereabouts_are_apart_and_opened_by_id(runtime: Runtime, client: Client) -> None:
    """A safe address is in no case that is read: it is fetched by id, until it is recalled."""
    reply = client.forming(whereabouts=[builders.whereabouts("a", "parket", address="Geheim 1")])
    case, victim = reply["case"], reply["ids"]["a"]
    body = {"subjects": [victim], "safe_contact": "Via zus", "only_for": ["ggz"]}
    second = client.send("offer_whereabouts", body, case=case)["id"]
    [first] = [
        one["id"]
        for one in client.read(case)["fragments"]
        if one["kind"] == "whereabouts" and one["id"] != second
    ]

    assert {client.fragment(case, one)["content"] for one in (first, second)} == {None}
    assert ["sealed" in one for one in _fragments(runtime, first, second)] == [False, False]
    assert client.intake.queries.open_whereabouts(case, [first, second]) == {
        first: {"address": "Geheim 1"},
        second: {"safe_contact": "Via zus"},
    }
    assert client.intake.queries.open_whereabouts(new_id(), [first, second]) == {}

    client.send("recall_item", {}, case=case, target=first, if_match=1)

    assert client.fragment(case, first)["status"] == "recalled"
    assert list(client.intake.queries.open_whereabouts(case, [first, second])) == [second]


def test_a_safe_address_does_not_open_with_the_key_of_the_case(
    runtime: Runtime, client: Client
) -> None:
    """Whoever got hold of the key of a case still has no address."""
    reply = client.forming(whereabouts=[builders.whereabouts("a", "parket")])
    [address] = runtime.database["whereabouts"].find({"case": reply["case"]})

    assert runtime.database["keys"].count_documents({}) == 2
    runtime.vault.destroy(f"{reply['case']}:whereabouts")

    assert client.read(reply["case"])["case"]["found"]
    with pytest.raises(KeyDestroyed):
        client.intake.queries.open_whereabouts(reply["case"], [address["_id"]])


def test_a_question_is_asked_late_and_answered(client: Client, clock: FixedClock) -> None:
    """Both sides see the question, that it is late, and then what became of it."""
    reply = client.forming()
    case = reply["case"]
    request = client.ask(case, reply["ids"]["a"])
    opened = client.fragment(case, request)
    clock.advance(timedelta(days=9))
    late = client.fragment(case, request)
    answer = {"outcome": "declined", "ground": "other", "ground_text": "Vertrouwelijk"}

    outcome = client.send(
        "answer_request", answer, case=case, partner="ggz", target=request, if_match=1
    )

    assert (opened["source"], opened["addressed_to"]) == ("parket", ["ggz"])
    assert opened["content"] == {
        "question": "Wat is de stand van zaken?",
        "to": "ggz",
        "by": "parket",
        "due": opened["content"]["due"],
        "state": "open",
    }
    assert late["content"] == opened["content"] | {"state": "late"}
    assert (outcome["state"], outcome["version"]) == ("declined", 2)
    assert client.fragment(case, request)["content"] == opened["content"] | {
        "state": "declined",
        "answered_on": day_of(clock.now()).isoformat(),
        "ground": "other",
        "ground_text": "Vertrouwelijk",
    }


def test_an_item_offered_as_the_answer_closes_the_question(client: Client) -> None:
    """One act of mental health care is both the item and the answer."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    request = client.ask(case, victim)

    item = client.offer(case, victim, "ggz", answers=request)

    content = client.fragment(case, request)["content"]
    assert (content["state"], content["item"]) == ("shared", item)


def test_forming_ends_when_all_have_answered_and_nothing_is_open(client: Client) -> None:
    """The chair can close the round once the last answer is in, and not before."""
    reply = client.forming()
    case = reply["case"]
    request = client.ask(case, reply["ids"]["a"])
    for partner in PARTNERS:
        with pytest.raises(Refuse) as early:
            client.step(case, "complete_forming")
        assert early.value.members["reason"] == "answers_missing"
        client.send("answer_forming", {"answer": "nothing_known"}, case=case, partner=partner)
    with pytest.raises(Refuse) as still_open:
        client.step(case, "complete_forming")
    assert still_open.value.members["reason"] == "requests_open"
    client.send(
        "answer_request",
        {"outcome": "nothing_known"},
        case=case,
        partner="ggz",
        target=request,
        if_match=1,
    )

    assert client.step(case, "complete_forming")["stage"] == "weighing"
    assert client.step(case, "reopen_forming")["stage"] == "forming"


def test_what_was_taken_back_is_no_contribution(client: Client) -> None:
    """A partner whose only item was recalled has not contributed; the referring one has."""
    reply = client.forming()
    case = reply["case"]
    item = client.offer(case, reply["ids"]["a"], "ggz")
    client.send("recall_item", {}, case=case, partner="ggz", target=item, if_match=1)

    with pytest.raises(Refuse) as refused:
        client.send("answer_forming", {"answer": "contributed"}, case=case, partner="ggz")
    referring = client.send("answer_forming", {"answer": "contributed"}, case=case)

    assert refused.value.members["reason"] == "nothing_contributed"
    assert referring["state"] == "contributed"


def test_the_version_of_a_case_does_not_count_contributions(client: Client) -> None:
    """Nobody can tell from the version that something they may not see was added."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    before = client.facts(case)
    item = client.offer(case, victim)
    client.ask(case, victim)
    client.send("recall_item", {}, case=case, target=item, if_match=1)

    assert client.facts(case) == before | {"contributors": ["caw", "parket"]}


def test_who_was_ever_a_source_stays_one(client: Client) -> None:
    """When it is over a source would lose sight of what it gave, by recalling one part of it."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    item = client.offer(case, victim, partner="ggz")
    client.send("recall_item", {}, case=case, partner="ggz", target=item, if_match=1)
    client.answer_for_everybody(case)
    client.step(case, "complete_forming")
    client.step(case, "reopen_forming")

    assert client.facts(case)["contributors"] == ["caw", "ggz"]


def test_each_command_is_published_in_ids_and_codes(runtime: Runtime, client: Client) -> None:
    """Other services learn what happened, in order, from events that fit their contract."""
    reply = client.forming(whereabouts=[builders.whereabouts("a", "parket")])
    case, victim = reply["case"], reply["ids"]["a"]
    item = client.offer(case, victim)
    client.send("recall_item", {}, case=case, target=item, if_match=1)
    crisis = {"text": "nu", "summary": "acuut", "subjects": [victim]}
    client.send("raise_crisis", crisis, case=case)
    client.send("invite_participant", {"partner": "opgroeien"}, case=case)
    client.step(case, "withdraw", ground="other")

    events = published(runtime, case)

    assert [event["type"] for event in events] == [
        "referral_submitted",
        "case_put_on_agenda",
        "case_taken_on_agenda",
        "item_offered",
        "item_recalled",
        "crisis_raised",
        "participant_invited",
        "case_withdrawn",
    ]
    assert [read_event(event)["stage"] for event in events] == [
        *("referred",) * 2,
        *("forming",) * 5,
        "withdrawn",
    ]
    assert {event["source"] for event in events} == {"intake"}
    assert len({event["commandid"] for event in events}) == len(events)


def test_a_refused_command_leaves_nothing_behind(runtime: Runtime, client: Client) -> None:
    """A refusal changes no case, keeps no command and publishes nothing."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    before, facts = kept(runtime), client.facts(case)
    refused: dict[str, tuple[str, dict[str, Any]]] = {
        "offer_item": ("unknown_subject", {"body": builders.item("safety", new_id())}),
        "recall_item": (
            "precondition_unmet",
            {"body": {}, "target": client.read(case)["fragments"][0]["id"]},
        ),
        "change_stage": (
            "precondition_failed",
            {"body": {"command": "complete_forming"}, "if_match": 3},
        ),
        "request_information": ("precondition_unmet", {"body": builders.request("elders", victim)}),
        "confirm_informing": ("precondition_unmet", {"body": {}}),
    }

    for name, (code, sent) in refused.items():
        with pytest.raises(Refuse, match=code):
            client.send(name, case=case, **sent)

    assert kept(runtime) == before
    assert client.facts(case) == facts


def test_a_case_that_is_none_or_moved_on_takes_no_command(client: Client) -> None:
    """An unknown case is not found; a decision made on older facts is not acted on."""
    reply = client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    stale = client.envelope("offer_item", builders.item("safety", victim), case=case)
    client.step(case, "withdraw", ground="other")

    with pytest.raises(Refuse) as moved:
        client.intake.perform("offer_item", stale)
    with pytest.raises(Refuse) as unknown:
        client.intake.perform("offer_item", stale | {"case": new_id()})
    with pytest.raises(Refuse) as undecided:
        client.intake.perform("offer_item", stale | {"decided_on": None})

    assert [one.value.code for one in (moved, unknown, undecided)] == [
        "facts_changed",
        "not_found",
        "facts_changed",
    ]


def test_targets_are_looked_for_within_the_case(client: Client) -> None:
    """An item, a question or a session of somewhere else is not found from here."""
    reply, other = client.forming(), client.forming()
    case, victim = reply["case"], reply["ids"]["a"]
    item = client.offer(other["case"], other["ids"]["a"])
    request = client.ask(other["case"], other["ids"]["a"], "caw")
    sent = [
        ("recall_item", {}, item),
        ("recall_item", {}, None),
        ("answer_request", {"outcome": "nothing_known"}, request),
        ("put_on_agenda", {"case": case}, new_id()),
        ("offer_item", builders.item("safety", victim, answers=request), None),
    ]

    for name, body, target in sent:
        with pytest.raises(Refuse) as refused:
            client.send(name, body, case=case, target=target, if_match=1)
        assert refused.value.code == "not_found"


def _fragments(runtime: Runtime, *ids: str) -> list[dict[str, object]]:
    return list(runtime.database["fragments"].find({"_id": {"$in": list(ids)}}))


def test_a_crisis_waits_for_nobody_who_changed_the_case_meanwhile(client: Client) -> None:
    """The alarm of a night would be lost because the chair pressed a button at that moment."""
    case = client.forming()["case"]
    client.step(case, "withdraw", ground="other")
    warning = {"text": "nu", "summary": "acuut"}
    stale = {"stage": "forming", "version": 1}

    raised = client.send("raise_crisis", warning, case=case, decided_on=stale)
    note = raised["ids"]["fragment"]
    assert client.facts(case)["crisis"] is True
    ending = {"ground": "voorbij", "summary": "kort: voorbij"}
    ended = client.send("end_crisis", ending, case=case, target=note)

    assert (raised["state"], ended["state"]) == ("new_referral_needed", "ended")
    assert client.facts(case)["crisis"] is False
    with pytest.raises(Refuse) as refused:
        client.send("end_crisis", ending, case=case, target=note)
    assert refused.value.members["reason"] == "no_crisis"
