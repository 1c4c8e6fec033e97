"""Bodies that say nothing useful, or something that cannot be, are refused where they come in."""

from typing import Any

import pytest
from marshmallow import ValidationError

from contracts.bodies import COMMAND_BODIES
from tests.builders import item

SOMEBODY = "6f1c1f0e-3b0a-4f0c-9f57-0f3f4c7f6a10"

OFFERED = {"subjects": [SOMEBODY], "address": "Kerkstraat 1", "only_for": ["caw"]}


def validation_errors(command: str, body: dict[str, Any]) -> set[str]:
    """The members of the body that are refused."""
    try:
        COMMAND_BODIES[command]().load(body)
    except ValidationError as error:
        return set(error.messages_dict)
    return set()


@pytest.mark.parametrize("day", ["0202-03-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_mean_is_refused(day: str) -> None:
    """A year typed wrong would stand in the case, and order it wrong for ever."""
    assert validation_errors("offer_item", item("housing", SOMEBODY, as_of=day)) == {"as_of"}


@pytest.mark.parametrize("day", ["1900-01-01", "2026-11-27", "2199-12-31"])
def test_a_day_of_our_time_is_taken(day: str) -> None:
    """Whoever was born long ago could not be referred."""
    assert validation_errors("offer_item", item("housing", SOMEBODY, as_of=day)) == set()


def test_an_item_is_about_somebody() -> None:
    """An item about nobody is found by no question about a person."""
    assert validation_errors("offer_item", item("housing")) == {"subjects"}


def test_whereabouts_name_who_may_see_them() -> None:
    """Who names no partner would think that the address is shared, and nobody sees it."""
    assert validation_errors("offer_whereabouts", OFFERED) == set()
    assert validation_errors("offer_whereabouts", {**OFFERED, "only_for": []}) == {"only_for"}
