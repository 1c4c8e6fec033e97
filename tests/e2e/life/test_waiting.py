"""Whoever must act is told, reminded until the step is taken, and finds what it is about."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.days import day_of
from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import SEATS, Case, TableClient
from tests.waiting import wait_until

SEATED = SEATS["sample-kortrijk"]
TEAM = SEATED.members


@pytest.fixture(autouse=True)
def today(living: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is filled in is of the day that the platform's clock shows."""
    monkeypatch.setattr(builders, "TODAY", lambda: day_of(living.clock.now()))


def messages(lives: TableClient, who: str, case: Case, task: str) -> list[dict[str, Any]]:
    """The opened messages of a task that lead this person to the case."""
    inbox = lives.expect(lives.get(who, "/v1/inbox?limit=100", "own_tasks"))["messages"]
    opened = [
        lives.get(who, f"/v1/inbox/{each['id']}", "own_tasks")
        for each in inbox
        if each["task"] == task
    ]
    return [each.json() for each in opened if each.ok and each.json()["about"] == {"case": case.id}]


def is_told(lives: TableClient, who: str, case: Case, task: str, times: int = 1) -> None:
    """Waits until the person has the task of this case so often."""
    wait_until(lambda: len(messages(lives, who, case, task)) == times, 30, f"{task} for {who}")


def test_a_follow_up_that_asks_to_reopen_is_told_at_once_and_waited_for(
    living: Platform, lives: TableClient
) -> None:
    """Violence again, written down: somebody has to take the case up, and not in six months."""
    clock = living.clock
    case, weighing = lives.directed("caw-kortrijk", involved_services=[])
    plan = builders.plan(weighing, case.persons, "caw-kortrijk")
    adopted = lives.adopt(case, plan)
    lives.expect(lives.step(SEATED.chair, case, "start_execution", outcome=adopted))
    lives.expect(lives.post(TEAM[0], f"{case.path}/plans", plan))
    conclude(lives, case)
    clock.move_to(clock.now() + timedelta(days=20))  # the positions were due meanwhile

    body = builders.follow_up("reopen", ground="violence_again")
    lives.expect(lives.post(SEATED.director, f"{case.path}/follow-ups", body))
    for who in TEAM:
        is_told(lives, who, case, "reopening_waiting")
        (alert,) = messages(lives, who, case, "reopening_waiting")
        assert alert["urgent"] is True
        assert lives.get(who, case.path).status_code == 200
    clock.move_to(clock.now() + timedelta(days=2))
    is_told(lives, SEATED.chair, case, "reopening_due")
    clock.move_to(clock.now() + timedelta(days=4))
    is_told(lives, SEATED.coordination, case, "reopening_overdue")
    assert messages(lives, "parket-kortrijk", case, "positions_due") == []

    lives.expect(lives.step(SEATED.chair, case, "reopen", ground="violence_again"))
    is_told(lives, "parket-kortrijk", case, "positions_due")
    clock.move_to(clock.now() + timedelta(days=30))
    is_told(lives, SEATED.director, case, "report_due")
    assert len(messages(lives, SEATED.chair, case, "reopening_due")) == 1
    conclude(lives, case)


def test_who_is_unsafe_is_not_forgotten_until_a_check_says_otherwise(
    living: Platform, lives: TableClient
) -> None:
    """It was told once, and whoever read it was on leave from that day on."""
    clock = living.clock
    case = lives.active("caw-kortrijk", involved_services=[])
    path = f"{case.path}/safety-checks"
    unsafe = {**builders.safety_check("unsafe"), "subjects": [case.ids["a"]]}
    lives.expect(lives.post(TEAM[0], path, unsafe))
    clock.move_to(clock.now() + timedelta(days=3))
    is_told(lives, SEATED.chair, case, "unsafe_due")
    clock.move_to(clock.now() + timedelta(days=4))
    is_told(lives, SEATED.coordination, case, "unsafe_overdue")
    clock.move_to(clock.now() + timedelta(days=3))
    is_told(lives, SEATED.coordination, case, "unsafe_overdue", 2)

    safe = {**builders.safety_check("safe"), "subjects": [case.ids["a"]]}
    lives.expect(lives.post(TEAM[0], path, safe))
    conclude(lives, case)
    clock.move_to(clock.now() + timedelta(days=9))
    is_told(lives, SEATED.chair, case, "unsafe_overdue", 2)


def conclude(lives: TableClient, case: Case) -> None:
    """Gives the place of the case back; the chair is told that a conclusion was proposed."""
    told = len(messages(lives, SEATED.chair, case, "conclusion_waiting"))
    path = f"{case.path}/conclusions"
    drawn = lives.expect(lives.post(SEATED.director, path, builders.conclusion()))
    is_told(lives, SEATED.chair, case, "conclusion_waiting", told + 1)
    lives.expect(lives.step(SEATED.chair, case, "conclude", outcome=drawn["id"]))


def test_a_case_that_nobody_takes_further_reminds_and_escalates(
    living: Platform, lives: TableClient
) -> None:
    """A referral that lies there is a family that waits."""
    clock = living.clock
    case = lives.refer("caw-kortrijk", involved_services=[])
    is_told(lives, SEATED.chair, case, "referral_waiting")
    clock.move_to(clock.now() + timedelta(days=11))
    is_told(lives, SEATED.chair, case, "referred_due")
    clock.move_to(clock.now() + timedelta(days=4))
    is_told(lives, SEATED.coordination, case, "referred_overdue")
    lives.take_on(case)
    for member in TEAM:
        answer = {"answer": "nothing_known"}
        lives.expect(lives.post(member, f"{case.path}/answers", answer))
    is_told(lives, SEATED.chair, case, "answers_complete")
    clock.move_to(clock.now() + timedelta(days=8))
    is_told(lives, SEATED.chair, case, "next_step_due")
    lives.expect(lives.step(SEATED.chair, case, "complete_forming"))
    clock.move_to(clock.now() + timedelta(days=29))

    is_told(lives, SEATED.chair, case, "weighing_due")
    assert messages(lives, SEATED.chair, case, "forming_due") == []
    assert messages(lives, SEATED.coordination, case, "next_step_overdue") == []
