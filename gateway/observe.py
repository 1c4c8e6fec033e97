"""For whoever runs the gateway: is it alive, is it ready, how does it do. Never an id."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Blueprint, current_app, g, request
from prometheus_client import Histogram

from chassis import logs, metrics
from contracts.vocabulary import SERVICES
from gateway.answers import JSON, Public, as_view
from gateway.parts import Parts

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
    """Whether the gateway can answer; asked of the parts at most once a second."""

    def __init__(self, parts: Parts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._told: dict[str, Any] = {}
        self._until = float("-inf")

    def told(self) -> dict[str, Any]:
        """`ready`, and what each part and each service says."""
        with self._lock:
            if self._monotonic() > self._until:
                self._told = self._look()
                self._until = self._monotonic() + _KEPT_SECONDS
            return self._told

    def _look(self) -> dict[str, Any]:
        broker = self._parts.bus.reachable()
        parts = {
            "broker": broker,
            "policy": self._parts.policy.ready(),
            "keys": self._parts.authenticator.ready(),
        }
        services = (
            self._parts.bus.answering(SERVICES, PING_SECONDS)
            if broker
            else dict.fromkeys(SERVICES, False)
        )
        ready = all(parts.values()) and services["intake"] and services["audit"]
        return {"ready": ready, "parts": parts, "services": services}


def alive() -> Public:
    """This process answers."""
    return Public(b'{"alive":true}', JSON)


def ready() -> Public:
    """What is needed to answer is there; 503 when it is not."""
    readiness: Readiness = current_app.extensions["ketenaanpak-readiness"]
    told = readiness.told()
    return Public(orjson.dumps(told), JSON, 200 if told["ready"] else 503)


def measured() -> Public:
    """Counts and times for Prometheus."""
    body, media_type = metrics.render()
    return Public(body, media_type)


health.add_url_rule("/healthz", view_func=as_view(alive))
health.add_url_rule("/readyz", view_func=as_view(ready))
health.add_url_rule("/metrics", view_func=as_view(measured))


def tell(status: int) -> None:
    """One log line and one measurement for the request that was answered."""
    seconds = g.budget.elapsed()
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.url_rule else "unknown"
    HTTP_SECONDS.labels(method, route, str(status)).observe(seconds)
    log.info("answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
