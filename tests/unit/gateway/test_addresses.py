"""A thing has one address: another way to write it is none, or the same."""

import pytest

from tests import builders
from tests.unit.gateway.fakes import Platform, an_id
from tests.unit.gateway.test_conditional_headers import routes


def test_no_route_has_a_second_address(platform: Platform) -> None:
    """The same key, sent to the other address, would do the same command a second time."""
    tried = 0
    for method, path in routes(platform):
        for other in (
            f"{path}/",
            f"{path}//",
            f"{path}%2F",
            f"/{path}",
            path.replace("/v1/", "/v1//"),
            path.replace("/v1/", "/v1/./"),
            path.replace("/v1/", "/V1/"),
            f"{path};v=1",
            f"{path}%20",
            f"{path}%00",
        ):
            headers = platform.headers(**{"Idempotency-Key": "k", "If-Match": '"1"'})
            answer = platform.client().open(other, method=method, headers=headers, json={})
            assert answer.status_code in (404, 405), (method, other)
            tried += 1
    assert tried > 500
    assert platform.trace == []


def test_the_id_of_a_case_has_one_form(platform: Platform) -> None:
    """A command to the id in capitals would be another one."""
    case = platform.put_case()

    for other in (
        case.upper(),
        f"{{{case}}}",
        case.replace("-", ""),
        f"urn:uuid:{case}",
        f"{case} ",
    ):
        assert platform.command(f"/v1/cases/{other}/items", {}).status_code == 404
    assert platform.trace == []


def test_encoded_letters_are_the_letters(platform: Platform) -> None:
    """The same key at the same address, written otherwise, is the same command."""
    platform.bus.stub("intake", "offer_item", lambda _: {"id": an_id(), "version": 1})
    case, body = platform.put_case(), builders.item("safety", an_id())

    for path in (
        f"/v1/cases/{case}/items",
        f"/v1/c%61ses/{case}/it%65ms",
        f"/v1/cases/{case}/items?",
    ):
        assert platform.command(path, body, **{"Idempotency-Key": "k"}).status_code == 201

    assert len({each["command_id"] for each in platform.sent("intake.offer_item")}) == 1


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PATCH", "DELETE", "PROPFIND"])
def test_no_other_method_does_a_command(platform: Platform, method: str) -> None:
    """A look at an address must change nothing."""
    path = f"/v1/cases/{platform.put_case()}/transitions"

    answer = platform.command(path, {"command": "withdraw"}, method)

    assert answer.status_code == 405
    assert platform.trace == []


@pytest.mark.parametrize(
    "index", ["-1", "+1", "01", "1.0", "1e3", "１", "١", "0x1", "%C2%B2", "9" * 16, "9" * 400]
)
def test_an_index_that_no_record_has_is_no_address(platform: Platform, index: str) -> None:
    """A huge number would be an error of ours."""
    answer = platform.get(f"/v1/audit/records/{index}/proof")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert platform.trace == []


@pytest.mark.parametrize(
    "query",
    [
        "size=0",
        "size=-1",
        "size=01",
        "size=1e400",
        "size=%EF%BC%91",
        "size=1_0",
        "size=+1",
        f"size={2**53}",
        f"size={2**63}",
        f"size={'9' * 400}",
    ],
)
def test_a_size_that_no_log_has_is_refused(platform: Platform, query: str) -> None:
    """A number that the database cannot hold would be an error of ours."""
    answer = platform.get(f"/v1/audit/records/1/proof?{query}")

    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert platform.trace == []
