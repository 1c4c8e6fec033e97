"""Changing the stage of a case: what must be true for each command of the table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from casework.change import Event
from casework.command import Command, invalid, unmet
from casework.fragment import Fragment
from contracts import vocabulary as words
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, Session, result_of
from services.intake.domain.days import months_later
from services.intake.domain.informing import informing_due
from services.intake.domain.places import Places
from services.intake.domain.transitions import Transition, transition

MEMBERS: Final = ("session", "ground", "outcome")
"""The members of a transition's body beside its command."""

COUNTED: Final = ("accept", "promote", "conclude", "reopen")
"""The commands that take one of the agreement's places, or give it back."""


@dataclass(frozen=True)
class StageFacts:
    """What lies outside the case itself.

    `outcome` is the closed document of risk or plans that the body names, None when there is none;
    `places` are those of the agreement, and `first_waiting` is the case that waits longest for
    one: for the commands that count (`COUNTED`). `services` are the involved services, by the ids
    of their fragments. `informings` are those of the case, with their content: to reopen it.
    """

    session: Session | None = None
    requests_open: bool = False
    outcome: Mapping[str, Any] | None = None
    advice_written: bool = False
    places: Places | None = None
    first_waiting: str | None = None
    services: tuple[str, ...] = ()
    informings: Sequence[Fragment] = ()


