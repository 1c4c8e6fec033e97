"""Direction (regie): what the case director notes of contacts, trajectories and progress."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from services.plans.domain.case import Case, Change, Event, Fragment, checked, noted
from services.plans.domain.command import Command
from services.plans.domain.plan import check_was_adopted

_CONTACT_CONTENT: Final = ("party", "service", "on", "text", "summary", "plan", "safely")
_TRAJECTORY_CONTENT: Final = ("state", "service", "since", "text", "summary")


def log_contact(case: Case, command: Command, plan: Fragment | None) -> Change:
    """A contact of the director; `plan` is the version that the body says clients were told of."""
    command.check_past("/on", command.body["on"])
    if "plan" in command.body:
        check_was_adopted(plan)
    contact = _about_some(case, command, "contact", command.given(*_CONTACT_CONTENT))
    event = Event("plans.contact_logged", {"fragment": contact.id, "category": contact.category})
    return Change(contact, added=(contact,), events=(event,))


def record_trajectory(case: Case, command: Command) -> Change:
    """A trajectory (traject) of help, justice or administration, as the director knows of it."""
    content = {"trajectory": command.body["kind"], **command.given(*_TRAJECTORY_CONTENT)}
    trajectory = _about_some(case, command, "trajectory", content)
    event = Event(
        "plans.trajectory_recorded", {"fragment": trajectory.id, "category": trajectory.category}
    )
    return Change(trajectory, content["state"], added=(trajectory,), events=(event,))


def update_trajectory(command: Command, trajectory: Fragment) -> Change:
    """How a trajectory stands now; `trajectory` comes with its content, which is kept as it was."""
    command.check_version(trajectory.version)
    content = {**(trajectory.content or {}), **command.body}
    updated = replace(trajectory, content=content, version=trajectory.version + 1)
    event = Event(
        "plans.trajectory_updated", {"fragment": updated.id, "category": updated.category}
    )
    return Change(updated, content["state"], revised=(updated,), events=(event,))


def report_progress(case: Case, command: Command) -> Change:
    """A report to the team with its safety check; the next one is due by the agreed rhythm."""
    next_on = command.today + timedelta(days=command.terms["reporting_rhythm_days"])
    given = command.given("text", "summary")
    report = noted(case, command, "report", **given, next_on=next_on)
    data = {"fragment": report.id, "category": report.category, "next_on": next_on}
    return Change(
        report,
        added=(report, checked(case, command, report)),
        events=(Event("plans.progress_reported", data),),
    )


def _about_some(case: Case, command: Command, kind: str, content: dict[str, Any]) -> Fragment:
    """A fragment of the table about the members of the client system that the body names."""
    case.check_subjects(command.body["subjects"])
    fragment = noted(case, command, kind, **content)
    return replace(fragment, subjects=tuple(command.body["subjects"]))
