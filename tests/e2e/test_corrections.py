"""What was recorded by mistake is set right: by whom, who is told, and what nobody is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import builders
from tests.e2e.table_client import PARTNERS, refused
from tests.waiting import wait_until

ERROR = {"ground": "recorded_in_error"}


@pytest.fixture
def told(table):
    """Waits until a person has so many more messages of a task than when the test began."""
    before = {}

    def count(who, task):
        return table.inbox(who).count(task)

    class Told:
        def watch(self, task, *people):
            before.update({(who, task): count(who, task) for who in people})

        def wait(self, task, *people, more=1):
            for who in people:
                wait_until(
                    lambda who=who: count(who, task) >= before[who, task] + more,
                    what=f"{who} is told {task}",
                )

    return Told()


def fragments(table, who, case, kind):
    """The fragments of a kind that are released to a person."""
    shown = table.expect(table.get(who, case.path))["fragments"]
    return [each for each in shown if each["kind"] == kind]


def in_days(days):
    """A moment so many days from now, as it goes over the wire."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def on_agenda(table, case, session, attends=False):
    """Puts the case on the agenda, with the referrer's visit where it is asked for."""
    body = {"case": case.id, "referrer_attends": attends}
    return table.post("coordination", f"/v1/sessions/{session}/agenda", body, "coordination")


def test_a_session_is_moved_and_those_who_knew_of_it_are_told(table, told):
    """A table that comes together on the old day waits for nobody."""
    case = table.refer()
    session = table.session()
    path = f"/v1/sessions/{session}"
    assert on_agenda(table, case, session, attends=True).ok
    told.watch("session_moved", "chair", "parket", "coordination")
    told.watch("visit_moved", "caw")
    body = {"starts_at": in_days(9), "ground": "situation_changed"}

    moved = table.post("coordination", f"{path}/move", body, "coordination", if_match=1)

    assert table.expect(moved)["version"] == 2
    shown = table.expect(table.get("chair", path))
    assert datetime.fromisoformat(shown["starts_at"]) == datetime.fromisoformat(body["starts_at"])
    told.wait("session_moved", "chair", "parket", "coordination")
    told.wait("visit_moved", "caw")
    again = table.post("coordination", f"{path}/move", body, "coordination", if_match=1)
    refused(again, "precondition_failed")


