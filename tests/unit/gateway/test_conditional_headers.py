"""Conditions act on reads only, and only the one that an answer can be left out for."""

from typing import Any

import pytest

from tests import builders
from tests.unit.gateway.fakes import Platform, an_id

CONDITIONS = {
    "If-None-Match": "*",
    "If-Modified-Since": "Fri, 31 Dec 2199 23:59:59 GMT",
    "If-Unmodified-Since": "Mon, 01 Jan 1990 00:00:00 GMT",
    "If-Range": '"x"',
    "Range": "bytes=0-3",
}


def routes(platform: Platform) -> list[tuple[str, str]]:
    """The method and path of every route of the API, with made-up ids."""
    found = []
    for rule in platform.app.url_map.iter_rules():
        values = {name: 7 if name == "index" else an_id() for name in rule.arguments}
        path = str(platform.app.url_map.bind("").build(rule.endpoint, values))
        if path.startswith("/v1/"):
            found += [(method, path) for method in sorted(rule.methods or ())]
    return found


def test_no_condition_changes_what_any_method_does(platform: Platform) -> None:
    """A command that was done would look as if nothing had changed, or not be done at all."""
    tried = set()
    for method, path in routes(platform):
        answers = []
        acting = {"If-None-Match"} if method in ("GET", "HEAD") else set()
        for conditions in ({}, {name: CONDITIONS[name] for name in CONDITIONS.keys() - acting}):
            platform.trace.clear()
            headers = {"Idempotency-Key": "k", "If-Match": '"1"', **conditions}
            sent = platform.headers(**headers)
            answer = platform.client().open(path, method=method, headers=sent, json={})
            calls = platform.calls()
            answers.append((answer.status_code, answer.data, calls))
        assert answers[0] == answers[1], (method, path)
        assert answers[1][0] not in (206, 304, 412, 416), (method, path)
        tried.add(method)
    assert tried == {"GET", "HEAD", "POST", "PUT"}


@pytest.mark.parametrize("condition", [*CONDITIONS.items(), ("If-None-Match", '"anything"')])
def test_a_command_is_done_and_answered_whatever_the_condition(
    platform: Platform, condition: tuple[str, str]
) -> None:
    """The person would not learn that it was done, and do it again."""
    done = {"id": an_id(), "version": 1}
    platform.bus.stub("intake", "offer_item", lambda _: done)
    path = f"/v1/cases/{platform.put_case()}/items"

    answer = platform.command(path, builders.item("safety", an_id()), **dict([condition]))

    assert (answer.status_code, answer.json["id"]) == (201, done["id"])
    assert platform.calls().count("intake.offer_item") == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({}, 200),
        ({"If-None-Match": "{tag}"}, 304),
        ({"If-None-Match": "W/{tag}"}, 304),
        ({"If-None-Match": '"other", {tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": "garbage"}, 200),
        ({"If-Match": '"other"'}, 200),
        ({"If-Match": "garbage"}, 200),
        ({"If-Match": '"99999999999999999999999"'}, 200),
        ({"If-Modified-Since": CONDITIONS["If-Modified-Since"]}, 200),
        ({"If-Unmodified-Since": CONDITIONS["If-Unmodified-Since"]}, 200),
        ({"Range": "bytes=0-3"}, 200),
        ({"Range": "bytes=0-3", "If-Range": "{tag}"}, 200),
    ],
)
def test_a_read_is_left_out_only_for_who_has_it(
    platform: Platform, method: str, conditions: dict[str, str], status: int
) -> None:
    """Part of a case, or none of it, would be shown for the whole."""
    path = f"/v1/cases/{platform.put_case()}"
    whole = platform.get(path)
    tag = whole.headers["ETag"]
    sent = {name: value.replace("{tag}", tag) for name, value in conditions.items()}

    answer = platform.client().open(path, method=method, headers=platform.headers(**sent))

    assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
    assert answer.headers["Vary"] == whole.headers["Vary"]
    assert answer.data == (whole.data if (method, status) == ("GET", 200) else b"")


def test_a_search_by_post_is_answered_whole(platform: Platform) -> None:
    """304 is no answer to a POST."""
    platform.bus.stub("audit", "search", lambda _: {"entries": [], "next": None})
    sent: dict[str, Any] = platform.headers(**{"If-None-Match": "*", "Purpose-Of-Use": "audit"})

    answer = platform.client().post("/v1/audit/records/search", headers=sent, json={})

    assert (answer.status_code, answer.json) == (200, {"entries": [], "next": None})


@pytest.mark.parametrize(
    "version",
    [
        "1",
        '"0"',
        '"01"',
        '"-1"',
        '"1.0"',
        '"1e1"',
        '"１"',
        'W/"1"',
        '"1", "2"',
        '"99999999999"',
        "*",
    ],
)
def test_a_version_that_cannot_be_one_is_refused(platform: Platform, version: str) -> None:
    """A change of a version that was never read would overwrite what somebody else wrote."""
    path = f"/v1/cases/{platform.put_case()}/transitions"
    sent = version.encode().decode("latin-1")

    answer = platform.command(path, {"command": "withdraw"}, **{"If-Match": sent})

    assert (answer.status_code, answer.json["code"]) == (428, "precondition_required")
    assert platform.trace == []
