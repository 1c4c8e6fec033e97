"""Values in bodies, through HTTP: kept exactly, or refused in words that a person understands."""

import uuid
from typing import Any

import pytest
import requests

from deploy.local.api_client import ApiClient
from tests import builders
from tests.e2e.table_client import CONSULT, Case, TableClient

KEPT = {
    "accent of its own": ("Ze\u0301 is bang", None),
    "blanks at its ends": ("\u00a0 ingesprongen, met blanco einde \n\n", None),
    "line ends of other machines": ("een\r\ntwee\rdrie\r\n", "een\ntwee\ndrie\n"),
    "emoji": ("👩\u200d👧 en 👍🏽 en \u2764\ufe0f", None),
    "Arabic with a mark": ("شقة ١٢\u200f، بروكسل", None),
    "soft hyphen": ("ge\u00adweld", None),
    "private use": ("\uf0b7 een opsomming", None),
    "letters alike": ("ﬁets, ½, Ⅷ, Ａ", None),
}
"""Name → what is sent, and what is read where that differs."""

AN_ID = "3d9a1c5e-77b0-4c1f-8a2e-5b6c7d8e9f01"
WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
REFUSED = {
    "": "length",
    "\u200b\u00ad": "length",
    "\u00a0\u3164\u2800": "length",
    "voor \u202e na": "control",
    "voor \u2066 na": "control",
    "een\u2028twee": "control",
    "een\x0btwee": "control",
    "verborgen \U000e0041": "control",
    f"zie {AN_ID}": "named_id",
    f"zie {AN_ID.replace('-', '–')}": "named_id",
    f"zie {AN_ID.replace('-', '')}": "named_id",
    f"zie {AN_ID[:9]}\u200b{AN_ID[9:]}": "named_id",
    f"zie {AN_ID.translate(WIDE)}": "named_id",
}
"""Text → the code of its error."""

LANGUAGES = ("nl", "fr", "en")


@pytest.fixture(scope="module")
def shared(platform) -> tuple[TableClient, Case]:
    """A case in forming, in which nothing but these tests happens."""
    table = TableClient(ApiClient(platform.gateway_url, platform.token))
    return table, table.forming()


def in_language(
    table: TableClient, language: str, path: str, body: dict[str, Any]
) -> requests.Response:
    """A command of the police, whose answer is wanted in a language."""
    headers = {
        "Authorization": f"Bearer {table.client.token(table.people['politie'].id)}",
        "Purpose-Of-Use": CONSULT,
        "Idempotency-Key": str(uuid.uuid4()),
        "Accept-Language": language,
    }
    return requests.post(table.client.base + path, json=body, headers=headers, timeout=10)


def errors(answer: requests.Response) -> list[tuple[str, str]]:
    """Pointer and code of what was wrong with a body."""
    document = answer.json()
    assert (answer.status_code, document["code"]) == (422, "validation_failed"), answer.text
    return [(each["pointer"], each["code"]) for each in document["errors"]]


@pytest.mark.parametrize(("sent", "read"), KEPT.values(), ids=KEPT)
def test_a_text_is_read_back_exactly(shared, sent: str, read: str | None) -> None:
    """The words of a victim reach every reader as they were written."""
    table, case = shared
    source = {"organisation": sent, "function": sent}
    item = table.offer("politie", case, "safety", text=sent, summary=sent, obtained_from=source)

    shown = table.expect(table.get("caw", f"{case.path}/items/{item}"))

    expected = sent if read is None else read
    content = shown["content"]
    assert (content["text"], content["summary"]) == (expected, expected)
    assert content["obtained_from"] == {"organisation": expected, "function": expected}


def test_a_text_that_cannot_be_read_is_refused_in_the_language_of_its_writer(shared) -> None:
    """Whoever is refused knows what to change, and nothing was kept."""
    table, case = shared
    before = table.get("politie", f"{case.path}/items").json()["items"]
    texts = set()
    for text, code in REFUSED.items():
        body = builders.item("safety", case.ids["a"], text=text, summary="kort")
        for language in LANGUAGES:
            answer = in_language(table, language, f"{case.path}/items", body)
            assert errors(answer) == [("/text", code)], text.encode("unicode_escape")
            [error] = answer.json()["errors"]
            assert answer.headers["Content-Language"] == language
            texts.add((code, language, error["detail"]))

    assert len(texts) == len({*REFUSED.values()}) * len(LANGUAGES)
    assert len({detail for *_, detail in texts}) == len(texts)
    assert table.get("politie", f"{case.path}/items").json()["items"] == before


@pytest.mark.parametrize(
    "day",
    ["20260301", "2026-W09-7", "2026-060", "2026-3-1", "2026-03-01T00:00:00Z", "２０２６-03-01"],
)
def test_only_a_full_date_is_a_day(shared, day: str) -> None:
    """Two programs would read two days in what they write differently."""
    table, case = shared
    body = builders.item("safety", case.ids["a"], as_of=day)

    assert errors(table.post("politie", f"{case.path}/items", body)) == [("/as_of", "type")]


def meeting(at: str) -> dict[str, Any]:
    return {"agreement": "sample-brugge", "table": "table-brugge", "starts_at": at}


