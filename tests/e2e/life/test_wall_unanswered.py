"""A question about a wall that nobody answers stays, is reminded of, and escalates."""

from datetime import timedelta

from deploy.local.platform import Platform
from tests.e2e.table_client import TableClient
from tests.waiting import wait_until


def test_what_nobody_answers_keeps_the_case_closed_and_comes_back(
    living: Platform, lives: TableClient
) -> None:
    """A tie that nobody looks into would otherwise be forgotten, or opened by itself."""
    case = lives.refer("caw-kortrijk")
    raising = {
        "person": lives.people["parket-kortrijk"].id,
        "interest": "other_interest",
        "text": "hij was de advocaat van een van hen",
    }
    lives.expect(lives.post("coordination-kortrijk", f"{case.path}/walls", raising, "coordination"))
    due, overdue = "wall_question_due", "wall_question_overdue"
    before = lives.inbox("coordination-kortrijk").count(overdue)

    living.clock.move_to(living.clock.now() + timedelta(days=5))
    wait_until(lambda: due in lives.inbox("stad-kortrijk"), 30, "the reminder")
    assert lives.inbox("coordination-kortrijk").count(overdue) == before
    living.clock.move_to(living.clock.now() + timedelta(days=4))

    wait_until(
        lambda: lives.inbox("coordination-kortrijk").count(overdue) > before, 30, "the escalation"
    )
    wait_until(lambda: overdue in lives.inbox("stad-kortrijk"), 30, "the escalation")
    assert due not in lives.inbox("parket-kortrijk")
    assert lives.get("parket-kortrijk", case.path).status_code == 404
