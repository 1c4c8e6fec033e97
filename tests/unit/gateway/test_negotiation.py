"""The language and media type that a caller prefers, as RFC 9110 and RFC 4647 say."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.http.negotiation import accepts_json, language
from tests.unit.gateway.fakes import Platform, an_id

LANGUAGES = {
    "": "nl",
    "fr": "fr",
    "FR": "fr",
    "fr-BE": "fr",
    "fr-be": "fr",
    "fr_BE": "fr",
    "fr-BE,nl;q=0.5": "fr",
    "nl;q=0.5,fr-BE": "fr",
    "nl;q=0.5, fr-BE;q=0.4": "nl",
    "en-GB,fr;q=0.9,nl;q=0.8": "en",
    "de-DE,de;q=0.9,en-US;q=0.8,nl;q=0.7": "en",
    "nl-Latn-BE, en;q=0.9": "nl",
    "de, ja;q=0.5": "nl",
    "fra, nederlands": "nl",
    "x-fr, en;q=0.1": "en",
    "*": "nl",
    "*, fr;q=0.5": "nl",
    "fr;q=0.5, *;q=0.1": "fr",
    "nl;q=0.1, *;q=0.5": "fr",
    "de, *;q=0.5": "nl",
    "nl;q=0": "fr",
    "nl;q=0, *": "fr",
    "nl;q=0, fr;q=0.0, *": "en",
    "nl;q=0, fr;q=0, en;q=0.000": "nl",
    "*;q=0": "nl",
    "*;q=0, en;q=0.1": "en",
    "fr;q=0, fr-BE, en;q=0.1": "en",
    "fr-BE;q=0, fr;q=0.2": "fr",
    "fr;q=1.000, nl;q=0.999": "fr",
    "fr;q=0.001": "fr",
    "en;level=1, fr;q=0.5": "fr",
    "fr;q=abc, en;q=0.1": "en",
    "fr;q=2, en;q=0.1": "en",
    "fr;q=-1, en;q=0.1": "en",
    "fr;q=, en;q=0.1": "fr",
    "!!, en": "en",
    ";;;, , en": "en",
    "(garbage)": "nl",
    "\xe9\xe8": "nl",
}
"""What is sent → the language of the answer."""


@pytest.mark.parametrize(("accepted", "expected"), LANGUAGES.items())
def test_the_range_of_the_highest_weight_that_is_ours_decides(
    platform: Platform, accepted: str, expected: str
) -> None:
    """Somebody who reads French would be answered in Dutch."""
    answer = platform.get(f"/v1/cases/{an_id()}", **{"Accept-Language": accepted})

    assert (answer.status_code, answer.headers["Content-Language"]) == (404, expected)
    vary = answer.headers["Vary"].split(", ")
    assert vary == ["Accept", "Accept-Language", "Authorization", "Purpose-Of-Use"]


ACCEPTED = (
    "",
    " , ,",
    "application/json",
    "Application/JSON",
    "application/json;version=1",
    "application/json; version=1; q=0.1",
    'application/json;profile="https://example.org/a,b"',
    "application/json;q=0.001",
    "application/json;version=1;q=0, application/json",
    "application/json;version=1, application/json;version=2;q=0",
    "application/json;version=2;q=0, */*",
    "application/json;indent=4;q=0.5, text/html",
    "application/*",
    "application/*;q=0.1",
    "*/*",
    "*/*;q=0.1",
    "*/*;version=1",
    "text/html, application/json;q=0.5",
    "text/html, */*;q=0.1",
    "*/*;q=0, application/json",
    "application/*;q=0, application/json;q=0.1",
    "application/json, */*;q=0",
    # what cannot be read refuses nothing
    "json",
    "*",
    "garbage",
    ";;;",
    "\xe9",
    "application/json;q=abc",
    "application/json;q=2",
    "text/html, image/gif, *; q=.2, */*; q=.2",
    "text/html, garbage",
)
REFUSED = (
    "text/html",
    "text/html, image/png;q=0.5",
    "application/problem+json",
    "application/xml",
    "text/*",
    "application/json;q=0",
    "application/json;q=0.000",
    "application/json;q=0, */*",
    "application/json;q=0, application/*;q=1",
    "application/*;q=0, */*",
    "*/*;q=0",
    "application/json;q=0, garbage",
)


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_whoever_takes_json_is_answered(platform: Platform, accepted: str) -> None:
    """A client with a parameter or a header of its own making would be locked out."""
    answer = platform.get(f"/v1/cases/{platform.put_case()}", Accept=accepted)

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("accepted", REFUSED)
def test_whoever_excludes_json_is_refused_before_anything_is_done(
    platform: Platform, accepted: str
) -> None:
    """An answer that nobody can read would be a look that is on the record."""
    answer = platform.get(f"/v1/cases/{platform.put_case()}", Accept=accepted)

    assert (answer.status_code, answer.json["code"]) == (406, "not_acceptable")
    assert platform.trace == []


_PIECES = some.sampled_from(
    [
        "fr",
        "nl",
        "en-GB",
        "*",
        "*/*",
        "application/json",
        "text/",
        ";q=",
        ";",
        ",",
        "0",
        "0.5",
        "=",
        '"',
        "-",
    ]
)


@given(some.lists(_PIECES | some.text(some.characters(max_codepoint=255), max_size=3), max_size=12))
def test_whatever_is_sent_has_an_answer(pieces: list[str]) -> None:
    """A header of somebody's browser must not be an error of ours."""
    header = "".join(each for each in "".join(pieces) if each.isprintable())
    sent = {"Accept": header, "Accept-Language": header}

    with Platform().app.test_request_context("/v1/cases", headers=sent):
        assert language() in ("nl", "fr", "en")
        assert accepts_json() in (True, False)
