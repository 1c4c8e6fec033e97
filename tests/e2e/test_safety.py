"""Safety through HTTP: whoever is unsafe is heard at once, and nothing ends over their head."""

from typing import Any

import requests

from tests import builders
from tests.e2e.table_client import SEATS, Case, TableClient, refused
from tests.waiting import wait_until

SEATED = SEATS["sample-kortrijk"]
CHAIR, DIRECTOR, MEMBERS = SEATED.chair, SEATED.director, SEATED.members


def active(table: TableClient) -> Case:
    """A case in execution, under the agreement with the smaller table."""
    return table.active("caw-kortrijk", involved_services=[])


def check(judgement: str, *subjects: str) -> dict[str, Any]:
    """A safety check by itself."""
    return {**builders.safety_check(judgement), "subjects": list(subjects)}


def draw(table: TableClient, case: Case, judgement: str = "safe", **changes: Any) -> Any:
    body = builders.conclusion(safety_check=builders.safety_check(judgement), **changes)
    return table.post(DIRECTOR, f"{case.path}/conclusions", body)


def messages(table: TableClient, who: str, task: str) -> list[dict[str, Any]]:
    """The messages of a person with this task, newest first."""
    page = table.expect(table.get(who, "/v1/inbox?limit=100", "own_tasks"))
    return [one for one in page["messages"] if one["task"] == task]


def told(table: TableClient, who: str, task: str, case: Case) -> dict[str, Any]:
    """The message about this case, once it has come; whoever is told can open it."""

    def about_it() -> list[dict[str, Any]]:
        found = (
            table.get(who, f"/v1/inbox/{one['id']}", "own_tasks")
            for one in messages(table, who, task)
        )
        opened = [answer.json() for answer in found if answer.ok]
        return [one for one in opened if case.id in str(one)]

    found: list[dict[str, Any]] = wait_until(about_it, what=f"{task} for {who}")
    return found[0]


def said_in(table: TableClient, who: str, case: Case, body: dict[str, Any]) -> dict[str, str]:
    """Language → the sentence by which a step of the case is refused."""
    version = table.get(who, case.path).json()["version"]
    sentences = {}
    for number, language in enumerate(("nl", "fr", "en")):
        headers = {
            "Authorization": f"Bearer {table.client.token(table.people[who].id)}",
            "Purpose-Of-Use": "case_consultation",
            "Accept-Language": language,
            "If-Match": f'"{version}"',
            "Idempotency-Key": f"{case.id}-{body['command']}-{number}",
        }
        url = f"{table.client.base}{case.path}/transitions"
        answer = requests.post(url, json=body, headers=headers, timeout=10)
        assert answer.status_code >= 400, answer.text
        sentences[language] = answer.json()["reasons"][0]["text"]
    return sentences


def test_unsafe_is_told_at_once_and_nothing_is_concluded_while_it_stands(table: TableClient):
    """Somebody is threatened on the day before the meeting that wants to be done with it."""
    case = active(table)
    path = f"{case.path}/safety-checks"
    drawn = table.expect(draw(table, case))["id"]

    said = table.expect(table.post("caw-kortrijk", path, check("unsafe", case.ids["a"])))

    for who in (CHAIR, DIRECTOR, *MEMBERS):
        assert told(table, who, "unsafe", case)
    listed = table.expect(table.get("parket-kortrijk", path))["safety_checks"]
    assert [(one["id"], one["content"]["judgement"]) for one in listed] == [
        (said["id"], "unsafe"),
    ]
    conclude = {"command": "conclude", "outcome": drawn}
    sentences = said_in(table, CHAIR, case, conclude)
    assert len(set(sentences.values())) == 3
    refusal = table.step(CHAIR, case, "conclude", outcome=drawn)
    refused(refusal, "precondition_unmet", "unsafe")
    assert not any(person in refusal.text for person in case.persons)

    table.expect(table.post(DIRECTOR, path, check("safe", case.ids["b"], case.ids["c"])))
    table.expect(table.post(CHAIR, path, check("unknown", *case.persons)))
    refused(table.step(CHAIR, case, "conclude", outcome=drawn), "precondition_unmet", "unsafe")
    refused(draw(table, case, "unknown"), "precondition_unmet", "unsafe")
    refused(draw(table, case, "safe"), "precondition_unmet", "unsafe")
    assert table.get(CHAIR, case.path).json()["stage"] == "active"

    contact = {
        "party": "client",
        "subjects": [case.ids["a"]],
        "on": builders.TODAY().isoformat(),
        "text": "gesprek op een veilige plaats",
        "summary": "gesprek",
        "safety_check": builders.safety_check("safe"),
    }
    table.expect(table.post(DIRECTOR, f"{case.path}/contact-log", contact))
    kinds = {
        each["kind"]
        for each in table.expect(table.get(CHAIR, f"{case.path}/contact-log"))["contact_log"]
    }
    assert {"contact", "safety_check"} <= kinds
    done = table.expect(table.step(CHAIR, case, "conclude", outcome=drawn))
    assert done["stage"] == "concluded"


