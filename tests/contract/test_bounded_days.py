"""Every day and moment that a body holds is bounded on either side."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from contracts.bodies import COMMAND_BODIES
from contracts.days import DayBounds
from contracts.fields import Strict
from tests.rego import RULES

PAST = DayBounds()
TEN_YEARS = 3660
DAYS = {
    ("submit_referral", "persons.birth_date"): PAST,
    ("submit_referral", "persons.informing.review_on"): DayBounds(0, "latest_review_days"),
    ("submit_referral", "involved_services.since"): PAST,
    ("record_informing", "review_on"): DayBounds(0, "latest_review_days"),
    ("correct_informing", "review_on"): DayBounds(0, "latest_review_days"),
    ("correct_referral_part", "involved_service.since"): PAST,
    ("add_involved_service", "since"): PAST,
    ("schedule_session", "starts_at"): DayBounds(0, "latest_session_days"),
    ("move_session", "starts_at"): DayBounds(0, "latest_session_days"),
    ("offer_item", "as_of"): PAST,
    ("correct_item", "as_of"): PAST,
    ("request_information", "due"): DayBounds(0, "latest_due_days"),
    ("record_direction_mandate", "given_on"): PAST,
    ("record_assessment", "as_of"): PAST,
    ("propose_plan", "actions.due"): DayBounds(0, "latest_action_days"),
    ("propose_plan", "actions.judicial_timing.on"): DayBounds(0, "latest_action_days"),
    ("log_contact", "on"): PAST,
    ("record_trajectory", "since"): PAST,
    ("record_follow_up", "next_on"): DayBounds(1, "latest_next_days"),
}
"""Command and member → its bounds. What was is not in the future; what will be is not in the past
and not beyond what the agreement says."""


def members(schema: Strict, path: tuple[str, ...] = ()) -> Iterator[tuple[str, fields.Field]]:
    """Every member of a body and of what is nested in it, by its path."""
    for name, field in schema.fields.items():
        inner: Any = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            yield from members(inner.schema, (*path, name))
        else:
            yield ".".join((*path, name)), inner


def test_no_body_takes_a_day_without_bounds() -> None:
    """A day typed wrong would stand in the case for ever, and remind nobody."""
    found = {
        (command, path): getattr(field, "bounds", None)
        for command, schema in COMMAND_BODIES.items()
        for path, field in members(schema())
        if isinstance(field, fields.DateTime | fields.Date) or hasattr(field, "bounds")
    }

    assert found == DAYS


@pytest.mark.parametrize("term", sorted({one.latest for one in DAYS.values() if one.latest}))
def test_how_far_ahead_is_said_by_every_agreement(term: str) -> None:
    """A region that says nothing would take any day, or none."""
    schema = json.loads((RULES.parent / "schemas" / "agreements.json").read_text(encoding="utf-8"))
    modalities = schema["properties"]["modalities"]

    assert term in modalities["required"]
    assert modalities["properties"][term]["maximum"] <= TEN_YEARS