@pytest.mark.parametrize("days", [-1, 40 * 365])
def test_a_session_is_not_moved_beyond_its_bounds(table, days):
    """In the past nobody comes, and after the agreement nobody may speak."""
    session = table.session()
    body = {"starts_at": in_days(days), "ground": "situation_changed"}

    answer = table.post("chair", f"/v1/sessions/{session}/move", body, "coordination", if_match=1)

    refused(answer, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == "/starts_at"
    assert table.get("chair", f"/v1/sessions/{session}").json()["version"] == 1


def test_a_cancelled_session_gives_the_visit_back_and_empties_its_agenda(table, told):
    """The referrer's one chance to explain is not lost because a table could not meet."""
    case, session = table.refer(), table.session()
    assert on_agenda(table, case, session, attends=True).ok
    told.watch("session_cancelled", "chair", "parket", "coordination")
    told.watch("case_off_agenda", "chair", "coordination")
    told.watch("visit_cancelled", "caw")
    path = f"/v1/sessions/{session}"

    done = table.post("coordination", f"{path}/cancel", ERROR, "coordination", if_match=1)

    assert table.expect(done)["state"] == "cancelled"
    assert table.expect(table.get("chair", path))["cancelled"] is True
    assert table.expect(table.get("chair", f"{path}/agenda"))["cases"] == []
    told.wait("session_cancelled", "chair", "parket", "coordination")
    told.wait("case_off_agenda", "chair", "coordination")
    told.wait("visit_cancelled", "caw")
    refused(on_agenda(table, case, session), "precondition_unmet", "session_cancelled")
    refused(
        table.step("chair", case, "take_on_agenda", session=session),
        "precondition_unmet",
        "not_on_agenda",
    )
    assert on_agenda(table, case, table.session(), attends=True).ok


@pytest.mark.parametrize(("act", "body"), [("move", {"starts_at": in_days(3)}), ("cancel", {})])
def test_a_session_that_was_held_stays_as_it_was(table, act, body):
    """What the table did there would have happened nowhere."""
    session = table.session(starts=datetime.now(UTC) - timedelta(minutes=5))

    answer = table.post(
        "chair", f"/v1/sessions/{session}/{act}", body | ERROR, "coordination", if_match=1
    )

    refused(answer, "precondition_unmet", "session_held")


def test_only_chair_and_coordination_set_a_session_right(table):
    """A team member cannot undo the meeting at which the own file is discussed."""
    session = table.session()

    answer = table.post("parket", f"/v1/sessions/{session}/cancel", ERROR, if_match=1)

    refused(answer, "not_allowed")
    assert table.get("chair", f"/v1/sessions/{session}").json()["cancelled"] is False


def test_a_wall_is_not_noticed_by_who_cancels_a_session(table):
    """Somebody behind the wall cancels the session and learns nothing of the family on it."""
    case, session = table.refer(), table.session()
    assert on_agenda(table, case, session).ok
    empty = table.session()
    walled = table.post(
        "coordination", f"{case.path}/conflicts", {"interest": "kin"}, "coordination"
    )
    assert walled.ok, walled.text
    before = table.inbox("coordination").count("case_off_agenda")
    cancelled = table.inbox("chair").count("session_cancelled")

    answers = [
        table.post("coordination", f"/v1/sessions/{one}/cancel", ERROR, "coordination", if_match=1)
        for one in (session, empty)
    ]

    with_case, without = (answer.json() | {"id": None} for answer in answers)
    assert with_case == without
    wait_until(lambda: table.inbox("chair").count("session_cancelled") >= cancelled + 2)
    assert table.inbox("coordination").count("case_off_agenda") == before


def test_a_case_is_taken_off_the_agenda_and_the_visit_is_given_back(table, told):
    """The wrong family on a list would be spoken of before people who came for another."""
    case, session = table.refer(), table.session()
    first = table.session()
    assert on_agenda(table, case, first).ok
    assert on_agenda(table, case, session, attends=True).ok
    told.watch("case_off_agenda", "chair")
    told.watch("visit_cancelled", "caw")
    path = f"/v1/sessions/{session}/agenda"
    body = {"case": case.id, **ERROR}

    off = table.post("coordination", f"{path}/removals", body, "coordination")

    assert table.expect(off)["version"] == 1
    assert table.expect(table.get("chair", path))["cases"] == []
    told.wait("case_off_agenda", "chair")
    told.wait("visit_cancelled", "caw")
    twice = table.post("coordination", f"{path}/removals", body, "coordination")
    refused(twice, "precondition_unmet", "not_on_agenda")
    assert on_agenda(table, case, table.session(), attends=True).ok


@pytest.mark.parametrize("who", ["politie", "chair"])
def test_a_question_is_withdrawn_by_who_asked_or_the_chair_and_blocks_nothing(table, told, who):
    """A question put by mistake must not keep a family waiting, nor be read on."""
    case = table.forming()
    body = builders.request("parket", case.ids["a"]) | {"question": "KANARIE-vraag"}
    request = table.expect(table.post("politie", f"{case.path}/requests", body))["id"]
    for each in PARTNERS:
        table.expect(table.post(each, f"{case.path}/answers", {"answer": "nothing_known"}))
    path = f"{case.path}/requests/{request}"
    told.watch("question_withdrawn", "parket", "politie")
    other = table.post("caw", f"{path}/withdraw", ERROR, if_match=1)
    refused(table.step("chair", case, "complete_forming"), "precondition_unmet", "requests_open")

    withdrawn = table.post(who, f"{path}/withdraw", ERROR, if_match=1)

    assert other.status_code in (403, 404)
    assert table.expect(withdrawn)["state"] == "withdrawn"
    told.wait("question_withdrawn", "parket", "politie")
    for each in PARTNERS:
        assert "KANARIE" not in table.get(each, f"{case.path}/requests").text
    late = table.post("parket", f"{path}/answer", {"outcome": "nothing_known"}, if_match=2)
    assert not late.ok
    assert table.step("chair", case, "complete_forming").json()["stage"] == "weighing"


def answer_of(table, case, partner):
    """What a partner answered to the call, as everybody at the table reads it."""
    shown = table.expect(table.get("chair", f"{case.path}/participants"))["participants"]
    return next(each["answered"] for each in shown if each["partner"] == partner)


def test_an_answer_lapses_with_the_only_item_that_it_rested_on(table, told):
    """`contributed` beside nothing would read as if there were no risk."""
    case = table.forming()
    partner = table.people["politie"].partner
    kept = table.offer("politie", case, "safety")
    taken = table.offer("politie", case, "safety")
    for each in PARTNERS:
        answer = "contributed" if each == "politie" else "nothing_known"
        table.expect(table.post(each, f"{case.path}/answers", {"answer": answer}))
    told.watch("answer_lapsed", "politie", "chair")

    table.expect(table.post("politie", f"{case.path}/items/{taken}/recall", {}, if_match=1))
    assert answer_of(table, case, partner) == "contributed"
    table.expect(table.post("politie", f"{case.path}/items/{kept}/recall", {}, if_match=1))

    assert answer_of(table, case, partner) is None
    told.wait("answer_lapsed", "politie", "chair")
    refused(table.step("chair", case, "complete_forming"), "precondition_unmet", "answers_missing")


def test_later_an_answer_that_rested_on_nothing_is_shown_as_recalled(table):
    """Who weighs must see that what was said is gone, and not that there was nothing."""
    case = table.forming()
    item = table.offer("politie", case, "safety")
    for each in PARTNERS:
        answer = "contributed" if each == "politie" else "nothing_known"
        table.expect(table.post(each, f"{case.path}/answers", {"answer": answer}))
    table.expect(table.step("chair", case, "complete_forming"))

    table.expect(table.post("politie", f"{case.path}/items/{item}/recall", {}, if_match=1))

    assert answer_of(table, case, table.people["politie"].partner) == "recalled"


def test_a_question_is_open_again_when_the_item_that_answered_it_is_recalled(table, told):
    """`shared` beside an item that is gone answers nothing."""
    case = table.forming()
    body = builders.request("parket", case.ids["a"], category="safety")
    request = table.expect(table.post("politie", f"{case.path}/requests", body))["id"]
    item = table.offer("parket", case, "safety", answers=request)
    told.watch("question_reopened", "parket", "politie")

    table.expect(table.post("parket", f"{case.path}/items/{item}/recall", {}, if_match=1))

    [question] = table.get("politie", f"{case.path}/requests").json()["requests"]
    assert question["content"]["state"] == "open"
    assert "item" not in question["content"]
    told.wait("question_reopened", "parket", "politie")


def test_the_texts_of_a_referral_are_corrected_and_the_referrer_reads_them(table, told):
    """A family is judged by what is written; the former words are nobody's any more."""
    wrong = builders.narrative("KANARIE-fout", "a")
    case = table.forming(who="caw", occurrences=[wrong])
    [part] = fragments(table, "caw", case, "occurrence")
    told.watch("referral_corrected", "chair", "parket")
    path = f"{case.path}/referral-parts/{part['id']}"
    said = {"narrative": {"text": "juist", "summary": "kort: juist"}, "subjects": part["subjects"]}

    other = table.put("parket", path, ERROR | said, if_match=1)
    stale = table.put("caw", path, ERROR | said, if_match=7)
    unfit = table.put("caw", path, ERROR | {"criterion": {"answer": "no", "ground": "x"}}, 1)
    done = table.put("caw", path, ERROR | said, if_match=1)

    refused(other, "not_allowed", "not_source")
    refused(stale, "precondition_failed")
    refused(unfit, "validation_failed")
    assert table.expect(done)["version"] == 2
    own = table.get("caw", f"/v1/referrals/{case.id}", "referral")
    assert "juist" in own.text
    for who in PARTNERS:
        assert "KANARIE" not in own.text + table.get(who, case.path).text
    told.wait("referral_corrected", "chair", "parket")


def test_the_referrer_corrects_a_criterion_of_the_own_referral(table):
    """Who knows the family best sees first that a ground is wrong."""
    case = table.refer("caw-worker")
    shown = table.expect(table.get("caw-worker", f"/v1/referrals/{case.id}", "referral"))
    part = next(each for each in shown["fragments"] if each["kind"] == "criterion")
    path = f"{case.path}/referral-parts/{part['id']}"
    body = ERROR | {"criterion": {"answer": "unknown", "ground": "nog na te gaan"}}

    done = table.client.put(table.people["caw-worker"].id, path, "referral", body, if_match=1)

    assert table.expect(done)["version"] == 2
    shown = table.expect(table.get("caw-worker", f"/v1/referrals/{case.id}", "referral"))
    [now] = [each["content"] for each in shown["fragments"] if each["id"] == part["id"]]
    assert now == {"criterion": part["content"]["criterion"], **body["criterion"]}


def test_a_part_recorded_in_error_is_withdrawn_but_not_the_last_of_its_kind(table):
    """A worry about another family is gone; a referral that tells nothing is none."""
    worries = [builders.narrative("KANARIE-ander gezin", "a"), builders.narrative("zorg", "a")]
    case = table.forming(worries=worries)
    first, second = fragments(table, "caw", case, "worry")
    [criterion, *_] = fragments(table, "caw", case, "criterion")

    def withdraw(part):
        path = f"{case.path}/referral-parts/{part['id']}/withdraw"
        return table.post("caw", path, ERROR, if_match=1)

    assert table.expect(withdraw(first))["state"] == "recalled"

    for who in PARTNERS:
        assert "KANARIE" not in table.get(who, case.path).text
    refused(withdraw(second), "precondition_unmet", "last_part")
    refused(withdraw(criterion), "not_allowed", "corrected_otherwise")


def test_a_service_added_after_the_director_is_to_mandate_and_one_in_error_blocks_nothing(
    table, told
):
    """Nobody directs a service that never agreed; a service that is none agrees never."""
    case, weighing = table.directed()
    director = case.seats.director
    followers = [table.people[each].partner or "" for each in case.seats.members[:3]]
    plan = table.adopt(case, builders.plan(weighing, case.persons, *followers))
    told.watch("service_added", director)
    [known] = fragments(table, "caw", case, "involved_service")
    corrected = ERROR | {"involved_service": {"service": "CLB"}, "subjects": known["subjects"]}
    path = f"{case.path}/referral-parts/{known['id']}"
    assert table.put("caw", path, corrected, if_match=1).ok
    body = {"service": "Kraamzorg", "subjects": [case.ids["c"]]}

    added = table.post("stad", f"{case.path}/involved-services", body)

    assert added.status_code == 201, added.text
    service = added.json()["id"]
    told.wait("service_added", director)
    start = table.step("chair", case, "start_execution", outcome=plan)
    refused(start, "precondition_unmet", "direction_mandates_missing")
    assert start.json()["services"] == [service]
    path = f"{case.path}/referral-parts/{service}/withdraw"
    assert table.post("stad", path, ERROR, if_match=1).ok
    assert table.step("chair", case, "start_execution", outcome=plan).json()["stage"] == "active"


def test_informing_recorded_by_mistake_is_corrected_and_the_chair_is_asked_again(table, told):
    """A victim who was never told must not be treated as one who knows."""
    case = table.forming()
    victim = case.ids["a"]
    known = fragments(table, "caw", case, "informing")
    [informing] = [each for each in known if each["subjects"] == [victim]]
    item = builders.item("safety", victim)
    told.watch("informing_unsettled", "chair", "caw")
    body = ERROR | {"state": "not_possible", "reason": "zij was het niet"}
    path = f"{case.path}/informing/{informing['id']}"

    refused(table.put("caw", path, body), "precondition_required")
    corrected = table.put("caw", path, body, if_match=1)

    assert table.expect(corrected)["version"] == 2
    told.wait("informing_unsettled", "chair", "caw")
    early = table.post("politie", f"{case.path}/items", item)
    refused(early, "precondition_unmet", "informing_not_settled")
    assert table.post("chair", f"{case.path}/informing-confirmation", {}).ok
    assert table.post("politie", f"{case.path}/items", item).status_code == 201


def test_who_a_person_is_is_no_item_and_the_refusal_says_so(table):
    """Told that it comes from somebody else, its own source would look for who wrote it."""
    case = table.forming()
    [person, *_] = fragments(table, "caw", case, "person")
    body = builders.item("safety", case.ids["a"])
    del body["category"]
    path = f"{case.path}/items/{person['id']}"

    corrected = table.put("caw", path, body, if_match=1)
    recalled = table.post("caw", f"{path}/recall", {}, if_match=1)
    part = table.put(
        "caw",
        f"{case.path}/referral-parts/{person['id']}",
        ERROR | {"criterion": {"answer": "no", "ground": "x"}},
        if_match=1,
    )

    for answer, reason in (
        (corrected, "corrected_otherwise"),
        (recalled, "not_recallable"),
        (part, "corrected_otherwise"),
    ):
        refused(answer, "not_allowed", reason)
        assert [each["code"] for each in answer.json()["reasons"]] == [reason]
