"""What the case director notes: contacts, trajectories, progress."""

from datetime import date
from typing import Any

import pytest

from casework.change import Change
from casework.fragment import Fragment
from chassis.errors import Refuse
from services.plans.domain.direction import (
    log_contact,
    record_trajectory,
    report_progress,
    update_trajectory,
)
from tests.unit.casework.factories import CHILD, NOW, VICTIM, command, refusal
from tests.unit.plans import bodies
from tests.unit.plans.factories import PLAN, case, events_of, plan, unmet

TOLD_OF = {"plan": PLAN, "safely": "alleen, op kantoor"}


def log(body: dict[str, Any], of: Fragment | None = None) -> Change:
    """The director notes a contact."""
    return log_contact(case(), command("log_contact", body), of, ())


def record(body: dict[str, Any]) -> Change:
    """The director notes a trajectory."""
    return record_trajectory(case(), command("record_trajectory", body))


def test_a_talk_with_clients_says_with_whom_when_and_how_safely() -> None:
    """Clients are told of the plan in a personal conversation, and the team can see that."""
    change = log(bodies.contact(VICTIM, **TOLD_OF), plan("adopted"))

    [contact] = change.added
    assert (contact.kind, contact.source, contact.subjects) == ("contact", "table", (VICTIM,))
    assert contact.content == {
        "party": "client",
        "on": date(2026, 3, 2),
        **TOLD_OF,
        **bodies.words("gesprek"),
    }
    assert events_of(change) == [("contact_logged", {"fragment": contact.id, "category": "joint"})]


@pytest.mark.parametrize("of", [None, plan("proposed"), plan("superseded")])
def test_clients_are_not_told_of_a_version_that_nobody_adopted(of: Fragment | None) -> None:
    """Nobody is promised a plan that the team did not adopt."""
    body = bodies.contact(VICTIM, **TOLD_OF)

    assert refusal(lambda: log(body, of)) == unmet("plan_not_adopted")


def test_a_talk_about_a_plan_that_has_a_successor_may_be_noted_late() -> None:
    """The talk took place while that version was the plan."""
    codes = {**plan("adopted").codes, "state": "superseded"}

    assert log(bodies.contact(VICTIM, **TOLD_OF), plan(codes=codes)).added


def test_a_contact_with_a_service_needs_no_client() -> None:
    """A telephone call to the school is a contact too."""
    change = log(bodies.contact(party="involved_service", service="School"))

    assert change.about.subjects == ()
    assert (change.about.content or {})["service"] == "School"


@pytest.mark.parametrize("note", [bodies.contact(CHILD), bodies.trajectory(CHILD)])
def test_notes_are_about_members_of_this_family(note: dict[str, Any]) -> None:
    """A mistaken id does not bring somebody of another case in."""
    with pytest.raises(Refuse) as refused:
        record(note) if "kind" in note else log(note)

    assert (refused.value.code, refused.value.members) == ("unknown_subject", {"subjects": [CHILD]})


def test_a_trajectory_is_noted_with_its_kind_and_state() -> None:
    """The overview shows which help runs, since when and for whom."""
    change = record(bodies.trajectory(VICTIM))

    assert (change.about.subjects, change.state) == ((VICTIM,), "running")
    assert change.about.content == {
        "trajectory": "help",
        "state": "running",
        "service": "Thuisbegeleiding",
        "since": date(2026, 1, 5),
        **bodies.words("traject"),
    }
    assert events_of(change) == [
        ("trajectory_recorded", {"fragment": change.about.id, "category": "joint"})
    ]


def test_a_trajectory_that_ends_keeps_what_it_was() -> None:
    """Which service and since when stay, with the new state and words."""
    before = record(bodies.trajectory(VICTIM)).about
    body = {"state": "ended", **bodies.words("afgerond")}

    change = update_trajectory(command("update_trajectory", body, if_match=1), before)

    [updated] = change.revised
    assert (updated.id, updated.version, change.state) == (before.id, 2, "ended")
    assert updated.content == {**(before.content or {}), **body}
    assert events_of(change) == [
        ("trajectory_updated", {"fragment": before.id, "category": "joint"})
    ]


@pytest.mark.parametrize(
    ("if_match", "code"), [(None, "precondition_required"), (2, "precondition_failed")]
)
def test_a_trajectory_is_changed_as_it_was_read(if_match: int | None, code: str) -> None:
    """The director does not overwrite what was noted meanwhile."""
    before = record(bodies.trajectory(VICTIM)).about
    body = {"state": "ended", **bodies.words("afgerond")}
    request = command("update_trajectory", body, if_match=if_match)

    assert refusal(lambda: update_trajectory(request, before)) == (code, None)


def test_a_report_holds_a_safety_check_and_the_day_of_the_next() -> None:
    """Each report says how safe victims are, and when the next report is due."""
    body = bodies.report(safety_check=bodies.check("unknown"))
    request = command("report_progress", body, terms={"reporting_rhythm_days": 30})

    change = report_progress(case(), request, ())

    report, check = change.added
    next_on = date(2026, 4, 1)
    assert report.content == {"next_on": next_on, **bodies.words("stand van zaken")}
    assert (check.kind, check.category, check.source) == ("safety_check", "safety", "table")
    assert check.content == {"of": report.id, **bodies.check("unknown")}
    assert {report.at, check.at} == {NOW}
    assert (report.place, check.place) == (0, 1)
    assert events_of(change) == [
        ("progress_reported", {"fragment": report.id, "category": "joint", "next_on": next_on})
    ]
