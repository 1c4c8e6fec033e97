"""The whole platform on what an earlier version had stored: kept back, migrated, worked with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.local.api_client import ApiClient
from deploy.local.platform import PATIENCE, Platform
from deploy.local.settings import SERVICES
from ops.cli import app
from ops.migrate import STEPS_WAIT
from tests import builders
from tests.dump import dumped
from tests.e2e.table_client import SEATS, Case, TableClient, refused
from tests.waiting import wait_until

STORY = dumped.story()
KORTRIJK = SEATS["sample-kortrijk"]
STAGES = {
    "withdrawn": "withdrawn",
    "declined": "declined",
    "closed": "closed",
    "concluded": "concluded",
    "active": "active",
    "accepted": "accepted",
    "accepted_early": "accepted",
    "waiting": "waiting",
    "weighing": "weighing",
}
"""The cases of Kortrijk, and where each was."""

WAITS = "run `ketenaanpak migrate run plans`: name-what-checks-go-with"


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The state of the earlier version: broker and database run, and no service does."""
    state = tmp_path_factory.mktemp("upgraded")
    platform = Platform(state, die_with_parent=True)
    for name, value in dumped.keys().items():
        platform.parts.secrets.text(name, lambda value=value: value)
    platform.clock.set_offset((STORY.moment - platform.clock.now()).total_seconds())
    platform.settings.staff_matches.write_bytes(dumped.STAFF.read_bytes())
    platform.checkpoints.mkdir()
    (platform.checkpoints / "checkpoints.txt").write_bytes(dumped.CHECKPOINTS.read_bytes())
    try:
        platform.parts.start(("rabbitmq", "mongodb"))
        with MongoClient[dict[str, Any]](platform.parts.mongodb.admin_url()) as client:
            for service in SERVICES:
                dumped.restore(client, service, service)
        yield platform
    finally:
        platform.kill()


@pytest.fixture(scope="module")
def upgraded(restored: Platform) -> Platform:
    """The same, started as every local run is."""
    restored.start()
    return restored


@pytest.fixture
def table(upgraded: Platform, monkeypatch: pytest.MonkeyPatch) -> TableClient:
    """The people of both tables."""
    clock = upgraded.clock
    monkeypatch.setattr(builders, "TODAY", lambda: clock.now().date())
    return TableClient(ApiClient(upgraded.gateway_url, upgraded.token), clock.now)


def the(name: str, agreement: str = "sample-kortrijk") -> Case:
    """A case of the story."""
    return Case(STORY.cases[name], STORY.persons[name], agreement)


