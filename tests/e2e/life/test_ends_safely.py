"""A case is closed when everybody is safe, and by somebody else than who proposed it."""

from datetime import date, timedelta

import pytest

from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import SEATS, TableClient, refused

SEATED = SEATS["sample-kortrijk"]


def test_nothing_is_closed_while_somebody_is_unsafe_or_by_who_proposed_it(
    living: Platform, lives: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six months later a case would be closed by one person, over the head of another."""
    clock, director, chair = living.clock, SEATED.director, SEATED.chair
    monkeypatch.setattr(builders, "TODAY", lambda: clock.now().date())
    case = lives.concluded("caw-kortrijk", involved_services=[])
    due = date.fromisoformat(lives.get(director, case.path).json()["follow_up_on"])
    clock.move_to(clock.now() + (due - clock.now().date()) + timedelta(days=1))
    path = f"{case.path}/follow-ups"
    followed = lives.expect(lives.post(director, path, builders.follow_up()))["id"]

    refused(lives.step(director, case, "close", outcome=followed), "precondition_unmet")
    unsafe = {**builders.safety_check("unsafe"), "subjects": [case.ids["a"]]}
    lives.expect(lives.post(director, f"{case.path}/safety-checks", unsafe))
    waits = lives.step(chair, case, "close", outcome=followed)
    unsure = builders.follow_up(safety_check=builders.safety_check("unknown"))
    early = lives.post(director, path, unsure)
    hasty = lives.post(director, path, builders.follow_up())
    safe = {**builders.safety_check("safe"), "subjects": [case.ids["a"]]}
    lives.expect(lives.post(chair, f"{case.path}/safety-checks", safe))
    again = lives.expect(lives.post(director, path, builders.follow_up()))["id"]
    own = lives.step(director, case, "close", outcome=again)
    warned = lives.expect(lives.post(director, f"{case.path}/crisis", builders.narrative("nu")))
    danger = lives.step(chair, case, "close", outcome=again)
    ending = {"ground": "vals alarm", "summary": "kort: vals alarm"}
    note = warned["ids"]["fragment"]
    lives.expect(lives.post(chair, f"{case.path}/crisis/{note}/end", ending))
    done = lives.expect(lives.step(chair, case, "close", outcome=again))

    refused(waits, "precondition_unmet", "unsafe")
    refused(early, "precondition_unmet", "unsafe")
    refused(hasty, "precondition_unmet", "unsafe")
    refused(own, "precondition_unmet", "own_proposal")
    refused(danger, "precondition_unmet", "crisis_open")
    assert done["stage"] == "closed"
