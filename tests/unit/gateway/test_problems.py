"""Every "no" is a problem document with a stable code, in the reader's language."""

from typing import Any

import pytest

from chassis.errors import CodedError, Park, Refuse, Retry
from contracts.errors import STATUS
from contracts.reasons import Reason
from contracts.vocabulary import LANGUAGES
from gateway.http.bodies import LARGEST
from gateway.http.problems import problem_of
from gateway.texts import TEXTS
from tests import builders
from tests.unit.gateway.fakes import Platform, an_id, raising

ITEMS = f"/v1/cases/{an_id()}/items"


def assert_problem(answer: Any, status: int, code: str) -> None:
    """The whole of what every problem document promises."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = answer.json
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:ketenaanpak:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert answer.headers["Content-Language"] == "nl"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept-Language" in answer.headers["Vary"]


BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "malformed_json"),
    "not JSON": (b"{", 400, "malformed_json"),
    "two documents": (b"{}{}", 400, "malformed_json"),
    "a duplicate key": (b'{"category": "safety", "category": "judicial"}', 400, "malformed_json"),
    "a duplicate key inside": (b'{"a": {"b": 1, "b": 2}}', 400, "malformed_json"),
    "NaN": (b'{"category": NaN}', 400, "malformed_json"),
    "Infinity": (b'{"category": -Infinity}', 400, "malformed_json"),
    "a number beyond bounds": (b'{"category": 1e999}', 400, "malformed_json"),
    "a number of 5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", 400, "malformed_json"),
    "invalid UTF-8": (b'{"category": "\xff"}', 400, "malformed_json"),
    "UTF-16": ('{"category": "safety"}'.encode("utf-16"), 400, "malformed_json"),
    "a lone surrogate": (b'{"text": "\\ud800"}', 400, "malformed_json"),
    "a lone surrogate as key": (b'{"\\ud800": 1}', 400, "malformed_json"),
    "too deep": (b"[" * 20 + b"]" * 20, 400, "malformed_json"),
    "far too deep": (b"[" * 200_000 + b"]" * 200_000, 400, "malformed_json"),
    "a list": (b"[]", 422, "validation_failed"),
    "a word": (b'"safety"', 422, "validation_failed"),
    "null": (b"null", 422, "validation_failed"),
    "an empty object": (b"{}", 422, "validation_failed"),
    "too large": (b'{"text": "' + b"x" * LARGEST + b'"}', 413, "body_too_large"),
}


@pytest.mark.parametrize(("raw", "status", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_meant_is_refused(
    platform: Platform, raw: bytes, status: int, code: str
) -> None:
    """What two readers could read differently must reach neither."""
    headers = platform.headers(**{"Idempotency-Key": "k", "Content-Type": "application/json"})

    answer = platform.client().post(ITEMS, headers=headers, data=raw)

    assert_problem(answer, status, code)
    assert platform.trace == []


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_only_json_is_read(platform: Platform, media_type: str) -> None:
    """A form of another site must not be taken for a command."""
    headers = platform.headers(**{"Idempotency-Key": "k", "Content-Type": media_type})

    answer = platform.client().post(ITEMS, headers=headers, data=b"{}")

    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("changes", "pointer", "kind"),
    [
        ({"extra": 1}, "/extra", "unknown"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown"),
        ({"category": "gossip"}, "/category", "choice"),
        ({"category": "whereabouts"}, "/category", "choice"),
        ({"category": 7}, "/category", "type"),
        ({"category": None}, "/category", "null"),
        ({"text": ""}, "/text", "length"),
        ({"text": "\x00"}, "/text", "control"),
        ({"text": "x" * 10_001}, "/text", "length"),
        ({"text": f"zie {ITEMS}"}, "/text", "named_id"),
        ({"as_of": "yesterday"}, "/as_of", "type"),
        ({"subjects": "one"}, "/subjects", "type"),
        ({"subjects": ["one"]}, "/subjects/0", "pattern"),
        ({"obtained_from": {"organisation": "x"}}, "/obtained_from/function", "missing"),
        ({"only_for": ["caw", "caw"]}, "/only_for", "repeated"),
        ({"only_for": ["two words"]}, "/only_for/0", "pattern"),
    ],
)
def test_a_mistake_is_pointed_at(
    platform: Platform, changes: dict[str, Any], pointer: str, kind: str
) -> None:
    """A person who filled in twenty fields must be told which one, and what is wrong with it."""
    answer = platform.command(ITEMS, {**builders.item("safety", an_id()), **changes})

    assert_problem(answer, 422, "validation_failed")
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["code"]) == (pointer, kind)
    assert error["detail"] == TEXTS["nl"]["validation_errors"][kind]
    assert platform.trace == []


def test_a_rule_between_members_is_answered_in_the_language_of_the_reader(
    platform: Platform,
) -> None:
    """Only the rule itself says what goes with what; its English would be read by nobody."""
    path = f"/v1/cases/{an_id()}/answers"

    answer = platform.command(path, {"answer": "declined"}, **{"Accept-Language": "fr"})

    (error,) = answer.json["errors"]
    assert error == {
        "pointer": "/ground",
        "code": "ground_not_with_answer",
        "detail": "Une raison va avec un refus, et seulement avec un refus.",
    }


def test_a_validation_error_is_answered_without_the_value(platform: Platform) -> None:
    """What somebody wrote must not come back in an error, a log or a screenshot."""
    answer = platform.command(ITEMS, builders.item("KANARIE", "KANARIE", as_of="KANARIE"))

    assert answer.status_code == 422
    assert "KANARIE" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": None}, 401, "token_missing"),
        ({"Authorization": "Basic YTpi"}, 401, "token_missing"),
        ({"Authorization": "Bearer x"}, 401, "token_invalid"),
        ({"Purpose-Of-Use": None}, 400, "purpose_missing"),
        ({"Purpose-Of-Use": "curiosity"}, 403, "purpose_not_allowed"),
        ({"Idempotency-Key": None}, 400, "idempotency_key_missing"),
        ({"Idempotency-Key": "two words"}, 400, "idempotency_key_missing"),
        ({"Idempotency-Key": "x" * 201}, 400, "idempotency_key_missing"),
        ({"If-Match": None}, 428, "precondition_required"),
        ({"If-Match": "1"}, 428, "precondition_required"),
        ({"If-Match": '"one"'}, 428, "precondition_required"),
        ({"If-Match": "*"}, 428, "precondition_required"),
        ({"If-Match": '"0"'}, 428, "precondition_required"),
        ({"Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_a_header_that_is_missing_or_odd_is_refused(
    platform: Platform, headers: dict[str, str | None], status: int, code: str
) -> None:
    """Who, why, which command and which version: nothing goes on without them."""
    given: dict[str, Any] = {
        **platform.headers(**{"Idempotency-Key": "k", "If-Match": '"1"'}),
        **headers,
    }
    sent = {name: value for name, value in given.items() if value is not None}
    path = f"/v1/cases/{an_id()}/transitions"

    answer = platform.client().post(path, headers=sent, json={"command": "withdraw"})

    assert_problem(answer, status, code)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert platform.trace == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/cases/not-an-id", 404, "not_found"),
        ("GET", "/v1/cases/" + "A" * 8, 404, "not_found"),
        ("GET", "/v1//cases", 404, "not_found"),
        ("GET", "/v1/cases/", 404, "not_found"),
        ("GET", "/static/x", 404, "not_found"),
        ("DELETE", "/v1/cases", 405, "method_not_allowed"),
        (
            "PATCH",
            "/v1/cases/" + "0" * 8 + "-0000-4000-8000-" + "0" * 12,
            405,
            "method_not_allowed",
        ),
        ("GET", "/v1/audit/records/-1/proof", 404, "not_found"),
        ("OPTIONS", "/v1/cases", 405, "method_not_allowed"),
        ("TRACE", "/v1/cases", 405, "method_not_allowed"),
    ],
)
def test_an_address_that_does_not_exist_is_answered_by_a_problem(
    platform: Platform, method: str, path: str, status: int, code: str
) -> None:
    """A client that reads problems must never meet a page of HTML."""
    answer = platform.client().open(path, method=method, headers=platform.headers())

    assert_problem(answer, status, code)


def test_a_method_that_does_not_exist_names_those_that_do(platform: Platform) -> None:
    """RFC 9110 wants `Allow` with 405."""
    answer = platform.client().delete("/v1/cases")

    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=many", "limit=1.5", "limit=1&limit=2", "page=2", "after="],
)
def test_a_query_that_is_odd_is_refused(platform: Platform, query: str) -> None:
    """A misspelt parameter that is ignored gives another answer than was asked for."""
    assert_problem(platform.get(f"/v1/cases?{query}"), 422, "validation_failed")


@pytest.mark.parametrize("verb", ["get", "command"])
@pytest.mark.parametrize("query", ["stage=active", "fragment=1&fragment=2"])
def test_a_query_that_a_route_does_not_know_is_refused(
    platform: Platform, verb: str, query: str
) -> None:
    """Who narrows an answer would take the whole for the part, or send a command for another."""
    path = f"/v1/cases/{platform.put_case()}/items?{query}"
    answer = getattr(platform, verb)(path)

    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    named = query.partition("=")[0]
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [
        (f"/{named}", "unknown")
    ]
    assert platform.trace == []


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("", "nl", "Niet gevonden"),
        ("nl-BE", "nl", "Niet gevonden"),
        ("fr-BE,fr;q=0.9,nl;q=0.5", "fr", "Introuvable"),
        ("en-GB", "en", "Not found"),
        ("de", "nl", "Niet gevonden"),
        ("*", "nl", "Niet gevonden"),
    ],
)
def test_a_problem_is_answered_in_the_language_of_the_reader(
    platform: Platform, accepted: str, language: str, title: str
) -> None:
    """Dutch first, French and English too."""
    answer = platform.get(f"/v1/cases/{an_id()}", **{"Accept-Language": accepted})

    assert (answer.headers["Content-Language"], answer.json["title"]) == (language, title)


def test_a_mistake_of_ours_says_nothing_about_itself(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text of an exception may hold what a case holds."""
    platform.bus.stub("intake", "read_case", raising(RuntimeError("KANARIE")))

    answer = platform.get(f"/v1/cases/{an_id()}")

    assert_problem(answer, 500, "internal_error")
    assert "KANARIE" not in answer.text


