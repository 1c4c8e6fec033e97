"""Deadlines: what an event sets, clears or resumes.

A deadline reminds once on its day, and escalates once when nobody has acted by then. It is always
set by an event (domain.md, section 9); who is notified is a decision of policy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

from contracts.vocabulary import BLOCKED_STATES

Kind = Literal[
    "question",
    "action",
    "report",
    "positions",
    "mandates",
    "informing",
    "emergency_review",
    "follow_up",
    "wall_question",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Phase = Literal["due", "overdue"]

CASE_FACTS: Final = (
    "case",
    "agreement",
    "stage",
    "submitted_by",
    "participants",
    "director",
    "walled",
)
"""The members of the newest event of a case that are input to policy."""


@dataclass(frozen=True)
class Set:
    """Set a deadline; it replaces the one of the same kind and anchor.

    `anchor` is the id of what is due, `members` are input to policy about it.
    """

    kind: Kind
    anchor: str
    due: date
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clear:
    """Clear a deadline; without an anchor all deadlines of that kind in the case."""

    kind: Kind
    anchor: str | None = None


@dataclass(frozen=True)
class Resume:
    """Reopen a deadline that was cleared, with the day that it had."""

    kind: Kind
    anchor: str


Change = Set | Clear | Resume
Data = Mapping[str, Any]


def changes(name: str, data: Data) -> list[Change]:
    """The changes by an event (`<source>.<type>`, its data as JSON), in order."""
    rule = _RULES.get(name)
    return [] if rule is None else list(rule(data))


def _asked(data: Data) -> Iterator[Change]:
    members = {"to": data["to"], "by": data["by"]}
    yield Set("question", data["request"], _day(data["due"]), members)


def _answered(data: Data) -> Iterator[Change]:
    yield Clear("question", data["request"])


def _informing(data: Data) -> Iterator[Change]:
    if "informing_due" in data:
        yield Set("informing", data["case"], _day(data["informing_due"]))
    else:
        yield Clear("informing", data["case"])


def _directed(data: Data) -> Iterator[Change]:
    if "mandates_due" in data:
        members = {"person": data["person"]}
        yield Set("mandates", data["case"], _day(data["mandates_due"]), members)
    else:
        yield Clear("mandates", data["case"])


def _mandated(data: Data) -> Iterator[Change]:
    if data["complete"]:
        yield Clear("mandates", data["case"])


def _proposed(data: Data) -> Iterator[Change]:
    members = {"answered": data.get("answered", [])}
    yield Set("positions", data["case"], _day(data["positions_due"]), members)


def _adopted(data: Data) -> Iterator[Change]:
    yield Clear("positions", data["case"])
    yield Clear("action")
    for action in data["actions"]:
        members = {"follower": action["follower"]}
        yield Set("action", action["action"], _day(action["due"]), members)


def _action_updated(data: Data) -> Iterator[Change]:
    if data["state"] in ("done", *BLOCKED_STATES):
        yield Clear("action", data["action"])
    else:
        yield Resume("action", data["action"])


def _execution_started(data: Data) -> Iterator[Change]:
    yield Clear("mandates", data["case"])
    yield Set("report", data["case"], _day(data["report_due"]))


def _reported(data: Data) -> Iterator[Change]:
    yield Set("report", data["case"], _day(data["next_on"]))


def _concluded(data: Data) -> Iterator[Change]:
    for kind in ("question", "positions", "mandates", "report"):
        yield Clear(kind)
    yield Set("follow_up", data["case"], _day(data["follow_up_due"]))


def _extended(data: Data) -> Iterator[Change]:
    yield Set("follow_up", data["case"], _day(data["follow_up_due"]))


def _followed_up(data: Data) -> Iterator[Change]:
    if "next_on" in data:
        yield Set("follow_up", data["case"], _day(data["next_on"]))
    else:
        yield Clear("follow_up", data["case"])


def _reopened(data: Data) -> Iterator[Change]:
    yield Clear("follow_up", data["case"])
    if "report_due" in data:
        yield Set("report", data["case"], _day(data["report_due"]))
    if "informing_due" in data:
        yield Set("informing", data["case"], _day(data["informing_due"]))


def _emergency(data: Data) -> Iterator[Change]:
    members = {"person": data["person"]}
    yield Set("emergency_review", data["grant"], _day(data["review_due"]), members)


def _reviewed(data: Data) -> Iterator[Change]:
    yield Clear("emergency_review", data["grant"])


def _wall_asked(data: Data) -> Iterator[Change]:
    members = {name: data[name] for name in ("kept_from", "answerers")}
    yield Set("wall_question", data["question"], _day(data["due"]), members)


def _wall_answered(data: Data) -> Iterator[Change]:
    yield Clear("wall_question", data["question"])


def _direction_ended(data: Data) -> Iterator[Change]:
    yield Clear("mandates", data["case"])


def _over(data: Data) -> Iterator[Change]:
    """What is asked of an emergency access, or of a wall, stays due when the case is over."""
    for kind in KINDS:
        if kind not in ("emergency_review", "wall_question"):
            yield Clear(kind)


def _day(text: str) -> date:
    return date.fromisoformat(text)


_RULES: Final[Mapping[str, Callable[[Data], Iterator[Change]]]] = {
    "intake.referral_submitted": _informing,
    "intake.informing_recorded": _informing,
    "intake.information_requested": _asked,
    "intake.information_request_answered": _answered,
    "intake.director_appointed": _directed,
    "intake.direction_mandate_recorded": _mandated,
    "intake.execution_started": _execution_started,
    "intake.emergency_opened": _emergency,
    "intake.emergency_reviewed": _reviewed,
    "intake.wall_question_asked": _wall_asked,
    "intake.wall_answered": _wall_answered,
    "intake.direction_ended": _direction_ended,
    "intake.case_concluded": _concluded,
    "intake.follow_up_extended": _extended,
    "intake.case_reopened": _reopened,
    "intake.case_withdrawn": _over,
    "intake.case_declined": _over,
    "intake.case_closed": _over,
    "plans.plan_proposed": _proposed,
    "plans.plan_position_taken": _proposed,
    "plans.plan_adopted": _adopted,
    "plans.action_updated": _action_updated,
    "plans.progress_reported": _reported,
    "plans.follow_up_recorded": _followed_up,
}