def test_a_report_or_conclusion_that_says_unsafe_rings_the_bell(table: TableClient):
    """A director writes it down, and nobody reads reports in the evening."""
    case = active(table)
    before = {who: len(messages(table, who, "unsafe")) for who in (CHAIR, DIRECTOR)}

    report = {
        "text": "verslag",
        "summary": "kort: verslag",
        "safety_check": builders.safety_check("unsafe"),
    }
    table.expect(table.post(DIRECTOR, f"{case.path}/reports", report))
    drawn = table.expect(draw(table, case, "unsafe"))["id"]

    for who, count in before.items():
        wait_until(lambda who=who, count=count: len(messages(table, who, "unsafe")) == count + 2)
    refused(table.step(CHAIR, case, "conclude", outcome=drawn), "precondition_unmet", "unsafe")


def test_a_conclusion_is_refused_that_contradicts_its_aims(table: TableClient):
    """A tick says that all is reached, and an aim says that it is not."""
    case = active(table)
    aims = builders.conclusion()["aims"]
    missed = [{**aims[0], "outcome": "not_reached"}, *aims[1:]]

    refused(draw(table, case, aims=missed), "precondition_unmet", "aims_not_reached")

    going_on = {"violence_stopped": False, "goals_reached": False}
    assert draw(table, case, aims=missed, **going_on).ok


def test_safety_is_checked_while_a_case_is_formed_and_a_wall_hides_it(table: TableClient):
    """Before there is a plan people are in danger too; a relative learns nothing of it."""
    case = table.forming("caw-kortrijk")
    path = f"{case.path}/safety-checks"
    assert table.post("politie-kortrijk", path, check("unknown", case.ids["c"])).status_code == 201
    table.expect(table.post("parket-kortrijk", f"{case.path}/conflicts", {"interest": "kin"}))

    walled = table.post("parket-kortrijk", path, check("unsafe", case.ids["a"]))
    unknown = table.post(
        "parket-kortrijk",
        "/v1/cases/0b2c4d6e-8f01-4a2b-8c3d-4e5f60718293/safety-checks",
        check("unsafe", case.ids["a"]),
    )

    assert (walled.status_code, walled.json()) == (404, unknown.json())
    assert table.get("parket-kortrijk", path).status_code == 404
    assert table.post("caw", path, check("unsafe", case.ids["a"])).status_code == 404


# --- acute danger in a case that has ended ------------------------------------------------------

WARNING = {"text": "hij staat weer aan de deur", "summary": "kort: aan de deur"}


def warn(table: TableClient, who: str, case: Case, purpose: str = "case_consultation") -> Any:
    return table.post(who, f"{case.path}/crisis", WARNING, purpose)


def end(table: TableClient, who: str, case: Case, note: str) -> Any:
    ending = {"ground": "hij is aangehouden", "summary": "kort: aangehouden"}
    return table.post(who, f"{case.path}/crisis/{note}/end", ending)


def categories(table: TableClient, who: str, case: Case) -> set[str]:
    shown = table.expect(table.get(who, case.path))["fragments"]
    return {each["category"] for each in shown}


def test_a_crisis_in_a_withdrawn_case_reaches_who_can_act_and_leads_to_a_new_referral(
    table: TableClient,
):
    """The family was thought to be helped; the police see it otherwise on the next night."""
    case = table.refer("caw-kortrijk")
    table.expect(table.step("caw-kortrijk", case, "withdraw", ground="other_help_started"))
    assert table.get("politie-kortrijk", case.path).status_code == 404
    assert categories(table, CHAIR, case) == set()

    warned = table.expect(warn(table, "politie-kortrijk", case))

    assert (warned["stage"], warned["state"]) == ("withdrawn", "new_referral_needed")
    note = warned["ids"]["fragment"]
    for who in (CHAIR, "caw-kortrijk", "coordination-kortrijk"):
        message = told(table, who, "crisis_after_withdrawal", case)
        assert "nieuwe aanmelding" in message["text"]
    assert categories(table, CHAIR, case) == {"identity", "safety", "incidents"}
    own = table.expect(table.get("politie-kortrijk", case.path))["fragments"]
    assert [each["id"] for each in own] == [note], "who warned sees the own warning"
    assert table.get("parket-kortrijk", case.path).status_code == 404
    again = {"command": "reopen", "ground": "violence_again"}
    sentences = said_in(table, CHAIR, case, again)
    assert "aanmelding" in sentences["nl"]
    assert len(set(sentences.values())) == 3
    refused(
        table.step(CHAIR, case, "reopen", ground="violence_again"),
        "illegal_transition",
        "new_referral",
    )

    refused(end(table, "politie-kortrijk", case, note), "not_allowed")
    table.expect(end(table, CHAIR, case, note))
    assert categories(table, CHAIR, case) == set()
    refused(end(table, CHAIR, case, note), "precondition_unmet", "no_crisis")


