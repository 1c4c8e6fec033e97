"""A referral, informing and answers that are set right."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.fragment import Fragment
from contracts import vocabulary as words
from services.intake.domain import contributions
from services.intake.domain.answers import ANSWERED_AT
from services.intake.domain.case import Case, Change, ClientPerson
from services.intake.domain.information_request import InformationRequest
from services.intake.domain.informing import correct_informing
from services.intake.domain.referral_corrections import (
    add_involved_service,
    correct_referral_part,
    withdraw_referral_part,
)
from tests.unit.casework.factories import CHILD, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import answered, case, information_request, item, names

ERROR = {"ground": "recorded_in_error"}
NARRATIVE = {"narrative": {"text": "juist", "summary": "juist"}, "subjects": [VICTIM]}
SERVICE = {"involved_service": {"service": "CLB"}, "subjects": [VICTIM]}
CRITERION = {"criterion": {"answer": "no", "ground": "waarom"}}
UNINFORMED = {"uninformed_ground": {"text": "waarom"}}
SAID = {
    **dict.fromkeys(("occurrence", "worry", "wish", "precaution"), NARRATIVE),
    "involved_service": SERVICE,
    "criterion": CRITERION,
    "uninformed_ground": UNINFORMED,
}


def part(kind: str, **changes: Any) -> Fragment:
    content = {"criterion": "help_stuck"} if kind == "criterion" else {"text": "fout"}
    return item(kind=kind, content=content, **changes)


def correct(of: Fragment, said: dict[str, Any], given: Case | None = None, **changes: Any) -> Any:
    ask = command("correct_referral_part", ERROR | said, **{"if_match": of.version} | changes)
    return correct_referral_part(given or case(), ask, of)


def withdraw(
    of: Fragment,
    *alike: str,
    still: bool = True,
    followers: tuple[str, ...] = (),
    given: Case | None = None,
    **changes: Any,
) -> Change:
    ask = command("withdraw_referral_part", ERROR, **{"if_match": of.version} | changes)
    return withdraw_referral_part(given or case(), ask, of, (of.id, *alike), still, followers)


@pytest.mark.parametrize("stage", words.STAGES)
@pytest.mark.parametrize("kind", SAID)
def test_a_part_is_said_anew_at_any_stage(kind: str, stage: str) -> None:
    """What is wrong about a family is wrong at every stage; the id and category stay."""
    change = correct(part(kind), SAID[kind], case(stage=stage))

    [made] = change.revised
    [said] = (value for name, value in SAID[kind].items() if name != "subjects")
    kept = {"criterion": "help_stuck"} if kind == "criterion" else {}
    assert (made.id, made.kind, made.version) == (item().id, kind, 2)
    assert made.content == kept | said
    [event] = change.events
    assert event.name == "intake.referral_corrected"
    assert event.data == {
        "fragment": made.id,
        "category": "safety",
        "partner": "caw",
        "ground": "recorded_in_error",
    }


def test_a_part_is_corrected_by_its_source_on_the_version_that_was_read() -> None:
    """Another partner does not alter what CAW tells of a family, nor a colleague unseen."""
    worry = part("worry")

    assert refusal(lambda: correct(worry, NARRATIVE, partner="parket"))[0] == "not_allowed"
    assert refusal(lambda: correct(worry, NARRATIVE, if_match=None))[0] == "precondition_required"
    assert refusal(lambda: correct(worry, NARRATIVE, if_match=4))[0] == "precondition_failed"
    gone = part("worry", status="recalled")
    assert refusal(lambda: correct(gone, NARRATIVE))[0] == "already_recalled"
    stranger = NARRATIVE | {"subjects": [CHILD]}
    assert refusal(lambda: correct(worry, stranger))[0] == "unknown_subject"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("criterion", NARRATIVE), ("worry", CRITERION), ("involved_service", UNINFORMED)],
)
def test_a_part_is_corrected_by_what_it_is(kind: str, said: dict[str, Any]) -> None:
    """A criterion has an answer and a ground, and no summary."""
    assert refusal(lambda: correct(part(kind), said))[0] == "validation_failed"


@pytest.mark.parametrize("kind", ["person", "informing", "item", "request", "whereabouts"])
def test_what_is_no_part_has_an_act_of_its_own(kind: str) -> None:
    """The reason is the true one: it is theirs, and is set right otherwise."""
    expected = ("precondition_unmet", "corrected_otherwise")

    assert refusal(lambda: correct(part(kind), NARRATIVE)) == expected
    assert refusal(lambda: withdraw(part(kind))) == expected


def test_a_part_in_error_is_withdrawn_unless_it_is_the_last_that_must_be_told() -> None:
    """A worry about another family goes; a referral without any worry is none."""
    [gone] = withdraw(part("worry"), "another").revised

    assert (gone.status, gone.content, gone.version) == ("recalled", None, 2)
    assert refusal(lambda: withdraw(part("worry"))) == ("precondition_unmet", "last_part")
    assert withdraw(part("wish")).revised[0].status == "recalled"
    assert refusal(lambda: withdraw(part("criterion"))) == (
        "precondition_unmet",
        "corrected_otherwise",
    )


@pytest.mark.parametrize(("mandated", "complete"), [(("another",), True), ((), False)])
def test_a_service_in_error_says_whether_the_mandates_are_complete_without_it(
    mandated: tuple[str, ...], complete: bool
) -> None:
    """The director is not reminded of a service that there is not."""
    given = case(director="p-parket", mandated_by=mandated)

    change = withdraw(part("involved_service"), "another", given=given)

    assert change.events[0].data["complete"] is complete
    assert "complete" not in withdraw(part("involved_service"), "another").events[0].data


def test_a_service_that_a_plan_counts_on_is_not_withdrawn_in_silence() -> None:
    """Who follows its action would wait for a service that there is not."""
    service = part("involved_service")

    change = withdraw(service, "another", followers=("parket", "ggz"))

    [_, told] = change.events
    assert told.name == "intake.executor_withdrawn"
    assert told.data == {"involved_service": service.id, "followers": ["parket", "ggz"]}
    assert names(withdraw(service, "another")) == ["referral_part_withdrawn"]


def test_the_answer_to_the_call_lapses_with_the_last_part_too() -> None:
    """A partner that only named a service, in error, has contributed nothing."""
    given = case(participants=answered("contributed"))

    change = withdraw(part("involved_service"), still=False, given=given)

    assert change.case is not None
    assert change.case.participant("caw").answered is None
    assert names(change) == ["referral_part_withdrawn", "answer_lapsed"]


def add(given: Case, body: dict[str, Any] | None = None) -> Change:
    body = {"service": "Kraamzorg", "subjects": [VICTIM], **(body or {})}
    return add_involved_service(
        given, command("add_involved_service", body, terms={"mandate_days": 14})
    )


def test_a_service_that_is_added_is_to_mandate_the_director_that_there_is() -> None:
    """Nobody directs a service that never agreed."""
    change = add(case(director="p-parket"))

    [made] = change.added
    assert (made.kind, made.category, made.source) == ("involved_service", "assistance", "caw")
    assert change.events[0].data == {
        "fragment": made.id,
        "category": "assistance",
        "partner": "caw",
        "mandates_due": date(2026, 3, 16),
    }
    assert "mandates_due" not in add(case()).events[0].data


def test_a_service_is_added_while_partners_contribute() -> None:
    """It is a contribution like any other: about the family, once informing is settled."""
    unsettled = case(victim_informed=False)
    assert refusal(lambda: add(unsettled)) == ("precondition_unmet", "informing_not_settled")
    assert refusal(lambda: add(case(), {"subjects": [CHILD]}))[0] == "unknown_subject"


# --- informing ---------------------------------------------------------------------------------


def informing(person: str, state: str, **content: Any) -> Fragment:
    return item(
        id=f"informing {person}",
        kind="informing",
        subjects=(person,),
        content={"state": state, **content},
    )


INFORMED = informing(VICTIM, "informed")
DEFERRED = informing(PERPETRATOR, "deferred", reason="later", review_on="2026-05-01")
FAMILY = (ClientPerson(VICTIM, victim=True), ClientPerson(PERPETRATOR))


def put_right(target: Fragment, said: dict[str, Any], given: Case, *others: Fragment) -> Change:
    ask = command("correct_informing", ERROR | said, if_match=1)
    return correct_informing(given, ask, target.id, (target, *others))


def test_a_victim_who_was_never_told_is_confirmed_by_the_chair_once_more() -> None:
    """Whatever was confirmed for other reasons before says nothing of this one."""
    given = case(persons=FAMILY, victim_informed=True, informing_confirmed=True)
    said = {"state": "deferred", "reason": "onveilig", "review_on": "2026-04-01"}

    change = put_right(INFORMED, said, given, DEFERRED)

    assert change.case == replace(
        given, victim_informed=False, informing_confirmed=False, version=given.version + 1
    )
    [made] = change.revised
    assert (made.id, made.version) == (INFORMED.id, 2)
    assert made.content is not None
    assert "ground" not in made.content
    [event] = change.events
    assert event.data == {
        "informing_due": date(2026, 4, 1),
        "informing": "unsettled",
        "ground": "recorded_in_error",
    }


def test_informing_that_leaves_a_victim_informed_asks_nobody_again() -> None:
    """Only the last victim who knew makes a difference; a perpetrator makes none."""
    given = case(persons=FAMILY, victim_informed=True)

    change = put_right(DEFERRED, {"state": "informed"}, given, INFORMED)

    assert change.case == given
    assert change.events[0].data == {"informing": "settled", "ground": "recorded_in_error"}


def test_a_victim_who_knew_all_along_settles_it() -> None:
    """The day that was waited for is waited for no more."""
    given = case(persons=FAMILY, victim_informed=False)
    deferred = replace(INFORMED, content={"state": "not_possible", "reason": "x"})

    change = put_right(deferred, {"state": "informed"}, given)

    assert change.case is not None
    assert (change.case.victim_informed, change.case.version) == (True, given.version + 1)


def test_informing_is_corrected_on_the_version_that_was_read() -> None:
    """What is no informing is corrected by an act of its own."""
    ask = command("correct_informing", ERROR | {"state": "informed"}, if_match=3)

    assert refusal(lambda: correct_informing(case(), ask, INFORMED.id, [INFORMED]))[0] == (
        "precondition_failed"
    )
    assert refusal(lambda: correct_informing(case(), ask, "another", [INFORMED])) == (
        "precondition_unmet",
        "corrected_otherwise",
    )


# --- answers -----------------------------------------------------------------------------------


def recall(given: Case, *questions: Fragment, still: bool = False) -> Change:
    ask = command("recall_item", if_match=1)
    return contributions.recall_item(given, ask, item(), questions, still)


@pytest.mark.parametrize("stage", words.STAGES)
def test_contributed_is_not_said_of_nothing(stage: str) -> None:
    """While forming the partner answers again; later the answer says that it was taken back."""
    given = case(stage=stage, participants=answered("contributed"))

    change = recall(given)

    expected = None if stage == "forming" else "recalled"
    assert change.case is not None
    assert [one.answered for one in change.case.participants] == [
        expected,
        "contributed",
        "contributed",
    ]
    assert change.case.version == given.version
    assert change.events[-1].data == {"partner": "caw", "state": expected or "unanswered"}


@pytest.mark.parametrize(("answer", "still"), [("contributed", True), ("declined", False)])
def test_an_answer_that_still_holds_stays(answer: str, still: bool) -> None:
    """Something else is there, or the answer rested on nothing."""
    given = case(participants=answered(answer))

    change = recall(given, still=still)

    assert change.case == given
    assert names(change) == ["item_recalled"]


@pytest.mark.parametrize("stage", words.STAGES)
def test_a_question_is_not_answered_by_an_item_that_is_gone(stage: str) -> None:
    """Where partners contribute it is open again; other questions stay as they are."""
    by_item = {"state": "shared", "item": item().id, "answered_on": date(2026, 3, 1)}
    ours, other = information_request(**by_item), information_request(state="declined")

    change = recall(case(stage=stage), ours, other, still=True)

    [_, reopened] = change.revised
    request, open_again = InformationRequest.of(reopened), stage in ANSWERED_AT
    assert request.state == ("open" if open_again else "recalled")
    assert (request.item, request.answered_on, request.due) == (None, None, date(2026, 3, 9))
    assert names(change) == ["item_recalled", *["information_request_reopened"] * open_again]


def withdraw_request(question: Fragment, if_match: int = 1) -> Change:
    ask = command("withdraw_request", ERROR, partner="parket", if_match=if_match)
    return contributions.withdraw_request(case(), ask, question)


def test_an_open_question_is_withdrawn_and_its_words_are_nobodys() -> None:
    """A question about the wrong family is not read on."""
    change = withdraw_request(information_request())

    [made] = change.revised
    assert (made.status, made.content, made.version) == ("recalled", None, 2)
    assert InformationRequest.of(made).state == "withdrawn"
    assert change.result["state"] == "withdrawn"
    assert names(change) == ["information_request_withdrawn"]
    assert change.events[0].data["ground"] == "recorded_in_error"


def test_a_question_is_withdrawn_once_and_not_when_it_was_answered() -> None:
    """An answer that was given stays given."""
    gone = replace(information_request(), status="recalled")

    assert refusal(lambda: withdraw_request(information_request(state="shared")))[0] == (
        "already_answered"
    )
    assert refusal(lambda: withdraw_request(gone))[0] == "already_recalled"
    assert refusal(lambda: withdraw_request(information_request(), 2))[0] == "precondition_failed"
    assert refusal(lambda: withdraw_request(item()))[0] == "not_found"
    ask = command("answer_request", {"outcome": "nothing_known"}, if_match=1)
    assert refusal(lambda: contributions.answer_request(case(), ask, gone, None))[0] == (
        "already_recalled"
    )