@dataclass(frozen=True)
class Step:
    """What the event of a step says, and what the step changes beside the stage.

    `target` says which of the row's stages it leads to, where there are several.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    target: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    places: Places | None = None


def change_stage(case: Case, command: Command, facts: StageFacts) -> Change:
    """Moves the case along one row of the table, or raises Refuse and changes nothing."""
    row = transition(case.stage, command.body["command"])
    command.check_version(case.version)
    _check_members(row, command.body)
    step = _CHECKS[row.command](case, command, facts)
    stage = step.target or row.targets[0]
    moved = replace(case, stage=stage, version=case.version + 1, **step.changes)
    return Change(
        result_of(moved),
        moved,
        places=() if step.places is None else (step.places,),
        events=(Event(row.event, step.data),),
    )


def _check_members(row: Transition, body: Mapping[str, Any]) -> None:
    for member in MEMBERS:
        if member in row.takes and member not in body:
            raise invalid(f"/{member}", "missing")
        if member in body and member not in row.takes:
            raise invalid(f"/{member}", "unknown")


def _on_the_agenda(case: Case, command: Command, facts: StageFacts) -> Step:
    if facts.session is None or not facts.session.lists(case.id):
        raise unmet(Reason.NOT_ON_AGENDA, "the case is not on the agenda of that session")
    return Step({"session": command.body["session"]})


def _withdrawn(case: Case, command: Command, facts: StageFacts) -> Step:
    return Step({"ground": _known_ground(command, words.WITHDRAW_GROUNDS)})


def _everybody_answered(case: Case, command: Command, facts: StageFacts) -> Step:
    waiting = [one.partner for one in case.participants if one.answered is None]
    if waiting:
        raise unmet(Reason.ANSWERS_MISSING, "not every partner has answered", partners=waiting)
    if facts.requests_open:
        raise unmet(Reason.REQUESTS_OPEN, "a request for information is still open")
    return Step()


def _forming_again(case: Case, command: Command, facts: StageFacts) -> Step:
    """Something important is missing: every partner is asked once more."""
    return Step(changes=_anew(case, command))


def _declined(case: Case, command: Command, facts: StageFacts) -> Step:
    ground = _known_ground(command, words.NOT_TAKEN_GROUNDS)
    if _standing_outcome(case, facts)["conclusion"] != ground:
        raise unmet(Reason.WEIGHING_SAYS_OTHERWISE, "the weighing does not conclude this")
    if not facts.advice_written:
        raise unmet(Reason.ADVICE_MISSING, "the referrer is owed an advice")
    return _decided(case, Step({"ground": ground}))


def _accepted(case: Case, command: Command, facts: StageFacts) -> Step:
    """Taken; whoever comes when there is no place, or others wait for one, waits in order."""
    weighing = _standing_outcome(case, facts)
    if weighing["conclusion"] != "take":
        raise unmet(
            Reason.WEIGHING_SAYS_OTHERWISE, "the weighing does not conclude to take the case"
        )
    if weighing["assessments"] < 1:
        raise unmet(Reason.ASSESSMENT_MISSING, "the weighing rests on no assessment")
    if not weighing["problem_profile"]:
        raise unmet(Reason.PROBLEM_PROFILE_MISSING, "the weighing has no problem profile")
    if _places(facts).free(command.terms["cap"]) and facts.first_waiting is None:
        return _decided(case, _taken(case, command, facts))
    return _decided(case, Step(target="waiting", changes={"waiting_since": command.now}))


def _promoted(case: Case, command: Command, facts: StageFacts) -> Step:
    if facts.first_waiting != case.id:
        raise unmet(Reason.NOT_FIRST, "another case waits longer")
    return _decided(case, _taken(case, command, facts))


def _decided(case: Case, step: Step) -> Step:
    """The same step; its event names the referrer, who waits for what was decided."""
    return replace(step, data={**step.data, "referrer": case.referrer})


def _execution_started(case: Case, command: Command, facts: StageFacts) -> Step:
    plan = _standing_outcome(case, facts)
    if case.director is None:
        raise unmet(Reason.DIRECTOR_MISSING, "no director is appointed")
    missing = sorted(set(facts.services) - set(case.mandated_by))
    if missing:
        detail = "not every involved service has mandated the director"
        raise unmet(Reason.DIRECTION_MANDATES_MISSING, detail, services=missing)
    _check_covers(case, plan)
    gone = [one for one in plan["services"] if one not in facts.services]
    if gone:
        detail = "an involved service that is to carry an action out was withdrawn"
        raise unmet(Reason.EXECUTOR_WITHDRAWN, detail, services=gone)
    return Step(
        {"report_due": _report_due(command)}, changes={"followers": tuple(plan["followers"])}
    )


def _concluded(case: Case, command: Command, facts: StageFacts) -> Step:
    """Concluded; who still follows an action goes on seeing the case."""
    conclusion = _safe_outcome(case, facts)
    _check_proposer(case, command, conclusion)
    if not (conclusion["violence_stopped"] and conclusion["goals_reached"]):
        raise unmet(Reason.NOT_CONCLUDABLE, "the violence goes on, or the goals are not reached")
    due = months_later(command.today, command.terms["follow_up_months"])
    return Step(
        {"follow_up_due": due},
        changes={"followers": tuple(conclusion["followers"]), "follow_up_on": due},
        places=_places(facts).give_back(),
    )


def _extended(case: Case, command: Command, facts: StageFacts) -> Step:
    """Looked at again on a later day; the case stays as it is until then."""
    follow_up = _standing_outcome(case, facts)
    _check_proposer(case, command, follow_up)
    if follow_up["result"] != "extend":
        raise unmet(Reason.FOLLOW_UP_SAYS_OTHERWISE, "the follow-up does not conclude to extend")
    due = follow_up["next_on"]
    return Step({"follow_up_due": due}, changes={"follow_up_on": due})


def _closed(case: Case, command: Command, facts: StageFacts) -> Step:
    follow_up = _safe_outcome(case, facts)
    _check_proposer(case, command, follow_up)
    if follow_up["result"] != "close":
        raise unmet(Reason.FOLLOW_UP_SAYS_OTHERWISE, "the follow-up does not conclude to close")
    return Step()


def _reopened(case: Case, command: Command, facts: StageFacts) -> Step:
    """Taken up again: with a place once more and a plan to report on, unless it never had them.

    What is still deferred of informing is waited for again: nobody was reminded of it meanwhile.
    """
    deferred = informing_due([one.content or {} for one in facts.informings])
    data = {"ground": _known_ground(command, words.REOPEN_GROUNDS), **deferred}
    changes = {"reopened_at": command.now, "follow_up_on": None, "evaluations": ()}
    if case.stage == "declined":
        return Step(data, changes={**changes, **_anew(case, command)})
    taken = _taken(case, command, facts)
    data["report_due"] = _report_due(command)
    return replace(taken, data=data, changes={**taken.changes, **changes})


def _report_due(command: Command) -> date:
    """When the director reports first on a plan that is carried out from now on."""
    return command.today + timedelta(days=command.terms["reporting_rhythm_days"])


def _anew(case: Case, command: Command) -> Mapping[str, Any]:
    """Forming begins again: what was answered and concluded before says nothing now."""
    unanswered = tuple(replace(one, answered=None) for one in case.participants)
    return {"reopened_at": command.now, "participants": unanswered}


def _taken(case: Case, command: Command, facts: StageFacts) -> Step:
    """The case has one of the places from now on; raises Refuse when none is free."""
    places = _places(facts)
    taken = places.take(command.terms["cap"], counted=case.counts_under(places.agreement))
    changes = {"counted_under": case.counting_under(places.agreement), "waiting_since": None}
    return Step(changes=changes, places=taken)


def _places(facts: StageFacts) -> Places:
    if facts.places is None:
        raise ValueError("a command that counts is given the places of the agreement")
    return facts.places


def _known_ground(command: Command, grounds: tuple[str, ...]) -> str:
    ground: str = command.body["ground"]
    if ground not in grounds:
        raise invalid("/ground", "choice", choices=grounds)
    return ground


def _standing_outcome(case: Case, facts: StageFacts) -> Mapping[str, Any]:
    """The closed document, if it still stands and is not from before the case was reopened."""
    if facts.outcome is None:
        raise unmet(Reason.OUTCOME_MISSING, "`outcome` is nothing that was closed for this case")
    if case.reopened_at is not None and facts.outcome["closed_at"] <= case.reopened_at:
        raise unmet(Reason.OUTCOME_OUTDATED, "`outcome` was closed before the case was reopened")
    if not facts.outcome["stands"]:
        raise unmet(Reason.OUTCOME_OUTDATED, "something later took the place of `outcome`")
    return facts.outcome


def _safe_outcome(case: Case, facts: StageFacts) -> Mapping[str, Any]:
    """The same, for a case that ends: not in a crisis, nor while somebody is unsafe (not who)."""
    outcome = _standing_outcome(case, facts)
    if case.crisis:
        raise unmet(Reason.CRISIS_OPEN, "a crisis is open: the chair ends it first")
    if outcome["unsafe"]:
        raise unmet(Reason.UNSAFE, "the newest safety check of somebody says `unsafe`")
    _check_covers(case, outcome)
    return outcome


def _check_covers(case: Case, outcome: Mapping[str, Any]) -> None:
    """Raises Refuse for what was closed before somebody was added to the client system."""
    forgotten = [one for one in case.everybody if one not in outcome["covers"]]
    if forgotten:
        detail = "it was closed before these members were added"
        raise unmet(Reason.MEMBERS_UNCOVERED, detail, members=forgotten)


def _check_proposer(case: Case, command: Command, outcome: Mapping[str, Any]) -> None:
    """Raises Refuse for who proposed it, where the agreement wants another one to decide.

    What an earlier version stored does not say who proposed it: that was the director.
    """
    command.check_another_proposed(command.body["command"], outcome["proposed_by"] or case.director)


_CHECKS: Final[dict[str, Callable[[Case, Command, StageFacts], Step]]] = {
    "take_on_agenda": _on_the_agenda,
    "withdraw": _withdrawn,
    "complete_forming": _everybody_answered,
    "reopen_forming": _forming_again,
    "decline": _declined,
    "accept": _accepted,
    "promote": _promoted,
    "start_execution": _execution_started,
    "conclude": _concluded,
    "extend": _extended,
    "close": _closed,
    "reopen": _reopened,
}
