"""What a hearer keeps of a case, whatever the order in which it was told."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest

from contracts.errors import Park
from contracts.events import case_news, make_event

BEGAN = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
CASE = "7d1f5c1e-0a86-4a40-9c2d-6f3f6c1b8a55"


def event(name: str, stage: str, at: datetime, **more: Any) -> dict[str, Any]:
    """An event about the case, with somebody walled off from it."""
    data = {
        "case": CASE,
        "agreement": "sample-brugge",
        "stage": stage,
        "submitted_by": "caw",
        "participants": ["caw"],
        "walled": ["p-079448b0"],
    }
    return make_event(name, data | more, at=at, subject=CASE, command_id=CASE, decision_id=CASE)


def test_news_holds_no_more_than_a_register_needs() -> None:
    """Who is kept away from a case does not spread to services that need not know."""
    news = case_news(event("intake.referral_submitted", "referred", BEGAN))

    assert news == {
        "case": CASE,
        "agreement": "sample-brugge",
        "stage": "referred",
        "told_at": "2026-03-02T09:15:00.000000+00:00",
    }


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_news_is_told_apart_in_any_order(order: tuple[int, ...]) -> None:
    """A withdrawn case stays withdrawn when an older event arrives late."""
    summer = timezone(timedelta(hours=2))
    ground = {"ground": "other"}
    told = [
        event("intake.referral_submitted", "referred", BEGAN.astimezone(summer)),
        event("intake.forming_completed", "weighing", BEGAN + timedelta(microseconds=1)),
        event("intake.case_withdrawn", "withdrawn", BEGAN + timedelta(seconds=1), **ground),
    ]

    newest = max((case_news(told[index]) for index in order), key=lambda news: news["told_at"])

    assert newest["stage"] == "withdrawn"


def test_an_event_that_is_none_of_ours_is_parked() -> None:
    """A damaged event waits for a person and does not spoil what is known."""
    damaged = event("intake.referral_submitted", "referred", BEGAN)
    del damaged["data"]["stage"]

    with pytest.raises(Park):
        case_news(damaged)
