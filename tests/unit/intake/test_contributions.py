"""What partners entrust to a case and take back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casework.command import Command
from casework.fragment import Fragment
from contracts import vocabulary as words
from services.intake.domain import contributions
from services.intake.domain.case import Case, Change
from services.intake.domain.information_request import InformationRequest
from tests import builders
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import case, information_request, item, names

OFFER = builders.item("safety", VICTIM, text="nieuw", only_for=["parket"], withhold_from=["ggz"])
CORRECTION = {key: value for key, value in OFFER.items() if key != "category"}
WHEREABOUTS = {"subjects": [VICTIM], "address": "Straat 1", "only_for": ["parket"]}
QUESTION = builders.request("ggz", VICTIM) | {"due": "2026-03-09"}
TERMS = {"latest_due_days": 30}
UNSETTLED = case(victim_informed=False)


def offer(body: Any = None, **changes: Any) -> Change:
    """CAW offers an item in a case in forming."""
    return contributions.offer_item(case(), command("offer_item", body or OFFER, **changes), None)


def test_an_item_is_kept_as_the_partner_offered_it() -> None:
    """Category, source, members, whom it is for and from whom it is kept: as the source chose."""
    change = offer()

    [made] = change.added
    assert (made.kind, made.category, made.source, made.subjects, made.at) == (
        "item",
        "safety",
        "caw",
        (VICTIM,),
        NOW,
    )
    assert (made.only_for, made.withhold_from, made.status, made.version) == (
        ("parket",),
        ("ggz",),
        "offered",
        1,
    )
    assert made.content == {
        "text": "nieuw",
        "summary": "kort: nieuw",
        "item_kind": "fact",
        "as_of": date.fromisoformat(OFFER["as_of"]),
        "obtained_from": OFFER["obtained_from"],
        "author": "p-caw",
    }
    assert change.result == {
        "id": made.id,
        "case": case().id,
        "stage": "forming",
        "version": 1,
        "state": "offered",
    }
    assert [(event.name, event.data) for event in change.events] == [
        (
            "intake.item_offered",
            {"fragment": made.id, "category": "safety", "partner": "caw"},
        )
    ]


def test_a_contribution_leaves_the_version_of_the_case_alone() -> None:
    """A partner that may not see the item does not see that there is one either."""
    assert offer().case == case()


def test_a_safe_address_is_offered_for_the_partners_it_names() -> None:
    """A shelter's address is kept as whereabouts, never as an ordinary item."""
    change = contributions.offer_whereabouts(case(), command("offer_whereabouts", WHEREABOUTS))

    [made] = change.added
    assert (made.kind, made.category, made.only_for) == ("whereabouts", "whereabouts", ("parket",))
    assert made.content == {"address": "Straat 1"}
    assert names(change) == ["item_offered"]


CONTRIBUTIONS: dict[str, Callable[[Case, Command], Change]] = {
    "offer_item": lambda of, ask: contributions.offer_item(of, ask, None),
    "offer_whereabouts": contributions.offer_whereabouts,
    "correct_item": lambda of, ask: contributions.correct_item(of, ask, item()),
    "request_information": contributions.request_information,
    "answer_forming": lambda of, ask: contributions.answer_forming(of, ask, True),
    "answer_request": lambda of, ask: contributions.answer_request(
        of, ask, information_request(), None
    ),
}
BODIES: dict[str, Any] = {
    "offer_item": OFFER,
    "offer_whereabouts": WHEREABOUTS,
    "correct_item": CORRECTION,
    "request_information": QUESTION,
    "answer_forming": {"answer": "nothing_known"},
    "answer_request": {"outcome": "nothing_known"},
}


@pytest.mark.parametrize("name", CONTRIBUTIONS)
def test_nobody_contributes_before_informing_is_settled(name: str) -> None:
    """No victim knows and the chair has not confirmed why: nothing is laid together yet."""
    partner = "parket" if name == "offer_whereabouts" else "caw"
    ask = command(name, BODIES[name], terms=TERMS, if_match=1, partner=partner)

    assert refusal(lambda: CONTRIBUTIONS[name](UNSETTLED, ask)) == (
        "precondition_unmet",
        "informing_not_settled",
    )
    CONTRIBUTIONS[name](replace(UNSETTLED, informing_confirmed=True), ask)


