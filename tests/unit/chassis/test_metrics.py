"""The numbers that an operator watches are there, under names that do not change."""

from chassis.metrics import EVENTS, OUTBOX_DEPTH, RPC_SECONDS, render


def test_metrics_are_served_in_the_text_format_of_prometheus() -> None:
    """An alarm on parked events would otherwise never go off."""
    RPC_SECONDS.labels(method="a_method", outcome="ok").observe(0.004)
    EVENTS.labels(type="a_type", outcome="parked").inc()
    OUTBOX_DEPTH.set(3)
    body, content_type = render()
    text = body.decode()
    assert content_type.startswith("text/plain")
    assert 'ketenaanpak_rpc_seconds_count{method="a_method",outcome="ok"} 1.0' in text
    assert 'ketenaanpak_events_total{outcome="parked",type="a_type"} 1.0' in text
    assert "ketenaanpak_outbox_depth 3.0" in text
