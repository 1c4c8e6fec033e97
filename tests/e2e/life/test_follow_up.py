"""A case is followed up, and looked at again later, before it is closed."""

from datetime import date, timedelta

import pytest

from contracts.days import day_of
from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import SEATS, TableClient

SEATED = SEATS["sample-kortrijk"]


def test_an_extension_moves_the_day_before_which_nothing_is_closed(
    living: Platform, lives: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case would show a day that is over, and be closed the week after nobody was sure."""
    clock = living.clock
    monkeypatch.setattr(builders, "TODAY", lambda: day_of(clock.now()))
    case = lives.concluded("caw-kortrijk", involved_services=[])
    first = date.fromisoformat(lives.get(SEATED.director, case.path).json()["follow_up_on"])
    clock.move_to(clock.now() + (first - day_of(clock.now())) + timedelta(days=1))
    today = day_of(clock.now())
    later = today + timedelta(days=60)
    path = f"{case.path}/follow-ups"

    for outside in (today, today + timedelta(days=3000)):
        body = builders.follow_up("extend", next_on=outside.isoformat())
        answer = lives.post(SEATED.director, path, body)
        assert [each["code"] for each in answer.json()["errors"]] == ["range"], answer.text
    extending = builders.follow_up("extend", next_on=later.isoformat())
    extended = lives.expect(lives.post(SEATED.director, path, extending))["id"]
    lives.expect(lives.step(SEATED.director, case, "extend", outcome=extended))
    shown = lives.get(SEATED.director, case.path).json()
    early = lives.post(SEATED.director, path, builders.follow_up())
    clock.move_to(clock.now() + timedelta(days=60))
    closing = lives.expect(lives.post(SEATED.director, path, builders.follow_up()))["id"]
    outdated = lives.step(SEATED.chair, case, "extend", outcome=extended)
    done = lives.expect(lives.step(SEATED.chair, case, "close", outcome=closing))

    assert (shown["stage"], shown["follow_up_on"]) == ("concluded", later.isoformat())
    assert "too_early" in early.text
    assert "outcome_outdated" in outdated.text
    assert done["stage"] == "closed"
