"""A question about a wall that nobody answers stays, is reminded of, and escalates."""

import json
from datetime import timedelta
from pathlib import Path

from deploy.local.platform import Platform
from tests import builders
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


def test_a_question_passes_on_to_others_when_the_chair_leaves_the_case(
    living: Platform, lives: TableClient, tmp_path: Path
) -> None:
    """Those who may answer then would never hear that they are waited for."""
    officer = {"person": lives.people["politie-kortrijk"].id, "partners": ["politie-kortrijk"]}
    known = {"given_names": ["Wim"], "family_names": ["Doorschuif"], "birth_date": "1983-03-04"}
    file = tmp_path / "staff.json"
    file.write_text(json.dumps([{**officer, **known}]), encoding="utf-8")
    living.import_staff(file)
    persons = builders.referral()["persons"]
    perhaps = {"given_name": "Wim", "family_name": "Doorschuif", "birth_date": "1983"}
    case = lives.forming("caw-kortrijk", persons=[{**persons[0], **perhaps}, *persons[1:]])
    asked = {
        who: lives.inbox(who).count("wall_question") for who in ("caw-kortrijk", "parket-kortrijk")
    }

    lives.expect(lives.post("stad-kortrijk", f"{case.path}/conflicts", {"interest": "kin"}))
    living.clock.move_to(living.clock.now() + timedelta(minutes=6))

    for who, before in asked.items():
        wait_until(
            lambda who=who, before=before: lives.inbox(who).count("wall_question") > before,
            30,
            f"{who} is asked",
        )
    [question] = lives.expect(lives.get("parket-kortrijk", f"{case.path}/walls"))["walls"]
    answer = {"stands": False, "text": "een ander van die naam"}
    path = f"{case.path}/walls/{question['id']}/answer"
    lives.expect(lives.post("parket-kortrijk", path, answer))
    assert lives.get("politie-kortrijk", case.path).status_code == 200
