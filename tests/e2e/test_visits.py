"""The referrer's one visit, a safe address before the case is taken up, refusals in one's language.

Who is asked to come learns when, and nobody else does; what is wrong is replaced at once.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from contracts.vocabulary import LANGUAGES
from gateway.texts import TEXTS
from tests import builders
from tests.e2e.table_client import Case, TableClient, refused
from tests.waiting import wait_until

ERROR = {"ground": "recorded_in_error"}


def in_days(days: int) -> datetime:
    """A moment so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)


def plan(table: TableClient, case: Case, session: str, *, attends: bool = True) -> None:
    """Puts the case on the agenda."""
    body = {"case": case.id, "referrer_attends": attends}
    table.expect(table.post("coordination", f"/v1/sessions/{session}/agenda", body, "coordination"))


def own(table: TableClient, who: str, case: Case) -> dict[str, Any]:
    """The own referral, as its referrer reads it."""
    return table.expect(table.get(who, f"/v1/referrals/{case.id}", "referral"))


def visit(table: TableClient, who: str, case: Case) -> tuple[str, datetime] | None:
    """The visit that the own referral tells of, which the list of referrals tells alike."""
    shown = own(table, who, case)["visit"]
    listed = table.expect(table.get(who, "/v1/referrals?limit=100", "referral"))["referrals"]
    assert [each["visit"] for each in listed if each["id"] == case.id] == [shown]
    return shown and (shown["session"], datetime.fromisoformat(shown["starts_at"]))


def told(table: TableClient, who: str, task: str, case: Case) -> bool:
    """Whether a message of the task leads this person to the case; some lead nowhere any more."""
    page = table.expect(table.get(who, "/v1/inbox?limit=100", "own_tasks"))["messages"]
    opened = [
        table.get(who, f"/v1/inbox/{each['id']}", "own_tasks")
        for each in page
        if each["task"] == task
    ]
    return any(each.json()["about"] == {"case": case.id} for each in opened if each.ok)


@pytest.mark.parametrize("who", ["caw-worker", "caw"])
def test_the_referrer_learns_of_the_visit_and_when_it_is(table: TableClient, who: str) -> None:
    """Who is expected and not told stays away, and the one visit is gone."""
    case, starts, later = table.refer(who), in_days(8), in_days(9)
    session = table.session(starts=starts)
    path = f"/v1/sessions/{session}"
    assert visit(table, who, case) is None

    plan(table, case, session)
    wait_until(lambda: told(table, who, "visit_planned", case), what="the referrer is told")
    assert visit(table, who, case) == (session, starts)

    body = {"starts_at": later.isoformat(), "ground": "situation_changed"}
    table.expect(table.post("coordination", f"{path}/move", body, "coordination", if_match=1))
    wait_until(lambda: told(table, who, "visit_moved", case), what="the referrer is told")
    assert visit(table, who, case) == (session, later)

    table.expect(table.post("coordination", f"{path}/cancel", ERROR, "coordination", if_match=2))
    wait_until(lambda: told(table, who, "visit_cancelled", case), what="the referrer is told")
    assert visit(table, who, case) is None


def test_nobody_but_the_referrer_learns_of_the_visit(table: TableClient) -> None:
    """When somebody is away from the own desk, and where, is for that person to know."""
    case, other = table.refer("caw-worker"), table.refer("caw-worker")
    session = table.session(starts=in_days(8))
    plan(table, case, session)
    plan(table, other, session, attends=False)
    wait_until(lambda: told(table, "caw-worker", "visit_planned", case))

    assert visit(table, "caw-worker", other) is None
    assert not told(table, "caw-worker", "visit_planned", other)
    assert table.get("caw", f"/v1/referrals/{case.id}", "referral").status_code == 404
    for who, purpose in (("caw", "case_consultation"), ("chair", "case_consultation")):
        assert "visit" not in table.expect(table.get(who, case.path, purpose))
        assert not told(table, who, "visit_planned", case)
    listed = table.expect(table.get("coordination", "/v1/cases?limit=100", "coordination"))
    assert all("visit" not in each for each in listed["cases"])


def addresses(table: TableClient, who: str, case: Case) -> list[str]:
    """The safe addresses that a person reads."""
    shown = table.expect(table.get(who, case.path))["fragments"]
    return [
        each["content"]["address"]
        for each in shown
        if each["kind"] == "whereabouts" and each["status"] == "offered"
    ]


@pytest.mark.parametrize("informed", [True, False])
def test_a_wrong_safe_address_is_replaced_before_the_case_is_taken_up(
    table: TableClient, informed: bool
) -> None:
    """Somebody who is sought would be looked for, or brought, where he must not be."""
    wrong = builders.whereabouts("a", "lokale-politie", address="KANARIE-straat 1")
    changes: dict[str, Any] = {"whereabouts": [wrong]}
    if not informed:
        people = (("a", "victim"), ("b", "perpetrator"))
        changes["persons"] = [
            builders.person(ref, *roles, informed=False) for ref, *roles in people
        ]
        changes["involved_services"] = []
        changes["uninformed_ground"] = "nog niet veilig"
    case = table.refer("caw", **changes)
    shown = table.expect(table.get("caw", case.path))["fragments"]
    [old] = [each["id"] for each in shown if each["kind"] == "whereabouts"]
    table.expect(table.post("caw", f"{case.path}/items/{old}/recall", {}, if_match=1))
    body = {
        "subjects": [case.ids["a"]],
        "address": "Veilig 2",
        "only_for": ["lokale-politie"],
    }

    offered = table.post("caw", f"{case.path}/whereabouts", body)

    assert offered.status_code == 201, offered.text
    assert addresses(table, "caw", case) == ["Veilig 2"]
    assert table.post("politie", f"{case.path}/whereabouts", body).status_code == 404
    if informed:
        table.take_on(case)
        assert addresses(table, "politie", case) == ["Veilig 2"]
        assert addresses(table, "parket", case) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_read_in_ones_own_language(table: TableClient, language: str) -> None:
    """Whoever reads no English has to learn from the answer what must happen first."""
    case = table.refer()
    headers = {
        "Authorization": f"Bearer {table.client.token(table.people['chair'].id)}",
        "Purpose-Of-Use": "case_consultation",
        "Accept-Language": language,
        "If-Match": '"1"',
        "Idempotency-Key": str(uuid.uuid4()),
    }
    body = {"command": "take_on_agenda", "session": table.session()}
    path = f"{table.client.base}{case.path}/transitions"

    answer = requests.post(path, json=body, headers=headers, timeout=10)

    refused(answer, "precondition_unmet", "not_on_agenda")
    said, texts = answer.json(), TEXTS[language]
    assert set(said) == {"type", "title", "status", "detail", "code", "reasons"}
    assert {"title": said["title"], "detail": said["detail"]} == texts["problems"][said["code"]]
    assert [each["text"] for each in said["reasons"]] == [texts["reasons"]["not_on_agenda"]]
