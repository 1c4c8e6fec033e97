"""A broker that differs from what is declared is found out, in words."""

import copy
from typing import Any

from ops.broker import declared_definitions, differences

VHOST = "ketenaanpak"


def held() -> dict[str, Any]:
    """What a broker holds that was given the declared definitions."""
    return copy.deepcopy(declared_definitions())


def test_a_broker_that_holds_what_is_declared_does_not_differ() -> None:
    """A healthy platform is called healthy, whatever else the broker serves."""
    found = held()
    found["queues"].append({"name": "of-somebody-else", "vhost": "/", "arguments": {}})

    assert differences(declared_definitions(), found) == []


def test_a_missing_binding_is_named() -> None:
    """An event that would quietly reach nobody is noticed before it is published."""
    found = held()
    found["bindings"] = [
        binding
        for binding in found["bindings"]
        if (binding["destination"], binding["routing_key"])
        != ("events.notifications", "intake.crisis_raised")
    ]

    assert differences(declared_definitions(), found) == [
        "binding ketenaanpak.events → intake.crisis_raised → events.notifications is missing"
    ]


def test_a_queue_with_other_arguments_is_named() -> None:
    """A queue without its dead-letter target would destroy events: it is reported."""
    found = held()
    (queue,) = (queue for queue in found["queues"] if queue["name"] == "events.audit")
    queue["arguments"] = {}

    (reply,) = differences(declared_definitions(), found)

    assert reply.startswith("queue events.audit has arguments {}, declared is {")


def test_rights_that_somebody_widened_are_named() -> None:
    """Nobody reads other services' queues because a right was widened by hand and forgotten."""
    found = held()
    (right,) = (row for row in found["permissions"] if row["user"] == "operator")
    right["read"] = ".*"
    found["permissions"].append(
        {"user": "guest", "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"}
    )

    reply = differences(declared_definitions(), found)

    assert reply == [
        "permission guest is not declared",
        r"permission operator has read '.*', declared is '^events\\.[^.]+\\.parked$'",
    ]


def test_what_an_export_leaves_out_is_no_difference() -> None:
    """Another version of the broker, which exports fewer members, is not called broken."""
    found = held()
    for exchange in found["exchanges"]:
        del exchange["internal"]

    assert differences(declared_definitions(), found) == []


def test_the_reply_queue_of_a_caller_is_no_difference() -> None:
    """A platform in use is not called broken because somebody waits for an answer."""
    found = held()
    reply = {"vhost": VHOST, "arguments": {}}
    found["queues"].append({**reply, "name": "reply.gateway.1"})
    found["bindings"].append(
        {
            **reply,
            "source": "nameko-rpc",
            "destination": "reply.gateway.1",
            "routing_key": "reply.gateway.1",
        }
    )

    assert differences(declared_definitions(), found) == []
