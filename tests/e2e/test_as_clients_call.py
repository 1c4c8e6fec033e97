"""The API as clients really call it: pages, headers, addresses and numbers of all kinds."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests import builders
from tests.e2e.table_client import Case, TableClient, refused


def call(
    table: TableClient,
    who: str,
    path: str,
    *,
    method: str = "GET",
    purpose: str = "case_consultation",
    body: Any = None,
    **headers: str,
) -> requests.Response:
    """A request with headers of our own; an underscore in a name is a hyphen."""
    given = {
        "Authorization": f"Bearer {table.client.token(table.people[who].id)}",
        "Purpose-Of-Use": purpose,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    url = table.client.base + path
    return requests.request(method, url, json=body, headers=given, timeout=10)


def pages(table: TableClient, who: str, path: str, purpose: str) -> Iterator[list[str]]:
    """The ids on each page of four rows; what happens between two pages is the test's."""
    after = ""
    while after is not None:
        cursor = f"&after={after}" if after else ""
        answer = call(table, who, f"{path}?limit=4{cursor}", purpose=purpose)
        body = table.expect(answer)
        yield [row["id"] for row in body[path.rpartition("/")[2]]]
        after = body["next"]


@pytest.mark.parametrize(
    ("who", "path", "purpose"),
    [("caw", "/v1/cases", "case_consultation"), ("caw", "/v1/referrals", "referral")],
)
def test_no_page_repeats_or_skips_a_case_that_was_there(
    table: TableClient, who: str, path: str, purpose: str
) -> None:
    """Eighteen of twenty families would be shown twice, because two others were referred."""
    there = [table.refer(who).id for _ in range(9)]
    shown: list[str] = []
    closed: set[str] = set()
    for number, page in enumerate(pages(table, who, path, purpose)):
        assert not closed & set(page)
        shown += page
        if number == 0:
            table.refer(who)
            table.refer(who)
            for last in (page[-1], there[2]):
                conflict = {"interest": "other_interest"}
                answer = table.post(who, f"/v1/cases/{last}/conflicts", conflict)
                assert answer.ok, answer.text
                closed.add(last)
        if set(there) - closed <= set(shown):
            break

    assert len(set(shown)) == len(shown)
    assert set(there) - closed <= set(shown)


def test_a_search_of_the_record_ends_where_it_began(table: TableClient) -> None:
    """Each page that an auditor reads is recorded: the search would follow its own tail."""
    case = table.refer()
    for _ in range(4):
        table.get("caw", case.path)
    question: dict[str, Any] = {"case": case.id, "limit": 2}
    indexes: list[int] = []
    while True:
        body = table.expect(table.post("auditor", "/v1/audit/records/search", question, "audit"))
        indexes += [entry["index"] for entry in body["entries"]]
        if body["next"] is None:
            break
        assert len(indexes) < 20
        question["after"] = body["next"]
        for _ in range(2):
            table.get("caw", case.path)

    everything = table.records(case=case.id)
    assert len(everything) > len(indexes)
    assert indexes == [entry["index"] for entry in everything[: len(indexes)]]


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("fr-BE,nl;q=0.5", "fr", "Introuvable"),
        ("nl;q=0.5, en-GB", "en", "Not found"),
        ("nl;q=0, *", "fr", "Introuvable"),
        ("garbage;;;, en;q=0.1", "en", "Not found"),
        ("*", "nl", "Niet gevonden"),
    ],
)
def test_a_reader_is_answered_in_the_preferred_language(
    table: TableClient, accepted: str, language: str, title: str
) -> None:
    """Somebody in Mouscron would read Dutch, because the browser also knows it."""
    answer = call(table, "caw", f"/v1/cases/{uuid.uuid4()}", Accept_Language=accepted)

    assert answer.status_code == 404
    assert (answer.headers["Content-Language"], answer.json()["title"]) == (language, title)
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("application/json;version=1", 200),
        ("text/html, */*;q=0.1", 200),
        ("text/html, image/gif, *; q=.2, */*; q=.2", 200),
        ("no media type", 200),
        ("application/json;q=0", 406),
        ("application/problem+json", 406),
    ],
)
def test_whoever_takes_json_is_answered(table: TableClient, accepted: str, status: int) -> None:
    """A client whose library adds a parameter would be locked out."""
    assert call(table, "caw", "/v1/cases?limit=1", Accept=accepted).status_code == status


@pytest.fixture(scope="module")
def formed() -> list[Case]:
    """The one case in forming that the tests below share, once it is there."""
    return []


def forming(table: TableClient, formed: list[Case]) -> Case:
    if not formed:
        formed.append(table.forming())
    return formed[0]