def test_a_crisis_in_a_declined_case_leads_the_chair_to_reopen_it(table: TableClient):
    """The table did not take the case; what happens afterwards may say that it was wrong."""
    case = table.weighing("caw-kortrijk")
    weighing = table.weigh(case, "not_grave_enough")
    advice = {"text": "wat nu helpt", "summary": "kort: wat nu helpt"}
    table.expect(table.post(CHAIR, f"{case.path}/advice", advice))
    table.expect(table.step(CHAIR, case, "decline", ground="not_grave_enough", outcome=weighing))

    warned = table.expect(warn(table, "parket-kortrijk", case))

    assert warned["state"] == "reopening_needed"
    assert told(table, CHAIR, "crisis_after_end", case)
    assert categories(table, CHAIR, case) == {"identity", "safety", "incidents"}
    table.expect(table.step(CHAIR, case, "reopen", ground="violence_again"))
    assert table.get(CHAIR, case.path).json()["crisis"] is True
    assert "safety" in categories(table, "politie-kortrijk", case)


def test_nobody_who_takes_no_part_warns_or_learns_of_it(table: TableClient):
    """An id that is guessed says nothing, not even to somebody who cries wolf."""
    case = table.refer("caw-kortrijk")
    table.expect(table.step("caw-kortrijk", case, "withdraw", ground="other"))
    unknown = Case("0b2c4d6e-8f01-4a2b-8c3d-4e5f60718293", {})

    for who in ("caw", "politie", "chair"):
        answer, other = warn(table, who, case), warn(table, who, unknown)
        assert (answer.status_code, answer.json()) == (404, other.json())
    table.expect(warn(table, "politie-kortrijk", case))
    assert table.get("politie", case.path).status_code == 404
    assert table.get("parket-kortrijk", case.path).status_code == 404


def test_the_referrer_warns_whatever_became_of_the_referral(table: TableClient):
    """Who works with the family hears it first, and has only the own referral to go by."""
    case = table.refer("caw", referrer=table.people["caw-worker"].id)
    table.expect(table.step("caw", case, "withdraw", ground="other"))

    warned = table.expect(warn(table, "caw-worker", case, "referral"))

    assert warned["state"] == "new_referral_needed"
    assert told(table, "chair", "crisis_after_withdrawal", case)


def test_a_crisis_that_ends_closes_what_it_had_opened(table: TableClient):
    """Before forming the whole team reads a little, as long as the danger lasts."""
    case = table.refer("caw-kortrijk")
    first = table.expect(warn(table, "caw-kortrijk", case))["ids"]["fragment"]
    second = table.expect(warn(table, "politie-kortrijk", case))["ids"]["fragment"]
    assert table.get("parket-kortrijk", case.path).status_code == 200

    refused(end(table, CHAIR, case, first), "precondition_unmet", "newer_crisis")
    table.expect(end(table, CHAIR, case, second))

    assert table.get("parket-kortrijk", case.path).status_code == 404
    shown = table.expect(table.get(CHAIR, case.path))
    assert shown["crisis"] is False
    (ended,) = [each for each in shown["fragments"] if each["kind"] == "crisis_end"]
    assert ended["content"]["ground"] == "hij is aangehouden"


# --- one person in several parts ----------------------------------------------------------------


def test_nobody_concludes_what_he_proposed_himself(table: TableClient):
    """One person who chairs and directs would end a case alone."""
    case = active(table)
    alone = {"person": table.people[CHAIR].id, "no_care_professional": True}
    table.expect(table.put(CHAIR, f"{case.path}/director", alone))
    path = f"{case.path}/conclusions"
    own = table.expect(table.post(CHAIR, path, builders.conclusion()))["id"]

    refused(table.step(CHAIR, case, "conclude", outcome=own), "precondition_unmet", "own_proposal")
    assert (
        len(set(said_in(table, CHAIR, case, {"command": "conclude", "outcome": own}).values())) == 3
    )

    another = {"person": table.people[DIRECTOR].id, "no_care_professional": True}
    table.expect(table.put(CHAIR, f"{case.path}/director", another))
    drawn = table.expect(draw(table, case))["id"]
    table.expect(table.step(CHAIR, case, "conclude", outcome=drawn))


def test_no_form_holds_acute_danger_back(table: TableClient):
    """Somebody warns in one sentence, about an id that was copied wrongly."""
    case = active(table)
    said = {"text": "hij staat voor de deur", "subjects": [case.id]}

    table.expect(table.post("caw-kortrijk", f"{case.path}/crisis", said))

    for who in (CHAIR, DIRECTOR):
        assert told(table, who, "crisis", case)
