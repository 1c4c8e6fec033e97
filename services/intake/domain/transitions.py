"""The whole life of a case: no other transitions than these (domain.md, section 4).

`docs/transitions.md` is made from this table.
"""

from dataclasses import dataclass
from typing import Final

from chassis.errors import Refuse
from contracts.reasons import Reason


@dataclass(frozen=True)
class Transition:
    """One row: from which stages a command leads where, and what must be true.

    `takes` are the members of the command's body that it needs. `outcome` names the
    closed document of risk or plans that the command rests on (`<service>.<method>`). `step` is the
    step of the chain that it belongs to.
    """

    command: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: str
    must: str
    event: str
    step: int
    takes: tuple[str, ...] = ()
    outcome: str | None = None


TABLE: Final = (
    Transition(
        "submit_referral",
        (),
        ("referred",),
        "referrer, through a partner's team member",
        "criteria answered; informing settled; agreement in force, region fits",
        "intake.referral_submitted",
        1,
    ),
    Transition(
        "take_on_agenda",
        ("referred",),
        ("forming",),
        "chair",
        "on the agenda of a session",
        "intake.case_taken_on_agenda",
        2,
        takes=("session",),
    ),
    Transition(
        "withdraw",
        ("referred", "forming"),
        ("withdrawn",),
        "referring partner",
        "a ground",
        "intake.case_withdrawn",
        1,
        takes=("ground",),
    ),
    Transition(
        "complete_forming",
        ("forming",),
        ("weighing",),
        "chair",
        "every partner answered, no request open",
        "intake.forming_completed",
        2,
    ),
    Transition(
        "reopen_forming",
        ("weighing",),
        ("forming",),
        "chair",
        "an important element is missing",
        "intake.forming_reopened",
        2,
    ),
    Transition(
        "decline",
        ("weighing",),
        ("declined",),
        "chair, after the session",
        "closed weighing says so, ground `not_grave_enough` or `criteria_not_met`, advice written",
        "intake.case_declined",
        3,
        takes=("ground", "outcome"),
        outcome="risk.weighing_outcome",
    ),
    Transition(
        "accept",
        ("weighing",),
        ("accepted", "waiting"),
        "chair",
        "at least one assessment, closed weighing with problem profile; the cap decides which",
        "intake.case_accepted",
        3,
        takes=("outcome",),
        outcome="risk.weighing_outcome",
    ),
    Transition(
        "promote",
        ("waiting",),
        ("accepted",),
        "coordination team",
        "a place is free, in order",
        "intake.case_promoted",
        3,
    ),
    Transition(
        "start_execution",
        ("accepted",),
        ("active",),
        "chair",
        "plan version adopted, director appointed and mandated by every involved service",
        "intake.execution_started",
        4,
        takes=("outcome",),
        outcome="plans.plan_outcome",
    ),
    Transition(
        "conclude",
        ("active",),
        ("concluded",),
        "chair, proposed by the director",
        "closed conclusion: violence stopped, goals reached; no crisis, nobody unsafe",
        "intake.case_concluded",
        6,
        takes=("outcome",),
        outcome="plans.conclusion_outcome",
    ),
    Transition(
        "extend",
        ("concluded",),
        ("concluded",),
        "director, chair",
        "follow-up done: it says when to look again",
        "intake.follow_up_extended",
        6,
        takes=("outcome",),
        outcome="plans.follow_up_outcome",
    ),
    Transition(
        "close",
        ("concluded",),
        ("closed",),
        "director, chair",
        "follow-up done: no new facts, still under control; no crisis, nobody unsafe",
        "intake.case_closed",
        6,
        takes=("outcome",),
        outcome="plans.follow_up_outcome",
    ),
    Transition(
        "reopen",
        ("concluded", "closed"),
        ("active",),
        "chair",
        "a ground; the cap again",
        "intake.case_reopened",
        6,
        takes=("ground",),
    ),
    Transition(
        "reopen",
        ("declined",),
        ("forming",),
        "chair",
        "a ground",
        "intake.case_reopened",
        6,
        takes=("ground",),
    ),
)


def allowed_from(stage: str) -> tuple[str, ...]:
    """The commands that lead on from a stage."""
    return tuple(row.command for row in TABLE if stage in row.sources)


def transition(stage: str, command: str) -> Transition:
    """The row for `command` from `stage`.

    Raises Refuse: `illegal_transition` with what is allowed. What was withdrawn is not taken up
    again, and the refusal says what is done instead.
    """
    for row in TABLE:
        if row.command == command and stage in row.sources:
            return row
    detail = f"`{command}` does not lead on from `{stage}`"
    where = {"stage": stage, "allowed": list(allowed_from(stage))}
    if (stage, command) == ("withdrawn", "reopen"):
        raise Refuse("illegal_transition", detail, reason=Reason.NEW_REFERRAL, **where)
    raise Refuse("illegal_transition", detail, **where)


def rests_on(command: str) -> str | None:
    """The outcome that a command rests on, as `<service>.<method>`; None without."""
    return next((row.outcome for row in TABLE if row.command == command), None)
