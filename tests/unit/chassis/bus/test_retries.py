"""An event that fails comes back further and further apart, and its publisher stays known."""

from typing import Any

import amqp
import pytest

from chassis.bus.events import EventHandler, attempts_by, is_attempt_due, rejection_count
from chassis.bus.parking import publisher_of
from chassis.bus.rpc import trace_id


def refused(*deaths: dict[str, Any], **properties: Any) -> amqp.Message:
    """A message as the broker brings it back."""
    return amqp.Message(b"", application_headers={"x-death": list(deaths)}, **properties)


def test_a_handler_is_tried_after_growing_pauses() -> None:
    """Five tries in fifteen seconds, and for an outage every half minute as long as it lasts."""
    due = [rounds for rounds in range(130) if is_attempt_due(rounds)]
    assert due == [0, 1, 3, 7, 15, 31, 61, 91, 121]
    assert [attempts_by(rounds) for rounds in due] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_only_refusals_by_this_service_count() -> None:
    """The rest in the retry queue and a stay in parking are no failures of the handler."""
    message = refused(
        {"queue": "events.risk.retry", "reason": "expired", "count": 7},
        {"queue": "events.risk.parked", "reason": "rejected", "count": 2},
        {"queue": "events.risk", "reason": "rejected", "count": 4},
    )
    assert rejection_count(message, "risk") == 4
    assert rejection_count(amqp.Message(b""), "risk") == 0


def test_the_origin_of_a_parked_event_is_believed_from_the_service_itself_only() -> None:
    """Otherwise any publisher could claim to be another by adding a header."""
    headers = {"origin": "intake"}
    own = amqp.Message(b"", user_id="risk", application_headers=headers)
    other = amqp.Message(b"", user_id="plans", application_headers=headers)
    assert publisher_of(own, "risk") == "intake"
    assert publisher_of(other, "risk") == "plans"
    assert publisher_of(amqp.Message(b""), "risk") == ""


@pytest.mark.parametrize("wrong", [None, "", 7, "00-xyz-01", "00-" + "a" * 31 + "-b-01", "a-b-c-d"])
def test_a_trace_that_is_none_is_not_logged_as_one(wrong: object) -> None:
    """What a caller writes into a header must not get into log lines unchecked."""
    assert trace_id(wrong) is None
    assert trace_id(f"00-{'a' * 32}-{'b' * 16}-01") == "a" * 32


def test_a_handler_without_events_is_a_mistake() -> None:
    """It would never be called."""
    with pytest.raises(ValueError, match="which events"):
        EventHandler()
