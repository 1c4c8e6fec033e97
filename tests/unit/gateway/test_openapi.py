"""The document that describes the API is true, and reads like a page without a network."""

import re
from typing import Any

import pytest

from tests.unit.gateway.fakes import Platform, an_id


@pytest.fixture
def document(platform: Platform) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = platform.client().get("/v1/openapi.json").json
    return found


def test_every_route_is_described(platform: Platform, document: dict[str, Any]) -> None:
    """What is not in the document is not found by those who test the API."""
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    served = {
        (method, re.sub(r"<(?:[a-z_]+:)?([a-z_]+)>", r"{\1}", rule.rule))
        for rule in platform.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/") and rule.rule not in ("/v1/openapi.json", "/v1/docs")
    }
    assert described == served


def test_every_operation_says_what_it_needs_and_how_it_fails(document: dict[str, Any]) -> None:
    """A client is written from the document alone."""
    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"token": []}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            named = {parameter["name"] for parameter in operation["parameters"]}
            assert "Purpose-Of-Use" in named, path
            if method != "get" and not path.endswith("/search"):
                assert "Idempotency-Key" in named, path
            assert operation["summary"].endswith("."), path
            assert "default" in operation["responses"], path


def test_a_list_says_how_it_is_paged(document: dict[str, Any]) -> None:
    """Whoever does not know of the cursor reads the first page for ever."""
    parameters = document["paths"]["/v1/cases"]["get"]["parameters"]

    assert {p["name"]: p["in"] for p in parameters} == {
        "limit": "query",
        "after": "query",
        "Purpose-Of-Use": "header",
    }


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """A broken reference breaks every generator."""
    references = re.findall(r"'\$ref': '#/([^']+)'", str(document))

    assert len(references) == str(document).count("'$ref'") > 0
    for reference in references:
        found: Any = document
        for step in reference.split("/"):
            found = found[step]
        assert found


def test_every_document_says_what_it_is(document: dict[str, Any]) -> None:
    """Names alone do not explain a field of work."""
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name


def test_errors_are_described_as_problem_documents(document: dict[str, Any]) -> None:
    """Their media type says how to read them."""
    shared = document["components"]["responses"]
    problems = {f"#/components/responses/{name}" for name in shared}

    for response in shared.values():
        assert set(response["content"]) == {"application/problem+json"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["responses"]["default"]["$ref"] in problems, path


def test_patterns_are_those_of_json_schema(document: dict[str, Any]) -> None:
    r"""Python's \A and \Z mean other things elsewhere."""
    text = str(document)

    assert "\\\\A" not in text
    assert "\\\\Z" not in text


def test_the_page_needs_nothing_from_elsewhere(platform: Platform) -> None:
    """It is read where there is no network, and may be printed."""
    answer = platform.client().get("/v1/docs")

    assert answer.content_type == "text/html; charset=utf-8"
    assert not re.search(r'(?:src|href)="(?!#|openapi\.json")', answer.text)
    assert "<script" not in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "/v1/cases/{case_id}/transitions" in answer.text
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]


def test_every_link_on_the_page_leads_to_a_place_on_it(platform: Platform) -> None:
    """A reader who clicks must land."""
    page = platform.client().get("/v1/docs").text
    places = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))

    assert len(links) > 30
    assert links <= places


def test_an_operation_names_what_the_record_calls_it_and_the_purposes_that_serve(
    platform: Platform, document: dict[str, Any]
) -> None:
    """A caller would try purposes until one fits, and an auditor not find what a call left."""
    case, session = platform.put_case(), an_id()
    agenda = [{"case": case, "referrer_attends": False, "put_by": "chair"}]
    platform.bus.stub("intake", "list_cases", lambda _: {"cases": [], "next": None})
    platform.bus.stub(
        "intake",
        "read_session",
        lambda request: {
            "session": {"id": request["session"], "found": True, "agenda": agenda},
            "cases": [platform.cases[case]["case"]],
        },
    )
    message = {"id": an_id(), "task": "crisis", "at": "2026-03-02T08:00:00+00:00", "read": False}
    platform.bus.stub(
        "notifications",
        "open_message",
        lambda _: {"message": {**message, "version": 1}, "about": {"case": case}},
    )
    ids = {"case_id": case, "referral_id": case, "session_id": session, "index": "0"}
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        named = operations["get"]["x-recorded-as"]
        address = re.sub(r"{(\w+)}", lambda part: ids.get(part[1], an_id()), path)
        platform.get(address)
        assert platform.recorded[-1]["action"] == named, path
        (purpose,) = (p for p in operations["get"]["parameters"] if p["name"] == "Purpose-Of-Use")
        assert purpose["schema"]["enum"], path


def test_days_and_moments_have_their_formats_and_say_their_bounds(document: dict[str, Any]) -> None:
    """A client that is made from the document sends what is taken."""
    schemas = document["components"]["schemas"]
    day = schemas["RequestInformationBody"]["properties"]["due"]
    moment = schemas["ScheduleSessionBody"]["properties"]["starts_at"]
    past = schemas["LogContactBody"]["properties"]["on"]

    assert (day["format"], moment["format"], past["format"]) == ("date", "date-time", "date")
    assert "`latest_due_days`" in day["description"]
    assert "`latest_session_days`" in moment["description"]
    assert past["description"] == "Not after today."