@pytest.mark.parametrize("stage", ["referred", "forming"])
def test_who_referred_replaces_a_wrong_safe_address_before_informing_is_settled(stage: str) -> None:
    """Whom nobody could inform yet is not to be found at an address that is wrong meanwhile."""
    ask = command("offer_whereabouts", WHEREABOUTS)

    change = contributions.offer_whereabouts(replace(UNSETTLED, stage=stage), ask)

    assert [one.content for one in change.added] == [{"address": "Straat 1"}]


@pytest.mark.parametrize("name", ["offer_item", "offer_whereabouts", "correct_item"])
def test_a_partner_that_takes_no_part_contributes_nothing(name: str) -> None:
    """A partner outside the case cannot write into it."""
    ask = command(name, BODIES[name], partner="elders", if_match=1)

    assert refusal(lambda: CONTRIBUTIONS[name](case(), ask)) == (
        "precondition_unmet",
        "not_participant",
    )


@pytest.mark.parametrize(
    "name", ["offer_item", "offer_whereabouts", "correct_item", "request_information"]
)
def test_a_contribution_is_about_members_of_the_client_system(name: str) -> None:
    """Nothing is entrusted about somebody who is not in the family's file."""
    stranger = BODIES[name] | {"subjects": [VICTIM, case().id]}
    ask = command(name, stranger, terms=TERMS, if_match=1)

    assert refusal(lambda: CONTRIBUTIONS[name](case(), ask))[0] == "unknown_subject"


def correct(of: Fragment, **changes: Any) -> Change:
    """CAW corrects an item."""
    ask = command("correct_item", CORRECTION, **{"if_match": of.version, **changes})
    return contributions.correct_item(case(), ask, of)


def recall(of: Fragment, **changes: Any) -> Change:
    """CAW recalls an item."""
    ask = command("recall_item", **{"if_match": of.version, **changes})
    return contributions.recall_item(case(), ask, of, (), True)


def test_a_correction_is_a_new_version_in_the_same_category() -> None:
    """A mistake is put right under the same id, and readers see that it is another version."""
    change = correct(item(version=2))

    [made] = change.revised
    assert (made.id, made.category, made.version, made.at) == (item().id, "safety", 3, NOW)
    assert made.content is not None
    assert (made.content["text"], made.only_for) == ("nieuw", ("parket",))
    assert names(change) == ["item_corrected"]
    assert change.result["version"] == 3


def test_a_recalled_item_has_no_content_any_more() -> None:
    """What a partner takes back is returned no more, and stays on the record as recalled."""
    change = recall(item())

    [made] = change.revised
    assert (made.status, made.content, made.version) == ("recalled", None, 2)
    assert names(change) == ["item_recalled"]
    assert change.result["state"] == "recalled"


@pytest.mark.parametrize("stage", words.STAGES)
def test_a_source_may_recall_at_any_stage(stage: str) -> None:
    """The right to take back what one entrusted does not end with a stage."""
    ask = command("recall_item", if_match=1)

    change = contributions.recall_item(case(stage=stage), ask, item(), (), True)

    assert change.revised[0].status == "recalled"


@pytest.mark.parametrize("rule", [correct, recall])
def test_only_the_source_changes_what_it_offered(rule: Any) -> None:
    """The prosecutor's office cannot alter or take back what CAW said."""
    assert refusal(lambda: rule(item(), partner="parket"))[0] == "not_allowed"


@pytest.mark.parametrize("rule", [correct, recall])
@pytest.mark.parametrize(
    ("if_match", "code"), [(None, "precondition_required"), (1, "precondition_failed")]
)
def test_changing_an_item_names_its_version(rule: Any, if_match: Any, code: str) -> None:
    """Two colleagues do not overwrite each other's correction unseen."""
    assert refusal(lambda: rule(item(version=2), if_match=if_match))[0] == code


