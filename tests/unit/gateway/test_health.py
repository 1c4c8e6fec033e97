"""What whoever runs the gateway sees: enough to act on, and never an id."""

import json
import re
from io import StringIO

import pytest
from flask import Flask

from chassis import logs
from gateway.http.health import Readiness
from tests.unit.gateway.fakes import Platform, an_id, raising


def everything_ready(platform: Platform) -> None:
    for service in ("intake", "risk", "plans", "notifications", "audit"):
        platform.bus.stub(service, "ping", lambda _: {"ready": True})


def test_ready_when_all_that_answers_need_is_there(platform: Platform) -> None:
    """Traffic comes once it can be answered."""
    everything_ready(platform)

    answer = platform.client().get("/readyz")

    assert (answer.status_code, answer.json["ready"]) == (200, True)


@pytest.mark.parametrize("service", ["intake", "audit"])
def test_not_ready_without_the_services_that_every_release_needs(
    platform: Platform, service: str
) -> None:
    """Whoever looks sees which one is missing."""
    everything_ready(platform)
    platform.bus.stub(service, "ping", raising(TimeoutError()))

    answer = platform.client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["services"][service] is False


def test_ready_without_a_service_that_only_reacts(platform: Platform) -> None:
    """Cases are read and worked on while the inbox is away."""
    everything_ready(platform)
    platform.bus.stub("notifications", "ping", raising(TimeoutError()))

    assert platform.client().get("/readyz").status_code == 200


def test_asking_often_asks_the_parts_once(platform: Platform) -> None:
    """A probe that anybody may send must not be an amplifier."""
    everything_ready(platform)
    now = [0.0]
    readiness = Readiness(platform.app.extensions["ketenaanpak"], lambda: now[0])

    for _ in range(10):
        readiness.report()
    assert len(platform.trace) == 5
    now[0] = 1.1
    readiness.report()
    assert len(platform.trace) == 10


def test_alive_asks_nobody(platform: Platform) -> None:
    """A restart mends no other part."""
    assert platform.client().get("/healthz").json == {"alive": True}
    assert platform.trace == []


@pytest.fixture
def lines() -> StringIO:
    """The log of this process, for the length of a test."""
    stream = StringIO()
    logs.configure("gateway", stream=stream)
    return stream


def test_metrics_and_log_lines_hold_routes_and_no_ids(platform: Platform, lines: StringIO) -> None:
    """Measurements and logs are kept for long and read by many."""
    case = platform.put_case()
    platform.get(f"/v1/cases/{case}?x=KANARIE")
    platform.get(f"/v1/{an_id()}")

    measured = platform.client().get("/metrics").text
    reply = [json.loads(line) for line in lines.getvalue().splitlines()]

    assert case not in measured + str(reply)
    assert "KANARIE" not in measured + str(reply)
    assert 'route="/v1/cases/<random_id:case_id>"' in measured
    answered = [line for line in reply if line["event"] == "answered"]
    assert {"method", "route", "status", "ms", "call_id"} <= set(answered[0])


def test_a_trace_goes_on(platform: Platform) -> None:
    """Whoever follows a request through several systems follows it through this one."""
    case = platform.put_case()
    trace = "0af7651916cd43dd8448eb211c80319c"
    body = {"answer": "nothing_known"}
    path = f"/v1/cases/{case}/answers"

    for given in (f"00-{trace}-b7ad6b7169203331-01", "nonsense"):
        platform.command(path, body, traceparent=given)

    first, second = platform.sent("intake.answer_forming")
    assert first["traceparent"].startswith(f"00-{trace}-")
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", second["traceparent"])
    assert trace not in second["traceparent"]


def test_the_application_has_no_folder_of_files_to_serve(platform: Platform) -> None:
    """Nothing is served that no route names."""
    app: Flask = platform.app

    assert app.static_folder is None
