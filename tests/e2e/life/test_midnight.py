"""After midnight in Brussels it is the next day in every part, though not yet in UTC."""

from datetime import UTC, datetime, time, timedelta

import pytest

from contracts.days import TIME_ZONE, day_of
from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import SEATS, TableClient
from tests.waiting import wait_until

SEATED = SEATS["sample-kortrijk"]


def test_the_day_that_begins_at_midnight_counts_and_reminds_at_eight(
    living: Platform, lives: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question due yesterday could be asked, and a reminder would come an hour late in summer."""
    clock = living.clock
    monkeypatch.setattr(builders, "TODAY", lambda: day_of(clock.now()))
    case = lives.forming("caw-kortrijk")
    tomorrow = day_of(clock.now()) + timedelta(days=1)
    clock.move_to(datetime.combine(tomorrow, time(0, 15), TIME_ZONE))
    assert clock.now().astimezone(UTC).date() == tomorrow - timedelta(days=1)
    path = f"{case.path}/requests"

    def question(days: int) -> dict[str, object]:
        return builders.request("parket-kortrijk", case.ids["a"], days=days)

    fact = builders.item("safety", case.ids["a"], as_of=tomorrow.isoformat())
    lives.expect(lives.post("caw-kortrijk", f"{case.path}/items", fact))
    over = lives.post("caw-kortrijk", path, question(-1))
    lives.expect(lives.post("caw-kortrijk", path, question(0)))
    reminded = lives.inbox("parket-kortrijk").count("question_due")
    clock.move_to(datetime.combine(tomorrow, time(8, 1), TIME_ZONE))

    assert (over.status_code, over.json()["errors"][0]["code"]) == (422, "range")
    wait_until(
        lambda: lives.inbox("parket-kortrijk").count("question_due") == reminded + 1,
        what="the reminder at eight in the morning",
    )
