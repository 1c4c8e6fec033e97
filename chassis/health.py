"""What a service tells its supervisor over HTTP: alive, ready, and its numbers.

`/healthz` answers as long as the process does. `/readyz` asks each part and is
503 when one is not well, with a word per part. `/metrics` is Prometheus' text.
"""

import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import orjson

from chassis import metrics
from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drop
from chassis.bus.listener import Listener
from chassis.errors import CodedError
from chassis.logs import logger
from chassis.mongo import reachable
from chassis.opa import Opa
from chassis.runtime import Runtime

Check = Callable[[], str]
"""Says what is wrong with a part, "" when nothing is; within a few seconds."""

_COMPARE_SECONDS = 5.0

_log = logger(__name__)


def checks(runtime: Runtime, listener: Listener | None) -> dict[str, Check]:
    """The parts that a service stands on."""
    found: dict[str, Check] = {
        "broker": lambda: _broker(runtime),
        "store": lambda: "" if reachable(runtime.database) else "unreachable",
    }
    if listener is not None:
        found["topology"] = Topology(runtime, listener)
    if runtime.config.opa_url:
        opa = Opa(runtime.config.opa_url)
        found["policy"] = lambda: "" if opa.ready() else "unreachable"
    return found


class Topology:
    """Compares the broker with the declared topology, at most every few seconds."""

    def __init__(self, runtime: Runtime, listener: Listener) -> None:
        self._runtime = runtime
        self._listener = listener
        self._told = ""
        self._until = 0.0

    def __call__(self) -> str:
        """The differences in words; "not consuming" while the service hears nothing."""
        if time.monotonic() >= self._until:
            self._told = self._compare()
            self._until = time.monotonic() + _COMPARE_SECONDS
        return self._told or ("" if self._listener.consuming else "not consuming")

    def _compare(self) -> str:
        config = self._runtime.config
        try:
            connection = connect(config.broker_url, f"{config.service} compares", seconds=1)
        except BROKEN:
            return ""  # "broker" tells it, and the listener is not consuming
        try:
            found = topology.check(connection, config.service, self._listener.patterns)
        except BROKEN:
            return "could not be compared"
        finally:
            drop(connection)
        return "; ".join(topology.blocking(found))


class Page(NamedTuple):
    """An answer to a supervisor."""

    status: int
    kind: str
    body: bytes


class Pages:
    """What there is to read; `before_metrics` brings the gauges up to date."""

    def __init__(self, parts: Mapping[str, Check], before_metrics: Callable[[], None]) -> None:
        self._parts = parts
        self._before_metrics = before_metrics

    def get(self, path: str) -> Page:
        """The page at a path."""
        if path == "/healthz":
            return _json(200, {"status": "alive"})
        if path == "/readyz":
            return self._readiness()
        if path == "/metrics":
            self._before_metrics()
            body, kind = metrics.render()
            return Page(200, kind, body)
        return _json(404, {"status": "no such page"})

    def _readiness(self) -> Page:
        """Ask the parts side by side, so that the slowest one sets the time."""
        told: dict[str, str] = {}

        def ask(name: str, check: Check) -> None:
            told[name] = _ask(check)

        threads = [threading.Thread(target=ask, args=part) for part in self._parts.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ready = not any(told.values())
        return _json(
            200 if ready else 503,
            {
                "status": "ready" if ready else "not ready",
                "parts": {name: told[name] or "ok" for name in self._parts},
            },
        )


def serve(runtime: Runtime, parts: Mapping[str, Check]) -> None:
    """Answer on the configured address from now on; OSError when it is taken.

    Not eventlet's own server: importing that one puts green modules into the
    standard library of any process that imports us, patched or not.
    """
    config = runtime.config
    pages = Pages(parts, lambda: _measure(runtime))
    server = ThreadingHTTPServer((config.health_host, config.health_port), _handler(pages))
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version = "health"
        sys_version = ""

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: Any) -> None:
            """A probe every few seconds is no news."""

    return Handler


def _json(status: int, value: dict[str, Any]) -> Page:
    return Page(status, "application/json", orjson.dumps(value))


def _ask(check: Check) -> str:
    try:
        return check()
    except Exception as error:
        _log.error("check_failed", exc_info=error)
        return "check failed"


def _broker(runtime: Runtime) -> str:
    return "" if runtime.client is not None and runtime.client.reachable() else "unreachable"


def _measure(runtime: Runtime) -> None:
    """An outbox that cannot be asked leaves the number as it was."""
    try:
        metrics.OUTBOX_DEPTH.set(runtime.outbox.depth())
    except CodedError as error:
        _log.warning("outbox_not_measured", code=error.code)
