"""Rights on the broker reach as far as a service's own business and no further."""

import re

from chassis.bus import topology

CALLS = {"risk": ("weighing_outcome", "lacking"), "audit": ("*",)}
SUBSCRIBED = ("intake.referral_submitted", "intake.case_withdrawn")


def allowed(expression: str, *names: str) -> list[str]:
    """Those of the names that the broker would let through."""
    return [name for name in names if re.search(expression, name)]


def test_a_service_may_only_configure_its_own_queues() -> None:
    """A service that was broken into must not delete the queue of another."""
    rights = topology.service_rights("plans", SUBSCRIBED, {})
    assert allowed(
        rights.configure,
        "rpc-plans",
        "events.plans",
        "events.plans.retry",
        "events.plans.parked",
        "reply.plans.1f",
        "rpc-plans2",
        "events.audit",
        "events.plansX",
        "reply.intake.1f",
        "",
    ) == [
        "rpc-plans",
        "events.plans",
        "events.plans.retry",
        "events.plans.parked",
        "reply.plans.1f",
    ]


def test_a_service_may_only_call_what_the_table_allows_and_answer_anybody() -> None:
    """The gateway's methods are not for services, and no service publishes for another."""
    topics = topology.service_rights("intake", (), CALLS).topics
    write, read = topics[topology.RPC_EXCHANGE]
    assert allowed(
        write,
        "risk.weighing_outcome",
        "risk.assessments",
        "audit.record",
        "audit.a.b",
        "reply.gateway.1f",
        "intake.submit",
    ) == ["risk.weighing_outcome", "audit.record", "reply.gateway.1f"]
    assert allowed(read, "intake.*", "reply.intake.1f", "risk.*", "#", "reply.#") == [
        "intake.*",
        "reply.intake.1f",
    ]
    write, read = topics[topology.EVENTS_EXCHANGE]
    assert allowed(write, "intake.closed", "plans.closed", "intake") == ["intake.closed"]
    assert allowed(read, "#", "plans.closed", "intake.*") == []


def test_a_service_may_only_bind_what_it_is_to_hear() -> None:
    """Receiving everything is for the record alone."""
    read = topology.service_rights("risk", SUBSCRIBED, {}).topics[topology.EVENTS_EXCHANGE][1]
    tried = (*SUBSCRIBED, "#", "intake.*", "intakeXreferral_submitted")
    assert allowed(read, *tried) == list(SUBSCRIBED)
    everything = topology.service_rights("audit", ("#",), {}).topics[topology.EVENTS_EXCHANGE][1]
    assert allowed(everything, "#", "intake.closed") == ["#"]


def test_a_service_may_only_park_for_itself() -> None:
    """What comes out of a parking queue is believed, so nobody else may put something in."""
    write, read = topology.service_rights("risk", SUBSCRIBED, {}).topics[topology.RETRY_EXCHANGE]
    keys = ("risk", "risk.again", "risk.parked", "plans.parked", "plans.again", "#")
    assert allowed(write, *keys) == ["risk.parked"]
    assert allowed(read, *keys) == ["risk", "risk.again", "risk.parked"]


def test_a_caller_may_call_and_hear_its_own_answers_only() -> None:
    """The door to the outside holds the fewest rights of all."""
    rights = topology.caller_rights("gateway", {"intake": ("*",), "risk": ("ping",)})
    assert allowed(rights.configure, "reply.gateway.1f", "rpc-intake", "events.audit") == [
        "reply.gateway.1f"
    ]
    assert allowed(rights.read, "reply.gateway.1f", "rpc-intake", "nameko-rpc") == [
        "reply.gateway.1f",
        "nameko-rpc",
    ]
    write, read = rights.topics[topology.RPC_EXCHANGE]
    assert allowed(write, "intake.submit", "risk.ping", "risk.lacking", "reply.intake.1") == [
        "intake.submit",
        "risk.ping",
    ]
    assert allowed(read, "reply.gateway.1f", "intake.*") == ["reply.gateway.1f"]


def test_the_operator_may_only_read_parking_queues() -> None:
    """Sending a parked event back needs no right to publish."""
    rights = topology.operator_rights()
    names = ("events.audit.parked", "events.audit", "events.a.b.parked", "rpc-intake", "nameko-rpc")
    assert allowed(rights.read, *names) == ["events.audit.parked"]
    assert allowed(rights.write, *names) == allowed(rights.configure, *names) == []


def test_an_event_queue_always_has_a_place_for_what_it_refuses() -> None:
    """Without a dead-letter target a refused event is gone."""
    found = {queue.name: queue for queue in topology.queues("risk", SUBSCRIBED)}
    keys = {key: name for name, queue in found.items() for _exchange, key in queue.bindings}
    event, retry, parked = (found[f"events.risk{end}"] for end in ("", ".retry", ".parked"))
    assert keys[str(event.arguments["x-dead-letter-routing-key"])] == "events.risk.retry"
    assert keys[str(retry.arguments["x-dead-letter-routing-key"])] == "events.risk"
    assert keys[str(parked.arguments["x-dead-letter-routing-key"])] == "events.risk"
    assert "x-message-ttl" not in event.arguments | parked.arguments
    assert topology.queues("intake", ()) == (
        topology.Queue("rpc-intake", {}, (("nameko-rpc", "intake.*"),)),
    )