@pytest.mark.parametrize("rule", [correct, recall])
def test_a_recalled_item_is_not_changed_again(rule: Any) -> None:
    """What was taken back does not come back by a correction."""
    assert refusal(lambda: rule(item(status="recalled")))[0] == "already_recalled"


@pytest.mark.parametrize("kind", ["person", "occurrence", "criterion", "request", "crisis_note"])
def test_only_what_was_offered_is_corrected_or_recalled(kind: str) -> None:
    """A part of a referral is set right by an act of its own; a crisis note is answered."""
    assert refusal(lambda: recall(item(kind=kind))) == ("precondition_unmet", "not_recallable")
    assert refusal(lambda: correct(item(kind=kind))) == (
        "precondition_unmet",
        "corrected_otherwise",
    )


def test_whereabouts_are_recalled_but_not_corrected() -> None:
    """A safe address that is no longer safe goes at once; a new one is offered anew."""
    address = item(kind="whereabouts", category="whereabouts")

    assert recall(address).revised[0].status == "recalled"
    assert refusal(lambda: correct(address)) == ("precondition_unmet", "not_correctable")


def answer_forming(answer: str, has_contributed: bool = False, **changes: Any) -> Change:
    """CAW answers the call for contributions."""
    body = {"answer": answer} | ({"ground": "professional_rules"} if answer == "declined" else {})
    ask = command("answer_forming", body)
    return contributions.answer_forming(case(**changes), ask, has_contributed)


@pytest.mark.parametrize("answer", ["nothing_known", "declined"])
def test_a_partner_answers_the_call(answer: str) -> None:
    """The table sees who has answered, and how; the version of the case stays."""
    change = answer_forming(answer)

    assert change.case is not None
    assert change.case.participant("caw").answered == answer
    assert [one.answered for one in change.case.participants] == [answer, None, None]
    assert change.case.version == case().version
    assert [(event.name, event.data) for event in change.events] == [
        ("intake.partner_answered", {"partner": "caw", "answer": answer})
    ]


def test_to_have_contributed_something_must_be_there() -> None:
    """A partner does not count as having contributed when it offered nothing or took it back."""
    assert refusal(lambda: answer_forming("contributed")) == (
        "precondition_unmet",
        "nothing_contributed",
    )
    assert answer_forming("contributed", has_contributed=True).result["state"] == "contributed"


def request(**changes: Any) -> Change:
    """The prosecutor's office asks mental health care."""
    body = QUESTION | changes
    ask = command("request_information", body, partner="parket", terms=TERMS)
    return contributions.request_information(case(), ask)


def test_a_question_goes_to_one_partner_with_a_due_day() -> None:
    """The one who is asked finds the question, the day and who asks."""
    change = request()

    [made] = change.added
    assert (made.kind, made.category, made.source, made.addressed_to) == (
        "request",
        "judicial",
        "parket",
        ("ggz",),
    )
    assert InformationRequest.of(made) == InformationRequest(
        to="ggz", by="parket", due=date(2026, 3, 9)
    )
    assert made.content == {"question": QUESTION["question"]}
    assert change.result["state"] == "open"
    assert [(event.name, event.data) for event in change.events] == [
        (
            "intake.information_requested",
            {"request": made.id, "to": "ggz", "by": "parket", "due": date(2026, 3, 9)},
        )
    ]


def test_a_question_of_the_chair_is_asked_by_the_table() -> None:
    """Who acts for no partner speaks for the table."""
    ask = command("request_information", QUESTION, partner=None, terms=TERMS)

    [made] = contributions.request_information(case(), ask).added

    assert (made.source, InformationRequest.of(made).by) == ("table", "table")


def test_only_a_participant_is_asked() -> None:
    """A question would tell a partner outside the case that the case exists."""
    assert refusal(lambda: request(to="elders")) == ("precondition_unmet", "not_participant")


