"""Emergency access through HTTP: opened in acute danger, for an hour, announced and reviewed."""

from typing import Any

from tests.e2e.table_client import Case, TableClient, refused
from tests.waiting import wait_until


def open_emergency(table: TableClient, who: str, case: Case) -> Any:
    ground = {"ground": "melding van bedreiging, nu"}
    return table.post(who, f"{case.path}/emergencies", ground, "acute_danger")


def test_emergency_access_opens_little_for_an_hour_and_is_told_and_reviewed(table: TableClient):
    """In acute danger a team member sees what protects, and everybody knows that it happened."""
    case = table.refer()
    assert table.get("politie", case.path).status_code == 404
    opened = table.expect(open_emergency(table, "politie", case))

    seen = table.expect(table.get("politie", case.path, "acute_danger"))

    assert {each["category"] for each in seen["fragments"]} == {"identity", "safety", "incidents"}
    assert "expires_at" in [each["kind"] for each in seen["obligations"]]
    assert table.get("parket", case.path, "acute_danger").status_code == 404
    (entry,) = [
        each
        for each in table.records(case=case.id, emergency=True, kind="release")
        if each["person"] == table.people["politie"].id
    ]
    assert entry["purpose"] == "acute_danger"
    tasks = wait_until(
        lambda: "emergency_access_used" in table.inbox("coordination"), what="the alert"
    )
    assert tasks
    path = f"{case.path}/emergencies/{opened['id']}/review"
    review = {"justified": True, "text": "nodig om haar te vinden"}
    refused(table.post("politie", path, review), "not_found")
    table.expect(table.post("chair", path, review))


def test_what_was_opened_ends_with_the_case_and_is_reviewed_all_the_same(table: TableClient):
    """Withdrawing a referral would hide who looked at the family, and why."""
    case = table.refer()
    opened = table.expect(open_emergency(table, "politie", case))
    table.expect(table.step("caw", case, "withdraw", ground="other"))

    assert table.get("politie", case.path, "acute_danger").status_code == 404
    assert open_emergency(table, "parket", case).status_code == 404
    path = f"{case.path}/emergencies"
    (ground,) = table.expect(table.get("chair", path))["emergencies"]
    assert ground["content"] == {"text": "melding van bedreiging, nu"}
    review = {"justified": False, "text": "er was geen gevaar"}
    table.expect(table.post("chair", f"{path}/{opened['id']}/review", review))
    assert len(table.expect(table.get("chair", path))["emergencies"]) == 2


def test_emergency_access_never_beats_a_wall(table: TableClient):
    """Danger is no way around an own interest."""
    case = table.forming()
    table.expect(table.post("politie", f"{case.path}/conflicts", {"interest": "kin"}))

    assert open_emergency(table, "politie", case).status_code == 404
