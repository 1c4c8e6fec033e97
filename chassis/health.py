"""Health endpoints of a service over HTTP: liveness, readiness, metrics.

`/healthz` answers as long as the process runs. `/readyz` checks each dependency and answers 503
when one fails, with the result of each. `/metrics` is in Prometheus' text format.
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
"""Returns what is wrong with a dependency, "" when nothing is; within a few seconds."""

_CACHE_SECONDS = 5.0

_log = logger(__name__)


def readiness_checks(runtime: Runtime, listener: Listener | None) -> dict[str, Check]:
    """The checks of a service's dependencies, by the names that `/readyz` shows."""
    checks: dict[str, Check] = {
        "broker": lambda: _broker(runtime),
        "store": lambda: "" if reachable(runtime.database) else "unreachable",
    }
    if listener is not None:
        checks["topology"] = TopologyCheck(runtime, listener)
    if runtime.config.opa_url:
        opa = Opa(runtime.config.opa_url)
        checks["policy"] = lambda: "" if opa.ready() else "unreachable"
    return checks


class TopologyCheck:
    """Compares the broker with the declared topology, at most every 5 seconds."""

    def __init__(self, runtime: Runtime, listener: Listener) -> None:
        self._runtime = runtime
        self._listener = listener
        self._differences = ""
        self._until = 0.0

    def __call__(self) -> str:
        """The differences; "not consuming" while there are none and the queues are not consumed."""
        if time.monotonic() >= self._until:
            self._differences = self._compare()
            self._until = time.monotonic() + _CACHE_SECONDS
        return self._differences or ("" if self._listener.consuming else "not consuming")

    def _compare(self) -> str:
        config = self._runtime.config
        try:
            connection = connect(config.broker_url, f"{config.service} compares", seconds=1)
        except BROKEN:
            return ""  # the check "broker" reports it, and the listener is not consuming
        try:
            found = topology.check(connection, config.service, self._listener.binding_keys)
        except BROKEN:
            return "could not be compared"
        finally:
            drop(connection)
        return "; ".join(topology.blocking(found))


class HealthResponse(NamedTuple):
    """An HTTP response."""

    status: int
    content_type: str
    body: bytes


class HealthEndpoints:
    """Responses by path; `before_metrics` brings the gauges up to date."""

    def __init__(self, checks: Mapping[str, Check], before_metrics: Callable[[], None]) -> None:
        self._checks = checks
        self._before_metrics = before_metrics

    def get(self, path: str) -> HealthResponse:
        """The response to `GET path`."""
        if path == "/healthz":
            return _json(200, {"status": "alive"})
        if path == "/readyz":
            return self._readiness()
        if path == "/metrics":
            self._before_metrics()
            body, content_type = metrics.render()
            return HealthResponse(200, content_type, body)
        return _json(404, {"status": "no such page"})

    def _readiness(self) -> HealthResponse:
        """Run the checks in parallel, so that it takes as long as the slowest one."""
        results: dict[str, str] = {}

        def run(name: str, check: Check) -> None:
            try:
                results[name] = check()
            except Exception as error:
                _log.error("check_failed", exc_info=error)
                results[name] = "check failed"

        threads = [threading.Thread(target=run, args=each) for each in self._checks.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ready = not any(results.values())
        return _json(
            200 if ready else 503,
            {
                "status": "ready" if ready else "not ready",
                "parts": {name: results[name] or "ok" for name in self._checks},
            },
        )


def serve(runtime: Runtime, checks: Mapping[str, Check]) -> None:
    """Answer on the configured address from now on; OSError when it is taken.

    Not with eventlet's own server: importing it puts green modules into the standard library of
    any process that imports us, patched or not.
    """
    config = runtime.config
    endpoints = HealthEndpoints(checks, lambda: _update_gauges(runtime))
    server = ThreadingHTTPServer((config.health_host, config.health_port), _handler(endpoints))
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()


def _handler(endpoints: HealthEndpoints) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version = "health"
        sys_version = ""

        def do_GET(self) -> None:
            response = endpoints.get(self.path.partition("?")[0])
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, *_: Any) -> None:
            """Log nothing: probes come every few seconds."""

    return Handler


def _json(status: int, value: dict[str, Any]) -> HealthResponse:
    return HealthResponse(status, "application/json", orjson.dumps(value))


def _broker(runtime: Runtime) -> str:
    return "" if runtime.client is not None and runtime.client.reachable() else "unreachable"


def _update_gauges(runtime: Runtime) -> None:
    """Set the outbox gauge; while the database is away it keeps its last value."""
    try:
        metrics.OUTBOX_DEPTH.set(runtime.outbox.depth())
    except CodedError as error:
        _log.warning("outbox_not_measured", code=error.code)