def sentences(said: Any) -> set[str]:
    """The texts in a document: strings of several words, wherever they are."""
    if isinstance(said, dict):
        return set().union(*map(sentences, said.values()))
    if isinstance(said, list):
        return set().union(*map(sentences, said))
    return {said} if isinstance(said, str) and " " in said else set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", STATUS)
@pytest.mark.parametrize("kind", [Refuse, Retry, Park])
def test_nothing_that_is_read_is_in_another_language(
    platform: Platform, kind: type[CodedError], code: str, language: str
) -> None:
    """What an error says to developers is English: beside the rest it is read by nobody."""
    fault = {"pointer": "/due", "code": "range", "least": "2026-03-01", "most": "2026-04-01"}
    error = kind(code, "said in English only", reason=Reason.NOT_SOURCE, errors=[fault])
    platform.bus.stub("intake", "read_case", raising(error))
    headers = {"Accept-Language": language}

    answers = [
        problem_of(error).document(language),
        platform.get(f"/v1/cases/{an_id()}", **headers).json,
    ]

    for said in answers:
        assert said["title"] == TEXTS[language]["problems"][said["code"]]["title"]
        assert sentences(said) <= sentences(TEXTS[language]), said


@pytest.mark.parametrize("code", STATUS)
def test_every_code_has_one_status(code: str) -> None:
    """One table says with which status a code is answered."""
    problem = problem_of(Refuse(code))

    assert problem.status == STATUS[code]
    assert problem.document("nl")["code"] == code
    assert ("Retry-After" in problem.headers) == (STATUS[code] == 503)
