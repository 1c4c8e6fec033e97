"""Only an explicit decision counts; everything else is no decision, and soon."""

import http.server
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import coded
from chassis.opa import Opa, PolicyUnavailable
from deploy.local.parts import Parts, running
from deploy.local.progress import Progress
from tests.waiting import wait_until

RULES = """package sample.release

import rego.v1

decision := {"allow": input.n < 10, "n": input.n} if is_number(input.n)

number := 7
"""

PATH = "sample/release/decision"


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A real policy server with one small rule."""
    bundle = tmp_path_factory.mktemp("bundle")
    (bundle / "release.rego").write_text(RULES)
    with running(tmp_path_factory.mktemp("opa"), ("opa",), bundle=bundle) as parts:
        yield parts


@pytest.fixture
def opa(policy: Parts) -> Iterator[Opa]:
    """A client of it."""
    client = Opa(policy.opa_url)
    yield client
    client.close()


class _Answers(http.server.BaseHTTPRequestHandler):
    """Answers every question with the same bytes."""

    protocol_version = "HTTP/1.1"
    status = 200
    body = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def answering() -> Iterator[Any]:
    """Make a policy server that answers (status, body) to everything; returns its URL."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(status: int, body: bytes) -> str:
        handler = type("_These", (_Answers,), {"status": status, "body": body})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def no_decision(opa: Opa, **question: Any) -> float:
    """Ask, expect no decision, and return how long that took."""
    started = time.monotonic()
    with pytest.raises(PolicyUnavailable) as refused:
        opa.decide(PATH, question or {"n": 1})
    described = coded(refused.value)
    assert described is not None
    assert (described.code, described.next_step) == ("policy_unavailable", "retry")
    return time.monotonic() - started


def test_a_decision_is_returned_as_it_was_made(opa: Opa) -> None:
    """A partner would otherwise be shown something else than the policy decided."""
    assert opa.ready()
    assert opa.decide(PATH, {"n": 3}) == {"allow": True, "n": 3}
    assert opa.decide(PATH, {"n": 30}) == {"allow": False, "n": 30}


def test_an_undefined_decision_is_none(opa: Opa) -> None:
    """A misspelled rule or an input nobody thought of would otherwise open a case."""
    no_decision(opa, n="not a number")
    for path in ("sample/release/misspelled", "elsewhere/decision", "sample/release/number"):
        with pytest.raises(PolicyUnavailable):
            opa.decide(path, {"n": 1})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"{}"),
        (200, b'{"result": true}'),
        (200, b'{"result": [{"allow": true}]}'),
        (200, b'[{"result": {"allow": true}}]'),
        (200, b'{"result": {"allow": tr'),
        (200, b"<html>allow</html>"),
        (200, b""),
        (500, b'{"result": {"allow": true}}'),
        (404, b'{"result": {"allow": true}}'),
    ],
)
def test_nonsense_is_no_decision(answering: Any, status: int, body: bytes) -> None:
    """Whatever sits on the policy's port could otherwise open a case."""
    client = Opa(answering(status, body))
    assert no_decision(client) < 1
    client.close()


def test_a_frozen_policy_server_is_reported_in_time_and_found_again(
    policy: Parts, opa: Opa
) -> None:
    """Every reader would otherwise hang with it."""
    assert opa.decide(PATH, {"n": 3})["allow"]
    policy.opa.pause()
    try:
        assert no_decision(opa) < 1
        assert not opa.ready()
    finally:
        policy.opa.resume()
    wait_until(opa.ready, 5)
    assert opa.decide(PATH, {"n": 3})["allow"]


def test_a_restarted_policy_server_is_found_by_kept_connections(policy: Parts, opa: Opa) -> None:
    """Readers would otherwise be refused until the gateway is started anew."""
    assert opa.decide(PATH, {"n": 3})["allow"]
    policy.opa.stop()
    assert no_decision(opa) < 1
    policy.opa.start(Progress(None))
    assert opa.decide(PATH, {"n": 3})["allow"]
    policy.opa.stop()
    policy.opa.start(Progress(None))
    assert opa.decide(PATH, {"n": 3})["allow"]


def test_many_threads_share_the_client_and_get_their_own_answers(opa: Opa) -> None:
    """One reader would otherwise be given the decision about another."""

    def ask(number: int) -> int:
        return int(opa.decide(PATH, {"n": number})["n"])

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(400))) == list(range(400))


def test_neither_proxy_nor_netrc_of_the_machine_is_used(
    policy: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A proxy could otherwise answer in the policy's place."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = Opa(policy.opa_url)
    assert client.decide(PATH, {"n": 3}) == {"allow": True, "n": 3}
    client.close()


@pytest.mark.parametrize("url", ["", "127.0.0.1:8181", "ftp://127.0.0.1", "http://"])
def test_a_url_that_is_none_is_refused_at_the_start(url: str) -> None:
    """The mistake would otherwise show at the first question of a person."""
    with pytest.raises(ValueError, match="needs a URL"):
        Opa(url)
