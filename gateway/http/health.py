"""For whoever runs the gateway: is it alive, is it ready, how fast is it. Never an id."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Blueprint, current_app, g, request
from prometheus_client import Histogram

from chassis import logs, metrics
from contracts.vocabulary import SERVICES
from gateway.dependencies import Dependencies
from gateway.http.responses import JSON, Public, as_view

log = logs.logger("gateway.requests")

HTTP_SECONDS: Final = Histogram(
    "ketenaanpak_http_seconds",
    "Seconds from request to answer",
    ("method", "route", "status"),
    registry=metrics.REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
PING_SECONDS: Final = 1.0
_KEPT_SECONDS: Final = 1.0

health = Blueprint("health", __name__)


class Readiness:
    """Whether the gateway can answer; looked up at most once a second."""

    def __init__(
        self, dependencies: Dependencies, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._dependencies = dependencies
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._report: dict[str, Any] = {}
        self._until = float("-inf")

    def report(self) -> dict[str, Any]:
        """`ready`, and the state of each dependency and each service."""
        with self._lock:
            if self._monotonic() > self._until:
                self._report = self._check()
                self._until = self._monotonic() + _KEPT_SECONDS
            return self._report

    def _check(self) -> dict[str, Any]:
        bus = self._dependencies.bus
        parts = {
            "broker": bus.reachable(),
            "policy": self._dependencies.policy.ready(),
            "keys": self._dependencies.authenticator.ready(),
        }
        services = dict.fromkeys(SERVICES, False)
        if parts["broker"]:
            services = bus.answering(SERVICES, PING_SECONDS)
        ready = all(parts.values()) and services["intake"] and services["audit"]
        return {"ready": ready, "parts": parts, "services": services}


def alive() -> Public:
    """This process answers."""
    return Public(b'{"alive":true}', JSON)


def ready() -> Public:
    """What is needed to answer is there; 503 when it is not."""
    readiness: Readiness = current_app.extensions["ketenaanpak-readiness"]
    report = readiness.report()
    return Public(orjson.dumps(report), JSON, 200 if report["ready"] else 503)


def measured() -> Public:
    """Counts and times for Prometheus."""
    body, media_type = metrics.render()
    return Public(body, media_type)


health.add_url_rule("/healthz", view_func=as_view(alive))
health.add_url_rule("/readyz", view_func=as_view(ready))
health.add_url_rule("/metrics", view_func=as_view(measured))


def observe_response(status: int) -> None:
    """One log line and one measurement for the request that was answered."""
    seconds = g.budget.elapsed()
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.url_rule else "unknown"
    HTTP_SECONDS.labels(method, route, str(status)).observe(seconds)
    log.info("answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
