"""Commands through HTTP: kept once, refused clearly, and nothing changed by what was refused."""

import concurrent.futures
import json
import uuid

import pytest
import requests

from contracts.errors import STATUS
from tests import builders
from tests.e2e.table_client import PARTNERS, TableClient


def problem(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a problem document, checked for its form."""
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    return answer.status_code, document["code"]


def raw(table: TableClient, path: str, data: bytes, **headers: str) -> requests.Response:
    """A command with bytes of our own as its body."""
    given = {
        "Authorization": f"Bearer {table.client.token(table.people['politie'].id)}",
        "Purpose-Of-Use": "case_consultation",
        "Idempotency-Key": str(uuid.uuid4()),
        "Content-Type": "application/json",
    } | headers
    given = {name: value for name, value in given.items() if value}
    return requests.post(table.client.base + path, data=data, headers=given, timeout=10)


def test_a_repeated_command_happens_once_and_answers_the_same(table):
    """A case worker whose connection broke sends again; the item must not stand there twice."""
    case = table.forming()
    body = builders.item("safety", case.ids["a"])
    key = str(uuid.uuid4())

    first = table.post("politie", f"{case.path}/items", body, key=key)
    again = table.post("politie", f"{case.path}/items", body, key=key)

    assert first.status_code == 201
    assert again.json() == first.json()
    listed = table.get("politie", f"{case.path}/items").json()["items"]
    assert [row["id"] for row in listed] == [first.json()["id"]]


def test_the_same_key_for_something_else_is_refused(table):
    """Two different acts under one key would lose one of them silently."""
    case = table.forming()
    key = str(uuid.uuid4())
    table.post("politie", f"{case.path}/items", builders.item("safety", case.ids["a"]), key=key)

    other = table.post(
        "politie", f"{case.path}/items", builders.item("housing", case.ids["a"]), key=key
    )

    assert problem(other) == (422, "idempotency_key_reused")
    listed = table.get("politie", f"{case.path}/items").json()["items"]
    assert [row["category"] for row in listed] == ["safety"]


def test_a_key_belongs_to_its_person(table):
    """Two colleagues who chose the same key both get their item."""
    case = table.forming()
    key = str(uuid.uuid4())

    answers = [
        table.post(who, f"{case.path}/items", builders.item("safety", case.ids["a"]), key=key)
        for who in ("politie", "parket")
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_twenty_impatient_repeats_make_one_item(table):
    """All at once: each is answered with the one outcome, or told that it is under way."""
    case = table.forming()
    body = builders.item("safety", case.ids["a"])
    key = str(uuid.uuid4())

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda _: table.post("politie", f"{case.path}/items", body, key=key), range(20)
            )
        )

    [(status, item)] = {(a.status_code, a.json()["id"]) for a in answers if a.ok}
    assert status == 201
    assert {problem(a) for a in answers if not a.ok} <= {(409, "command_in_flight")}
    again = table.post("politie", f"{case.path}/items", body, key=key)
    assert (again.status_code, again.json()["id"]) == (status, item)
    listed = table.get("politie", f"{case.path}/items").json()["items"]
    assert [row["id"] for row in listed] == [item]


@pytest.mark.parametrize(
    ("data", "headers", "expected"),
    [
        (b"{", {}, (400, "malformed_json")),
        (b'{"a": NaN}', {}, (400, "malformed_json")),
        (b'{"answer": "nothing_known", "answer": "contributed"}', {}, (400, "malformed_json")),
        (b"\xff\xfe", {}, (400, "malformed_json")),
        (b"[" * 10_000, {}, (400, "malformed_json")),
        (b"[]", {}, (422, "validation_failed")),
        (b"{}", {}, (422, "validation_failed")),
        (b'{"answer": 1}', {}, (422, "validation_failed")),
        (b'{"answer": "nothing_known", "extra": 1}', {}, (422, "validation_failed")),
        (b"x" * (1 << 21), {}, (413, "body_too_large")),
        (b"{}", {"Content-Type": "text/plain"}, (415, "unsupported_media_type")),
        (b"{}", {"Authorization": ""}, (401, "token_missing")),
        (b"{}", {"Authorization": "Bearer nonsense"}, (401, "token_invalid")),
        (b'{"answer": "nothing_known"}', {"Purpose-Of-Use": ""}, (400, "purpose_missing")),
        (
            b'{"answer": "nothing_known"}',
            {"Idempotency-Key": ""},
            (400, "idempotency_key_missing"),
        ),
    ],
)
def test_bad_input_is_named_and_changes_nothing(table, data, headers, expected):
    """Whoever sends nonsense learns what is wrong; the case stays as it was."""
    case = table.forming()
    before = table.get("politie", f"{case.path}/participants").json()

    answer = raw(table, f"{case.path}/answers", data, **headers)

    assert problem(answer) == expected
    assert table.get("politie", f"{case.path}/participants").json() == before


def test_a_validation_problem_points_at_the_member_and_keeps_the_value_out(table):
    """The pointer helps to mend; the value could be a secret in a log."""
    case = table.forming()
    body = builders.item("safety", case.ids["a"], as_of="KANARIE-datum")

    answer = table.post("politie", f"{case.path}/items", body)

    assert problem(answer) == (422, "validation_failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/as_of"]
    assert "KANARIE" not in answer.text


def test_a_stale_version_is_refused_and_a_missing_one_asked_for(table):
    """Two people who change one item must not overwrite each other unseen."""
    case = table.forming()
    item = table.offer("politie", case, "safety")
    path = f"{case.path}/items/{item}/recall"

    assert problem(table.post("politie", path, {})) == (428, "precondition_required")
    assert problem(table.post("politie", path, {}, if_match=7)) == (412, "precondition_failed")
    assert table.post("politie", path, {}, if_match=1).ok


@pytest.mark.parametrize(
    ("command", "members", "code"),
    [
        ("take_on_agenda", {"session": str(uuid.UUID(int=5, version=4))}, "illegal_transition"),
        ("complete_forming", {}, "precondition_unmet"),
        ("reopen_forming", {}, "illegal_transition"),
        ("accept", {"outcome": str(uuid.UUID(int=5, version=4))}, "illegal_transition"),
        ("close", {"outcome": str(uuid.UUID(int=5, version=4))}, "illegal_transition"),
        ("no_such_command", {}, "validation_failed"),
    ],
)
def test_a_step_that_the_table_does_not_know_is_refused_and_changes_nothing(
    table, command, members, code
):
    """No other transitions than those of the law and the agreement."""
    case = table.forming()

    answer = table.step("chair", case, command, **members)

    assert problem(answer) == (STATUS[code], code)
    assert table.get("chair", case.path).json()["stage"] == "forming"


def test_only_the_one_who_may_takes_the_step(table):
    """A team member is no chair; the referring partner alone withdraws."""
    case = table.forming()

    for who in ("politie", "parket"):
        assert problem(table.step(who, case, "complete_forming")) == (403, "not_allowed")
        refused = table.step(who, case, "withdraw", ground="situation_changed")
        assert problem(refused) == (403, "not_allowed")
    assert table.step("caw", case, "withdraw", ground="situation_changed").ok


def test_forming_is_complete_when_every_partner_answered_and_no_request_is_open(table):
    """A partner that was not heard may hold the piece that saves a life."""
    case = table.forming()
    request = table.post(
        "politie", f"{case.path}/requests", builders.request("parket", case.ids["a"])
    ).json()["id"]
    for who in PARTNERS:
        answer = table.post(who, f"{case.path}/answers", {"answer": "nothing_known"})
        assert answer.ok, answer.text
    assert problem(table.step("chair", case, "complete_forming")) == (409, "precondition_unmet")

    answered = table.post(
        "parket", f"{case.path}/requests/{request}/answer", {"outcome": "nothing_known"}, if_match=1
    )
    assert answered.ok, answered.text

    assert table.step("chair", case, "complete_forming").json()["stage"] == "weighing"


def test_nobody_contributes_before_informing_is_settled(table):
    """When not even a victim could be informed, the chair confirms first."""
    persons = [builders.person("a", "victim", informed=False), builders.person("b", "perpetrator")]
    for part in ("occurrences", "worries", "wishes", "precautions", "involved_services"):
        assert part in builders.referral()
    case = table.refer(
        persons=persons,
        involved_services=[],
        uninformed_ground="Zij is niet veilig te bereiken",
    )
    table.take_on(case)
    item = builders.item("safety", case.ids["a"])

    early = table.post("politie", f"{case.path}/items", item)
    confirmed = table.post("chair", f"{case.path}/informing-confirmation", {})
    later = table.post("politie", f"{case.path}/items", item)

    assert problem(early) == (409, "precondition_unmet")
    assert confirmed.ok, confirmed.text
    assert later.status_code == 201


def test_a_recalled_item_is_gone_for_every_read_that_begins_after(table):
    """Who takes back a word must be able to rely on it at once."""
    case = table.forming()
    item = table.offer("politie", case, "safety", text="KANARIE-teruggenomen")
    assert "KANARIE" in table.get("caw", case.path).text

    recalled = table.post("politie", f"{case.path}/items/{item}/recall", {}, if_match=1)

    assert recalled.ok, recalled.text
    for who in PARTNERS:
        if who != "politie":
            assert "KANARIE" not in table.get(who, case.path).text
            assert table.get(who, f"{case.path}/items/{item}").status_code == 404
    shown_before = [
        entry["person"]
        for entry in table.records(case=case.id, fragment=item)
        if entry["outcome"] in ("released", "withheld")
    ]
    assert table.people["caw"].id in shown_before


def test_a_corrected_item_shows_its_new_text_only(table):
    """A correction replaces what is read; it does not add a second truth."""
    case = table.forming()
    item = table.offer("politie", case, "safety", text="fout")
    body = builders.item("safety", case.ids["a"], text="juist")
    del body["category"]

    corrected = table.client.put(
        table.people["politie"].id,
        f"{case.path}/items/{item}",
        "case_consultation",
        body,
        if_match=1,
    )

    assert corrected.json()["version"] == 2
    assert table.get("caw", f"{case.path}/items/{item}").json()["content"]["text"] == "juist"


def test_an_answer_carries_ids_and_state_and_never_content(table):
    """Reading is always a release; a command's answer must not be a way around it."""
    answer = table.post(
        "caw",
        "/v1/referrals",
        builders.referral(occurrences=[builders.narrative("KANARIE", "a")]),
        "referral",
    )

    assert answer.status_code == 201
    assert "KANARIE" not in json.dumps(answer.json()) + json.dumps(dict(answer.headers))
    assert set(answer.json()) == {"id", "case", "stage", "version", "state", "ids"}


def test_a_region_outside_the_agreement_is_refused(table):
    """The agreement says where; a family elsewhere belongs to another table."""
    answer = table.post("caw", "/v1/referrals", builders.referral(region="11002"), "referral")

    assert problem(answer) == (403, "not_allowed")
    assert "region_outside" in json.dumps(answer.json())