def items(table: TableClient, case: Case) -> int:
    """How many items the case has."""
    return len(table.expect(table.get("politie", f"{case.path}/items"))["items"])


def test_a_second_address_does_no_command_again(table: TableClient, formed: list[Case]) -> None:
    """The same key at the address with a slash would offer the same item twice."""
    case, key = forming(table, formed), str(uuid.uuid4())
    body = builders.item("safety", case.ids["a"])
    before = items(table, case)

    def offer(path: str, method: str = "POST") -> int:
        sent = call(table, "politie", path, method=method, body=body, Idempotency_Key=key)
        return sent.status_code

    assert offer(f"{case.path}/items") == 201
    assert offer(f"{case.path}/items/") == 404
    assert offer(f"{case.path}//items") == 404
    assert offer(f"/v1/cases/{case.id.upper()}/items") == 404
    assert offer(f"{case.path}/items", "OPTIONS") == 405
    assert offer(f"{case.path}/it%65ms") == 201
    assert items(table, case) == before + 1


def test_conditions_act_on_reads_only(table: TableClient, formed: list[Case]) -> None:
    """A command that was done would be answered as if nothing had changed."""
    case = forming(table, formed)
    conditions = {
        "If_None_Match": "*",
        "If_Modified_Since": "Fri, 31 Dec 2199 23:59:59 GMT",
        "Range": "bytes=0-1",
    }
    before = items(table, case)

    done = call(
        table,
        "politie",
        f"{case.path}/items",
        method="POST",
        body=builders.item("safety", case.ids["a"]),
        Idempotency_Key=str(uuid.uuid4()),
        **conditions,
    )
    read = call(table, "politie", f"{case.path}/items", If_Match='"other"', Range="bytes=0-1")
    tag = read.headers["ETag"]
    unchanged = call(table, "politie", f"{case.path}/items", If_None_Match=tag)

    assert (done.status_code, read.status_code, unchanged.status_code) == (201, 200, 304)
    assert len(read.json()["items"]) == before + 1
    assert unchanged.content == b""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/audit/records/" + "9" * 30 + "/proof", 404),
        ("/v1/audit/records/%EF%BC%91/proof", 404),
        ("/v1/audit/records/999999999999999/proof", 404),
        (f"/v1/audit/records/0/proof?size={2**53 - 1}", 404),
        (f"/v1/audit/records/0/proof?size={2**63}", 422),
        ("/v1/audit/checkpoints?limit=1e400", 422),
        ("/v1/audit/checkpoints?limit=%EF%BC%91%EF%BC%92", 422),
        ("/v1/audit/checkpoints?limit=" + "9" * 400, 422),
    ],
)
def test_a_number_of_any_size_has_an_answer(table: TableClient, path: str, status: int) -> None:
    """A huge number would be an error of ours."""
    assert call(table, "auditor", path, purpose="audit").status_code == status


@pytest.mark.parametrize("limit", [2**53, 2**63, 10**40, -1, 0, 1.5])
def test_a_number_in_a_body_has_bounds(table: TableClient, limit: float) -> None:
    """A number that the next service cannot read would be an error of ours."""
    answer = table.post("auditor", "/v1/audit/records/search", {"limit": limit}, "audit")

    refused(answer, "validation_failed")


def test_a_refused_value_is_explained_in_the_language_of_the_reader(
    table: TableClient, formed: list[Case]
) -> None:
    """An English note, or no more than "a rule", helps nobody at a table in Bruges."""
    case = forming(table, formed)
    yesterday = builders.TODAY() - timedelta(days=2)
    question = builders.request("parket", case.ids["a"]) | {"due": yesterday.isoformat()}

    answer = call(
        table,
        "politie",
        f"{case.path}/requests",
        method="POST",
        body=question,
        Idempotency_Key=str(uuid.uuid4()),
        Accept_Language="fr-BE",
    )

    refused(answer, "validation_failed")
    [error] = answer.json()["errors"]
    assert {"least", "most"} <= set(error)
    assert "note" not in error
    assert (error["pointer"], error["code"], error["detail"]) == (
        "/due",
        "range",
        "Cette valeur est trop petite ou trop grande, trop tôt ou trop tard.",
    )


def test_a_question_outside_forming_is_refused_by_the_rule_that_is_recorded(
    table: TableClient,
) -> None:
    """Policy would let through what intake refuses, and the record would say "permitted"."""
    case = table.weighing()

    answer = table.post(
        "politie", f"{case.path}/requests", builders.request("parket", case.ids["a"])
    )

    refused(answer, "not_allowed", "stage")
    [entry] = table.records(case=case.id, action="request_information")
    assert (entry["outcome"], entry["reasons"]) == ("denied", ["stage"])
