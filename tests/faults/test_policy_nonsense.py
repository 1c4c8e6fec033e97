"""A policy service that answers nonsense opens nothing."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.progress import Progress
from tests.e2e.table_client import TableClient

NONSENSE: dict[str, Any] = {
    "nothing": {},
    "undefined decision": {"result": {}},
    "allow as a word": {"result": {"allow": "yes", "decisions": {}}},
    "a list": {"result": []},
    "no json": None,
    "allow without the rest": {"result": {"allow": True}},
    "every case allowed without fragments": {"result": {"policy_revision": "x", "decisions": {}}},
}


@pytest.fixture
def liar(fragile) -> Iterator[dict[str, Any]]:
    """Something that listens where OPA did and answers `liar["says"]` to everything."""
    says: dict[str, Any] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b"<html>" if says["says"] is None else json.dumps(says["says"]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    fragile.parts.opa.stop()
    port = int(fragile.parts.opa_url.rsplit(":", 1)[1])
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield says
    server.shutdown()
    server.server_close()
    thread.join()
    fragile.parts.opa.start(Progress(None))


def test_an_answer_that_is_not_exactly_a_decision_is_none(fragile, table: TableClient, liar):
    """Half an answer is no answer: nothing is released and nothing is sent."""
    for name, answer in NONSENSE.items():
        liar["says"] = answer
        for path in ("/v1/cases", "/v1/cases/00000000-0000-4000-8000-000000000000"):
            got = table.get("politie", path)
            assert got.status_code == 503, name
            assert got.json()["code"] == "policy_unavailable", name
