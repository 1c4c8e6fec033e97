"""The doctor says what is wrong and what to do, also when nothing answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.platform import Platform
from ops.check_result import CheckResult
from ops.cli import app
from ops.doctor import check_platform
from ops.targets import Targets

NOBODY = "127.0.0.1:1"


@contextmanager
def readiness_page(status: int, body: bytes) -> Iterator[str]:
    """A page that answers like a service's /readyz."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/readyz"
        finally:
            server.shutdown()
            thread.join()


def nothing_there() -> Targets:
    """A platform of which no part answers."""
    return Targets(
        broker_url=f"amqp://operator:secret-of-the-operator@{NOBODY}/ketenaanpak",
        mongo_url=f"mongodb://auditor:secret-of-the-auditor@{NOBODY}/audit",
        opa_url=f"http://{NOBODY}",
        local=None,
    )


def test_every_part_that_is_away_is_named_with_a_remedy_and_without_its_password() -> None:
    """Somebody who is woken up at night reads what to do, and nobody reads a password."""
    results = {result.part: result for result in check_platform(nothing_there())}

    wrong = {part for part, result in results.items() if result.state == "wrong"}
    assert wrong == {"broker", "database", "policy"}
    assert all(results[part].remedy for part in wrong)
    assert "secret-of" not in str(results)


def test_what_the_operator_cannot_look_at_is_said_and_not_called_well() -> None:
    """A part that was not looked at does not pass for a healthy one."""
    targets = nothing_there()
    results = check_platform(Targets(targets.broker_url, None, None, None))

    looked = {result.part: result.state for result in results}
    assert looked["database"] == looked["policy"] == "look"


def test_for_a_broker_that_is_not_ours_the_command_to_remove_queues_is_given() -> None:
    """Its administrator, whom nobody else can replace, would not know what to type."""
    (topology,) = (each for each in check_platform(nothing_there()) if each.part == "topology")

    assert topology.state == "look"
    assert "`rabbitmqctl delete_queue --vhost ketenaanpak QUEUE`" in topology.remedy


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"status":"ready"}', CheckResult("page", "well", "ready")),
        (
            503,
            b'{"status":"not ready","parts":{"broker":"ok","store":"unreachable"}}',
            CheckResult("page", "wrong", "not ready: store unreachable", "look"),
        ),
        (
            503,
            b'{"ready":false,"parts":{"policy":false},"services":{"audit":false,"risk":true}}',
            CheckResult("page", "wrong", "not ready: policy, audit", "look"),
        ),
        (503, b"<html>", CheckResult("page", "wrong", "not ready: it does not say why", "look")),
        (503, b"[1]", CheckResult("page", "wrong", "not ready: it does not say why", "look")),
    ],
)
def test_a_readiness_page_is_read_as_it_is_meant(
    status: int, body: bytes, expected: CheckResult
) -> None:
    """The part behind an unready service is named, whoever wrote the page."""
    targets = Targets(nothing_there().broker_url, None, None, None)
    with readiness_page(status, body) as page:
        found = list(check_platform(targets, [page]))[-1]

    assert (found.state, found.detail) == (expected.state, expected.detail)
    assert bool(found.remedy) == bool(expected.remedy)


def test_the_exit_code_shows_a_script_that_something_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watchdog that runs the doctor notices."""
    (tmp_path / "secrets").mkdir(mode=0o700)
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    local = Platform(tmp_path)
    local.clock.set_offset(86_400.0)
    secret = local.parts.secrets.path("open", lambda: "read me")
    secret.chmod(0o644)

    done = CliRunner().invoke(app, ["doctor"], terminal_width=200)

    assert done.exit_code == 1
    assert "others may read open" in done.stdout
    assert "+1.00 days from true time" in done.stdout


def test_where_nothing_was_started_that_is_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer is told how to begin, and nothing is made in the folder."""
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))

    done = CliRunner().invoke(app, ["doctor"])

    assert done.exit_code == 1
    assert "make up" in done.stderr
    assert list(tmp_path.iterdir()) == []
