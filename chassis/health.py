"""What a service tells its supervisor over HTTP: alive, ready, and its numbers.

`/healthz` answers as long as the process does. `/readyz` asks each part and is
503 when one is not well, with a word per part. `/metrics` is Prometheus' text.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import eventlet
import orjson
from eventlet import wsgi

from chassis import metrics
from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drop
from chassis.bus.listener import Listener
from chassis.errors import Coded
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


def application(
    parts: Mapping[str, Check], before_metrics: Callable[[], None]
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The WSGI application; `before_metrics` brings the gauges up to date."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        kind = "application/json"
        if path == "/healthz":
            status, body = "200 OK", orjson.dumps({"status": "alive"})
        elif path == "/readyz":
            status, body = _readiness(parts)
        elif path == "/metrics":
            before_metrics()
            status = "200 OK"
            body, kind = metrics.render()
        else:
            status, body = "404 Not Found", orjson.dumps({"status": "no such page"})
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def serve(runtime: Runtime, parts: Mapping[str, Check]) -> Any:
    """Answer on the configured address from now on, in a greenthread; OSError when it is taken."""
    config = runtime.config
    listening = eventlet.listen((config.health_host, config.health_port), reuse_port=False)
    app = application(parts, lambda: _measure(runtime))
    return eventlet.spawn(wsgi.server, listening, app, log_output=False, debug=False)


def _readiness(parts: Mapping[str, Check]) -> tuple[str, bytes]:
    names = list(parts)
    told = dict(zip(names, eventlet.GreenPool().imap(_ask, parts.values()), strict=True))
    ready = not any(told.values())
    body = {
        "status": "ready" if ready else "not ready",
        "parts": {name: wrong or "ok" for name, wrong in told.items()},
    }
    return ("200 OK" if ready else "503 Service Unavailable"), orjson.dumps(body)


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
    except Coded as error:
        _log.warning("outbox_not_measured", code=error.code)
