"""Routing keys are matched as the broker matches them."""

import pytest

from chassis.bus.routing_keys import check_binding_key, is_exact, matches, routing_key_of


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("intake.referral_submitted", "intake.referral_submitted", True),
        ("intake.referral_submitted", "intake.referral_submitted.v2", False),
        ("intake.*", "intake.referral_submitted", True),
        ("intake.*", "intake.case.closed", False),
        ("intake.*", "plans.plan_adopted", False),
        ("*.plan_adopted", "plans.plan_adopted", True),
        ("intake.#", "intake.case.closed", True),
        ("intake.#", "intake", True),
        ("intake.#", "intakes.case", False),
        ("#", "intake.referral_submitted", True),
        ("#.closed", "intake.case.closed", True),
    ],
)
def test_a_pattern_matches_what_the_broker_would_deliver(
    pattern: str, key: str, expected: bool
) -> None:
    """An event that the queue is bound to and no handler recognises would be let go unheard."""
    assert matches(pattern, key) is expected


def test_the_source_is_read_with_or_without_its_slash() -> None:
    """Both spellings of a CloudEvents source name the same service."""
    for source in ("/intake", "intake"):
        event = {"source": source, "type": "case_withdrawn"}
        assert routing_key_of(event) == "intake.case_withdrawn"


def test_an_event_type_without_its_source_is_no_pattern() -> None:
    """A binding that can match nothing would be a handler that receives nothing."""
    with pytest.raises(ValueError, match="case_withdrawn"):
        check_binding_key("case_withdrawn")
    assert check_binding_key("#") == "#"


def test_only_a_pattern_without_wildcards_is_exact() -> None:
    """The handler that names an event must win over the one that handles everything."""
    assert [is_exact(each) for each in ("intake.closed", "intake.*", "#")] == [True, False, False]
