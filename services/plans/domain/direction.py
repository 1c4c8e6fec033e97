"""Direction (regie): what the case director notes of contacts, trajectories and progress."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from casework.case import CaseSnapshot
from casework.change import Change, fragment_event, put
from casework.command import Command
from casework.fragment import Fragment, of_the_table, revise
from services.plans.domain.plan import check_was_adopted
from services.plans.domain.safety import changed_safety, safety_check

_CONTACT_CONTENT: Final = ("party", "service", "on", "text", "summary", "plan", "safely")
_TRAJECTORY_CONTENT: Final = ("state", "service", "since", "text", "summary")


def log_contact(
    case: CaseSnapshot, command: Command, plan: Fragment | None, held: Iterable[Fragment]
) -> Change:
    """A contact of the director; `plan` is the version that the body says clients were told of.

    `held` are the fragments of `safety.LOOKED_AT`.
    """
    if "plan" in command.body:
        check_was_adopted(plan)
    contact = _about_some(case, command, "contact", command.given(*_CONTACT_CONTENT))
    logged = fragment_event("plans.contact_logged", contact)
    if "safety_check" not in command.body:
        return put(contact, contact.status, logged)
    check = safety_check(case, command, contact)
    return Change(contact, added=(contact, check), events=(logged, *changed_safety(held, check)))


def record_trajectory(case: CaseSnapshot, command: Command) -> Change:
    """A trajectory (traject) of help, justice or administration, as the director knows of it."""
    content = {"trajectory": command.body["kind"], **command.given(*_TRAJECTORY_CONTENT)}
    trajectory = _about_some(case, command, "trajectory", content)
    event = fragment_event("plans.trajectory_recorded", trajectory)
    return put(trajectory, content["state"], event)


def update_trajectory(command: Command, trajectory: Fragment) -> Change:
    """How a trajectory stands now; `trajectory` comes with its content, which is kept as it was."""
    command.check_version(trajectory.version)
    content = {**(trajectory.content or {}), **command.body}
    updated = revise(trajectory, content=content)
    return put(updated, content["state"], fragment_event("plans.trajectory_updated", updated))


def report_progress(case: CaseSnapshot, command: Command, held: Iterable[Fragment]) -> Change:
    """A report to the team with its safety check; the next one is due by the agreed rhythm.

    `held` are the fragments of `safety.LOOKED_AT`.
    """
    next_on = command.today + timedelta(days=command.terms["reporting_rhythm_days"])
    content = {**command.given("text", "summary"), "next_on": next_on}
    report = of_the_table(command, "report", case.persons, content)
    check = safety_check(case, command, report)
    reported = fragment_event("plans.progress_reported", report, next_on=next_on)
    return Change(
        report,
        added=(report, check),
        events=(reported, *changed_safety(held, check)),
    )


def _about_some(
    case: CaseSnapshot, command: Command, kind: str, content: dict[str, Any]
) -> Fragment:
    """A fragment of the table about the members of the client system that the body names."""
    case.check_subjects(command.body["subjects"])
    return of_the_table(command, kind, command.body["subjects"], content)
