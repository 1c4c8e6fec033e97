"""A part is missing: 503 within five seconds, nothing leaves, and it works again by itself."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from deploy.local.platform import Platform
from deploy.local.progress import Progress
from tests import builders
from tests.e2e.table_client import Case, TableClient
from tests.waiting import wait_until

LIMIT = 5.0
"""Seconds within which a caller is answered."""

MENDS_WITHIN = 40.0
"""Seconds within which everything works again after the part is back."""

SILENT = Progress(None)


@contextmanager
def opa_down(platform: Platform) -> Iterator[None]:
    platform.parts.opa.stop()
    yield
    platform.parts.opa.start(SILENT)


@contextmanager
def opa_frozen(platform: Platform) -> Iterator[None]:
    platform.parts.opa.pause()
    yield
    platform.parts.opa.resume()


@contextmanager
def broker_down(platform: Platform) -> Iterator[None]:
    platform.parts.rabbitmq.stop()
    yield
    platform.parts.rabbitmq.start(SILENT)


@contextmanager
def broker_frozen(platform: Platform) -> Iterator[None]:
    platform.parts.rabbitmq.pause()
    yield
    platform.parts.rabbitmq.resume()


@contextmanager
def database_down(platform: Platform) -> Iterator[None]:
    platform.parts.mongodb.stop()
    yield
    platform.parts.mongodb.start(SILENT)


@contextmanager
def database_frozen(platform: Platform) -> Iterator[None]:
    platform.parts.mongodb.pause()
    yield
    platform.parts.mongodb.resume()


def stopped(name: str) -> Callable:
    @contextmanager
    def fault(platform: Platform) -> Iterator[None]:
        platform.service(name).stop()
        yield
        platform.service(name).start()

    return fault


def frozen(name: str) -> Callable:
    @contextmanager
    def fault(platform: Platform) -> Iterator[None]:
        platform.service(name).pause()
        yield
        platform.service(name).resume()

    return fault


def killed(name: str) -> Callable:
    @contextmanager
    def fault(platform: Platform) -> Iterator[None]:
        platform.service(name).kill()
        yield
        platform.service(name).start()

    return fault


FAULTS = {
    "opa down": (opa_down, "policy_unavailable"),
    "opa frozen": (opa_frozen, "policy_unavailable"),
    "broker down": (broker_down, "service_unavailable"),
    "broker frozen": (broker_frozen, "service_unavailable"),
    "database down": (database_down, "service_unavailable"),
    "database frozen": (database_frozen, "service_unavailable"),
    "audit stopped": (stopped("audit"), "audit_unavailable"),
    "audit frozen": (frozen("audit"), "audit_unavailable"),
    "audit killed": (killed("audit"), "audit_unavailable"),
    "intake stopped": (stopped("intake"), "service_unavailable"),
    "intake frozen": (frozen("intake"), "service_unavailable"),
    "intake killed": (killed("intake"), "service_unavailable"),
}
"""Fault → how it is made, and the code that everybody is answered with."""


@pytest.fixture(scope="module")
def case(fragile: Platform) -> Case:
    """A case in forming whose texts are canaries."""
    from deploy.local.api_client import ApiClient

    table = TableClient(ApiClient(fragile.gateway_url, fragile.token))
    return table.forming(occurrences=[builders.narrative("KANARIE", "a")])


def timed(call: Callable[[], requests.Response]) -> tuple[requests.Response, float]:
    begin = time.monotonic()
    answer = call()
    return answer, time.monotonic() - begin


def assert_honest_503(answer: requests.Response, took: float, code: str) -> None:
    assert took < LIMIT
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == code
    assert "KANARIE" not in answer.text


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_without_a_part_nothing_leaves_nothing_is_half_done_and_it_mends_itself(
    fragile, table, case, fault, code
):
    """People must be able to rely on a refusal as much as on an answer."""
    body = builders.item("safety", case.ids["a"], text=f"tijdens {fault}")
    key = str(uuid.uuid4())
    before = len(table.get("politie", f"{case.path}/items").json()["items"])

    with fault(fragile):
        reads = [timed(lambda: table.get("politie", case.path)) for _ in range(2)]
        listed, list_took = timed(lambda: table.get("politie", "/v1/cases"))
        command, took = timed(lambda: table.post("politie", f"{case.path}/items", body, key=key))
        alive = requests.get(f"{fragile.gateway_url}/healthz", timeout=LIMIT)
        wait_until(
            lambda: requests.get(f"{fragile.gateway_url}/readyz", timeout=LIMIT).status_code == 503,
            LIMIT,
            "readiness says so",
        )

    for answer, seconds in (*reads, (listed, list_took), (command, took)):
        assert_honest_503(answer, seconds, code)
    assert alive.status_code == 200
    wait_until(
        lambda: table.get("politie", case.path).status_code == 200, MENDS_WITHIN, "a read succeeds"
    )
    repeated = wait_until(
        lambda: (
            (answer := table.post("politie", f"{case.path}/items", body, key=key)).ok and answer
        ),
        MENDS_WITHIN,
        "an answer to the same key",
    )
    items = table.get("politie", f"{case.path}/items").json()["items"]
    assert len(items) == before + 1
    assert repeated.json()["id"] in {item["id"] for item in items}


def questions(table: TableClient, who: str) -> int | None:
    """How many messages say that a question waits; None while the inbox cannot be read."""
    answer = table.get(who, "/v1/inbox?limit=100", "own_tasks")
    if not answer.ok:
        return None
    return sum(m["task"] == "question_waiting" for m in answer.json()["messages"])


@pytest.mark.parametrize("name", ["notifications", "risk", "plans"])
def test_a_service_that_only_reacts_may_be_away_and_misses_nothing(fragile, table, name):
    """Handing over information goes on while reminders or plans are being deployed."""
    before = questions(table, "ggz")
    assert before is not None
    fragile.service(name).stop()
    case = table.forming()
    request = builders.request("ggz", case.ids["a"])
    table.expect(table.post("politie", f"{case.path}/requests", request))

    fragile.service(name).start()

    wait_until(
        lambda: questions(table, "ggz") == before + 1, MENDS_WITHIN, "the message in the inbox"
    )


def test_a_wiped_broker_loses_no_event(fragile, table):
    """Even when every queue is gone, whoever should have learned of a question learns of it."""
    before = questions(table, "parket")
    assert before is not None
    fragile.service("notifications").stop()
    case = table.forming()
    request = builders.request("parket", case.ids["a"])
    table.expect(table.post("politie", f"{case.path}/requests", request))

    fragile.parts.rabbitmq.stop()
    fragile.parts.rabbitmq.wipe()
    fragile.parts.rabbitmq.start(SILENT)
    fragile.service("notifications").start()

    wait_until(
        lambda: questions(table, "parket") == before + 1, 90.0, "the event handled in spite of all"
    )


def test_an_event_that_nobody_can_handle_is_parked_for_operators(fragile, table):
    """A poisonous message must neither vanish nor block the ones behind it."""
    import json

    import kombu

    def parked() -> int:
        count: int = fragile.parts.rabbitmq.queues().get("events.notifications.parked", 0)
        return count

    parked_before, before = parked(), questions(table, "caw")
    assert before is not None
    with kombu.Connection(fragile.parts.broker_url("intake")) as connection:
        producer = connection.Producer()
        producer.publish(
            json.dumps({"specversion": "1.0", "KANARIE": "niet voor een log"}),
            exchange="ketenaanpak.events",
            routing_key="intake.information_requested",
            content_type="application/json",
            user_id="intake",
        )
    wait_until(lambda: parked() == parked_before + 1, 30.0, "the message in the parking queue")
    case = table.forming()
    request = builders.request("caw", case.ids["a"])
    table.expect(table.post("politie", f"{case.path}/requests", request))

    wait_until(lambda: questions(table, "caw") == before + 1, 30.0, "the next message in the inbox")
    logs = b"".join(file.read_bytes() for file in (fragile.state / "log").rglob("*"))
    assert b"niet voor een log" not in logs