def operate(platform: Platform, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of `ketenaanpak`."""
    settings = {"KETENAANPAK_STATE": str(platform.state), "COLUMNS": "200"}
    done = CliRunner().invoke(app, list(arguments), env=settings)
    return done.exit_code, done.output


def readiness(platform: Platform, service: str) -> dict[str, str]:
    """What the service's `/readyz` says of each part; nothing while it does not answer."""
    try:
        answer = requests.get(platform.service(service).ready_url, timeout=3)
    except requests.ConnectionError:
        return {}
    parts: dict[str, str] = answer.json()["parts"]
    return parts


def promote(table: TableClient, case: Case) -> requests.Response:
    """The coordination team gives a case the place that it waited for."""
    who, purpose = case.seats.coordination, "coordination"
    version = table.expect(table.get(who, case.path, purpose))["version"]
    path = f"{case.path}/transitions"
    return table.post(who, path, {"command": "promote"}, purpose, if_match=version)


# --- before it is migrated ----------------------------------------------------------------------


def test_a_service_does_not_serve_before_what_is_stored_is_migrated(restored: Platform) -> None:
    """A check that is not named yet would be shown to nobody, and nobody would know why."""
    plans = restored.service("plans")
    plans.begin()
    wait_until(
        lambda: WAITS in readiness(restored, "plans").get("migrations", ""),
        PATIENCE,
        "plans to say what it waits for",
    )
    doctor = operate(restored, "doctor")
    asked = operate(restored, "migrate", "status")
    tried = operate(restored, "migrate", "run", "--dry-run", "plans")
    again = operate(restored, "migrate", "status", "plans")
    early = operate(restored, "migrate", "run", "--contract", "audit", "nobody")
    assert not plans.ready()

    done = operate(restored, "migrate", "run", "plans")

    assert "name-what-checks-go-with for 5 documents" in doctor[1]
    assert asked[0] == tried[0] == again[0] == STEPS_WAIT
    assert tried[1] == again[1], "a dry run says what there is to do"
    assert early[0] == 1
    assert done == (0, "plans  name-what-checks-go-with: 5 changed\n")
    plans.wait_until(plans.ready, PATIENCE)
    assert operate(restored, "migrate", "status", "plans")[0] == 0


# --- after it -----------------------------------------------------------------------------------


def test_nothing_waits_after_the_start(upgraded: Platform) -> None:
    """The local run migrates by itself, before its services serve."""
    code, shown = operate(upgraded, "migrate", "status")

    assert code == 0, shown
    assert operate(upgraded, "migrate", "run", "--contract")[0] == 0


@pytest.mark.parametrize("name", STAGES)
def test_every_case_is_where_it_was(table: TableClient, name: str) -> None:
    """A case that an upgrade loses is a family that nobody helps."""
    case = the(name)
    shown = table.expect(table.get(KORTRIJK.coordination, case.path, "coordination"))
    assert shown["stage"] == STAGES[name]


def test_the_list_holds_the_cases_that_it_held(table: TableClient) -> None:
    """What is on no list is forgotten."""
    open_ones = {"concluded", "active", "accepted", "accepted_early", "waiting", "weighing"}
    assert {STORY.cases[name] for name in open_ones} <= table.listed("caw-kortrijk")


def test_what_was_said_is_read_as_it_was_said(table: TableClient) -> None:
    """A corrected item shows its new text, one that was taken back none."""
    case = the("forming", "sample-brugge")
    items = table.expect(table.get("chair", f"{case.path}/items"))["items"]
    plans = table.expect(table.get("caw-kortrijk", f"{the('active').path}/plans"))["plans"]
    reports = table.expect(table.get("caw-kortrijk", f"{the('active').path}/reports"))["reports"]

    assert "een feit" in {one["content"].get("text") for one in items}
    assert "fout" not in str(items)
    assert "teruggenomen" not in str(items)
    assert {"plan", "goal", "action"} <= {one["kind"] for one in plans}
    assert {"report", "safety_check"} <= {one["kind"] for one in reports}


def test_whoever_was_walled_off_still_is(table: TableClient) -> None:
    """By a conflict that was declared, and by the number of somebody in the client system."""
    forming, walled = the("forming", "sample-brugge"), the("walled", "sample-brugge")

    refused(table.get("politie-kin", forming.path), "not_found")
    refused(table.get("politie", walled.path), "not_found")
    assert table.get("chair", walled.path).status_code == 200


def test_what_was_destroyed_stays_destroyed(table: TableClient) -> None:
    """Those who may know of the case learn that its content is gone, and nobody more."""
    refused(table.get("caw-kortrijk", the("destroyed").path), "content_destroyed")
    refused(table.get("politie", the("destroyed").path), "not_found")


def test_somebody_who_is_referred_again_under_another_spelling_is_found(
    table: TableClient,
) -> None:
    """The earlier version kept a match by which she is not found."""
    person = builders.person(
        "a", "victim", given_name="Lucja", family_name="Wisniewska", birth_date="1988-05-04"
    )
    changes = {
        part: [{**one, "subjects": ["a"]} for one in builders.referral()[part]]
        for part in ("occurrences", "worries", "wishes", "involved_services", "precautions")
    }
    again = table.refer("caw", persons=[person], **changes)
    stranger = table.refer("caw", persons=[{**person, "birth_date": "1971-01-30"}], **changes)

    def noticed(case: Case) -> bool:
        return "possible_match_noticed" in [one["action"] for one in table.records(case=case.id)]

    wait_until(lambda: noticed(again), 20, "the match to be noticed")
    assert not noticed(stranger)


def test_the_inbox_holds_its_messages_and_they_open(table: TableClient) -> None:
    """The question that waits for an answer still waits for it."""
    page = table.expect(table.get("parket", "/v1/inbox?limit=100", "own_tasks"))["messages"]
    asked = [one for one in page if one["task"] == "question_waiting"]
    assert asked, sorted({one["task"] for one in page})
    opened = table.expect(table.get("parket", f"/v1/inbox/{asked[0]['id']}", "own_tasks"))
    assert opened["about"]["case"] == STORY.cases["forming"]


def test_the_work_goes_on_from_where_it_was(table: TableClient) -> None:
    """From each stage the next step is taken, on what was said and decided before."""
    waiting, weighing = the("waiting"), the("weighing")
    taken = table.expect(promote(table, waiting))
    shown = table.expect(table.get("caw-kortrijk", f"{weighing.path}/weighings"))["weighings"]
    (asked,) = [one["id"] for one in shown if one["kind"] == "weighing"]
    for member in KORTRIJK.members[1:]:
        position = {"position": "accept"}
        path = f"{weighing.path}/weighings/{asked}/positions"
        table.expect(table.post(member, path, position))
    forming = the("forming", "sample-brugge")
    requests = table.expect(table.get("parket", f"{forming.path}/requests"))["requests"]
    (unanswered,) = [one for one in requests if one["content"].get("state") == "open"]
    answer = f"{forming.path}/requests/{unanswered['id']}/answer"
    table.expect(table.post("parket", answer, {"outcome": "nothing_known"}, if_match=1))
    table.offer("caw", forming, "safety")
    active = the("active")
    report = {
        "text": "hoe het gaat",
        "summary": "kort: hoe het gaat",
        "safety_check": builders.safety_check(),
    }
    table.expect(table.post(KORTRIJK.director, f"{active.path}/reports", report))
    conclusion = builders.conclusion()
    refused(
        table.post(KORTRIJK.director, f"{active.path}/conclusions", conclusion),
        *("precondition_unmet", "decision_missing"),
    )
    accepted = the("accepted")
    profile = table.expect(table.get("caw-kortrijk", f"{accepted.path}/weighings"))["weighings"]
    closed = next(one["id"] for one in profile if one["kind"] == "weighing")
    followers = [table.people[one].partner or "" for one in KORTRIJK.members[:3]]
    plan = table.adopt(accepted, builders.plan(closed, accepted.persons, *followers))
    begun = table.expect(table.step(KORTRIJK.chair, accepted, "start_execution", outcome=plan))
    reopened = table.expect(
        table.step(KORTRIJK.chair, the("declined"), "reopen", ground="new_facts")
    )

    assert taken["stage"] == "accepted"
    assert begun["stage"] == "active"
    assert reopened["stage"] not in ("declined", "closed")


def test_what_this_version_writes_needs_no_migration(upgraded: Platform) -> None:
    """Every start would find the same work again."""
    code, shown = operate(upgraded, "migrate", "status")

    assert code == 0
    assert "waits" not in shown, shown


def test_the_record_stands(upgraded: Platform) -> None:
    """Every entry of the earlier version is proved by the checkpoints that were held outside."""
    code, shown = operate(upgraded, "audit", "verify")
    assert code == 0, shown


def test_no_event_was_given_up_on(upgraded: Platform, tmp_path: Path) -> None:
    """What the earlier version published is understood, or was handled before."""
    queues = upgraded.parts.rabbitmq.queues()
    assert {name for name, count in queues.items() if name.endswith(".parked") and count} == set()