def test_a_moment_has_one_form_wherever_it_is_read(shared) -> None:
    """A small `t` passes in one part of the platform and stops another."""
    table, case = shared
    day = builders.in_days(3)
    forms = {
        f"{day}t10:00:00z": f"{day}T10:00:00",
        f"{day}T10:00:00.25+02:00": f"{day}T08:00:00.25",
        f"{day}T10:00:00-00:00": f"{day}T10:00:00",
    }
    for written, read in forms.items():
        made = table.post("coordination", "/v1/sessions", meeting(written), "coordination")
        session = table.expect(made)["id"]
        shown = table.expect(table.get("coordination", f"/v1/sessions/{session}", "coordination"))
        assert shown["starts_at"].startswith(read), shown
        table.put_on_agenda(case, session)


@pytest.mark.parametrize(
    "written",
    [
        *("{}T10:00Z", "{} 10:00:00Z", "{}T10:00:00", "{}T10:00:00+01", "{}T10:00:00,5Z"),
        *("{}T24:00:00Z", "{}T23:59:60Z", "{}T10:00:00.1234567890Z", "{}"),
    ],
)
def test_only_a_date_time_is_a_moment(shared, written: str) -> None:
    """A session would be held an hour, or a day, from when somebody meant it."""
    table, _ = shared
    at = written.format(builders.in_days(3))

    answer = table.post("coordination", "/v1/sessions", meeting(at), "coordination")
    searched = table.post("auditor", "/v1/audit/records/search", {"since": at}, "audit")

    assert errors(answer) == [("/starts_at", "type")]
    assert errors(searched) == [("/since", "type")]


def test_an_auditor_searches_from_a_moment_in_any_spelling_of_it(shared) -> None:
    """An entry of this hour would be missing from what an auditor proves."""
    table, case = shared
    since, until = f"{builders.in_days(-1)}t00:00:00+00:00", f"{builders.in_days(2)}t00:00:00z"

    found = table.records(case=case.id, since=since, until=until)

    assert found == table.records(case=case.id)
    assert found


def test_no_day_of_a_referral_or_a_session_is_outside_its_bounds(table: TableClient) -> None:
    """A year typed wrong makes a grown man unborn, or reminds nobody for a century."""
    ahead, past, far = builders.in_days(1), builders.in_days(-1), builders.in_days(3000)
    referral = builders.referral()
    family, services = referral["persons"], referral["involved_services"]

    def informed_on(day: str) -> dict[str, Any]:
        informing = {"state": "deferred", "reason": "eerst een veilig moment", "review_on": day}
        return {"persons": [family[0], {**family[1], "informing": informing}, family[2]]}

    born = {"persons": [family[0], {**family[1], "birth_date": ahead}, family[2]]}
    cases = [
        (born, "/persons/1/birth_date"),
        ({"involved_services": [{**services[0], "since": ahead}]}, "/involved_services/0/since"),
        (informed_on(past), "/persons/1/informing/review_on"),
        (informed_on(far), "/persons/1/informing/review_on"),
    ]
    for changes, pointer in cases:
        answer = table.post("caw", "/v1/referrals", {**referral, **changes}, "referral")
        assert errors(answer) == [(pointer, "range")], changes
    for day in (past, far):
        answer = table.post(
            "coordination", "/v1/sessions", meeting(f"{day}T12:00:00Z"), "coordination"
        )
        assert errors(answer) == [("/starts_at", "range")]


def test_no_day_of_an_item_or_a_question_is_outside_its_bounds(shared) -> None:
    """A fact of next year would be the newest for a year; a question could lie open for ever."""
    table, case = shared
    item = builders.item("safety", case.ids["a"], as_of=builders.in_days(1))

    assert errors(table.post("politie", f"{case.path}/items", item)) == [("/as_of", "range")]
    for days in (-1, 29):
        question = builders.request("ggz", case.ids["b"], days=days)
        answer = table.post("politie", f"{case.path}/requests", question)
        assert errors(answer) == [("/due", "range")]


def test_no_day_of_direction_or_a_plan_is_outside_its_bounds(table: TableClient) -> None:
    """A mandate of tomorrow binds nobody today; an action of the next century is none."""
    case, weighing = table.accepted()
    director = case.seats.director
    appointed = {"person": table.people[director].id, "no_care_professional": True}
    table.expect(table.put(case.seats.chair, f"{case.path}/director", appointed))
    ahead, past, far = builders.in_days(1), builders.in_days(-1), builders.in_days(3000)
    words = {"text": "wat", "summary": "kort"}
    shown = table.get(director, case.path).json()["fragments"]
    [service] = [each["id"] for each in shown if each["kind"] == "involved_service"]
    mandate = {"involved_service": service, "given_by": "directie", "given_on": ahead}
    contact = {"party": "client", "subjects": [case.ids["a"]], "on": ahead, **words}
    trajectory = {"kind": "help", "state": "running", "service": "Thuisbegeleiding"}
    trajectory |= {"since": ahead, "subjects": [case.ids["a"]], **words}
    sent = [
        ("direction-mandates", mandate, "/given_on"),
        ("contact-log", contact, "/on"),
        ("trajectories", trajectory, "/since"),
    ]
    for day in (past, far):
        late = builders.action("g", "caw", due=day)
        timed = builders.action("g", "caw", judicial_timing={"on": day, **words})
        for action, pointer in ((late, "/actions/0/due"), (timed, "/actions/0/judicial_timing/on")):
            plan = builders.plan(weighing, case.persons, actions=[action])
            sent.append(("plans", plan, pointer))

    for path, body, pointer in sent:
        answer = table.post(director, f"{case.path}/{path}", body)
        assert errors(answer) == [(pointer, "range")], path