def answer(body: dict[str, Any], of: Fragment, found: Fragment | None = None) -> Change:
    """CAW answers a question."""
    ask = command("answer_request", body, if_match=of.version)
    return contributions.answer_request(case(), ask, of, found)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"outcome": "nothing_known"}, None),
        ({"outcome": "declined", "ground": "professional_rules"}, None),
        ({"outcome": "shared", "item": item().id}, item()),
    ],
)
def test_a_question_is_answered_in_one_of_three_ways(body: Any, found: Fragment | None) -> None:
    """Shared, nothing known, or declined with a ground: each is kept as what it is."""
    change = answer(body, information_request(), found)

    [made] = change.revised
    assert InformationRequest.of(made) == InformationRequest(
        to="caw",
        by="parket",
        due=date(2026, 3, 9),
        state=body["outcome"],
        answered_on=NOW.date(),
        ground=body.get("ground"),
        item=body.get("item"),
    )
    assert made.version == 2
    assert made.content is None
    assert change.events[0].data["outcome"] == body["outcome"]
    assert change.case == case()


def test_a_ground_in_words_joins_the_question() -> None:
    """Whoever may read the question reads why it was declined."""
    body = {"outcome": "declined", "ground": "other", "ground_text": "Vertrouwelijk gesprek"}

    [made] = answer(body, information_request()).revised

    assert made.content == {
        "question": "Wat is de stand?",
        "ground_text": "Vertrouwelijk gesprek",
    }


@pytest.mark.parametrize(
    "found",
    [
        None,
        item(status="recalled"),
        item(source="parket"),
        item(kind="occurrence"),
        item(kind="whereabouts"),
    ],
)
def test_an_answer_shares_an_own_live_item_of_this_case(found: Fragment | None) -> None:
    """Nobody answers with what is not theirs, was taken back, or is nowhere."""
    body = {"outcome": "shared", "item": item().id}

    assert refusal(lambda: answer(body, information_request(), found)) == (
        "precondition_unmet",
        "item_not_live",
    )


def test_only_the_partner_that_was_asked_answers() -> None:
    """Another partner cannot speak in the place of the one that was asked."""
    assert refusal(lambda: answer({"outcome": "nothing_known"}, information_request(to="ggz")))[
        0
    ] == ("not_allowed")


def test_a_question_is_answered_once() -> None:
    """A second answer does not quietly replace the first."""
    assert refusal(
        lambda: answer({"outcome": "nothing_known"}, information_request(state="shared"))
    )[0] == ("already_answered")


def test_an_item_can_be_the_answer_by_itself() -> None:
    """A partner that offers an item as the answer does both in one act."""
    change = contributions.offer_item(case(), command("offer_item", OFFER), information_request())

    [made], [closed] = change.added, change.revised
    request = InformationRequest.of(closed)
    assert (request.state, request.item) == ("shared", made.id)
    assert names(change) == ["item_offered", "information_request_answered"]


def test_what_is_no_question_is_not_answered() -> None:
    """An answer to an item, or to nothing, finds nothing there."""
    assert refusal(lambda: answer({"outcome": "nothing_known"}, item()))[0] == "not_found"
    assert (
        refusal(lambda: contributions.offer_item(case(), command("offer_item", OFFER), item()))[0]
        == "not_found"
    )


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        ("open", 0, "open"),
        ("open", 1, "late"),
        ("declined", 1, "declined"),
        ("shared", 1, "shared"),
    ],
)
def test_a_question_is_late_after_its_due_day(state: str, days: int, expected: str) -> None:
    """On the due day itself there is still time; afterwards only an open question is late."""
    due = date(2026, 3, 9)
    question = InformationRequest(to="caw", by="parket", due=due, state=state)

    assert question.state_on(due + timedelta(days=days)) == expected


def test_the_perpetrator_is_a_member_too() -> None:
    """Contributions are about everybody in the client system, not about victims alone."""
    body = OFFER | {"subjects": [PERPETRATOR, VICTIM]}

    assert offer(body).added[0].subjects == (PERPETRATOR, VICTIM)
