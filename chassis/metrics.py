"""The Prometheus metrics of a service."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

REGISTRY = CollectorRegistry()

RPC_SECONDS = Histogram(
    "ketenaanpak_rpc_seconds",
    "Time to serve an RPC, by method and outcome (ok or the error's code)",
    ("method", "outcome"),
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
EVENTS = Counter(
    "ketenaanpak_events_total",
    "Events by type and what became of them: handled, retried, parked or ignored",
    ("type", "outcome"),
    registry=REGISTRY,
)
OUTBOX_DEPTH = Gauge(
    "ketenaanpak_outbox_depth", "Events waiting to be published", registry=REGISTRY
)


def render() -> tuple[bytes, str]:
    """All metrics in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
