"""The weighing (weging): people say how grave a case is (domain.md, section 4, step 3).

Assessments help to weigh and decide nothing: no rule here looks at a band or a number of points.
A weighing that is closed never changes, and intake may rest a step on what it says.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from casework.case import CaseSnapshot
from casework.change import Change, Event, Outcome, put
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table, revise, supersede
from casework.moments import moment
from chassis.errors import Refuse
from contracts.reasons import Reason


def open_weighing(case: CaseSnapshot, command: Command, weighings: Iterable[Fragment]) -> Change:
    """The table begins to weigh; `weighings` are those that the case had before, one at a time."""
    if any(one.state == "open" for one in weighings):
        raise unmet(Reason.WEIGHING_OPEN, "the case is being weighed already")
    weighing = of_the_table(command, "weighing", case.persons, {}, state="open")
    event = Event("risk.weighing_opened", {"weighing": weighing.id})
    return Change(weighing, "open", added=(weighing,), events=(event,))


def take_weighing_position(
    case: CaseSnapshot, command: Command, weighing: Fragment, positions: Iterable[Fragment]
) -> Change:
    """How a partner stands to taking the case; said again, it replaces what the partner said."""
    _check_open(weighing)
    partner, position = command.own_partner, command.body["position"]
    case.check_participant(partner)
    said = of_the_table(
        command,
        "weighing_position",
        case.persons,
        command.given("ground"),
        weighing=weighing.id,
        partner=partner,
        position=position,
    )
    earlier = _of(weighing, positions)
    said = supersede(said, [one for one in earlier if one.codes["partner"] == partner])
    event = Event(
        "risk.weighing_position_taken",
        {"weighing": weighing.id, "partner": partner, "position": position},
    )
    heard = {one.codes["partner"] for one in earlier}
    was_last = partner not in heard and heard.union({partner}) >= {*case.participants}
    complete = Event("risk.weighing_positions_complete", {"weighing": weighing.id})
    taken = put(said, position, event)
    return replace(taken, events=(*taken.events, complete)) if was_last else taken


def write_problem_profile(
    case: CaseSnapshot, command: Command, weighing: Fragment, profiles: Iterable[Fragment]
) -> Change:
    """The problem profile (kwalificatie); written again, it replaces the one that was."""
    _check_open(weighing)
    command.check_version(weighing.version)
    content = command.given("domains", "protective_factors")
    profile = of_the_table(command, "problem_profile", case.persons, content, weighing=weighing.id)
    profile = supersede(profile, _of(weighing, profiles))
    weighing = revise(weighing)
    event = Event("risk.problem_profile_written", {"weighing": weighing.id})
    written = put(profile, "open", event)
    return replace(written, about=weighing, revised=(*written.revised, weighing))


def close_weighing(
    command: Command,
    weighing: Fragment,
    positions: Iterable[Fragment],
    profiles: Iterable[Fragment],
    assessments: Iterable[Fragment],
) -> Change:
    """The table concludes; from now on the weighing is an outcome that never changes.

    Raises Refuse("precondition_unmet") with the reason `positions_missing` (fewer partners than
    the agreement's quorum), `assessment_missing` or `problem_profile_missing`.
    """
    _check_open(weighing)
    command.check_version(weighing.version)
    conclusion, named = command.body["conclusion"], command.body["assessments"]
    profiled = bool(_of(weighing, profiles))
    if len({one.codes["partner"] for one in _of(weighing, positions)}) < command.terms["quorum"]:
        raise unmet(Reason.POSITIONS_MISSING, "too few partners have said how they stand")
    _check_assessments(conclusion, named, assessments)
    if conclusion == "take" and not profiled:
        raise unmet(Reason.PROBLEM_PROFILE_MISSING, "a case is taken on a problem profile")
    codes = {
        "state": "closed",
        "conclusion": conclusion,
        "assessments": list(named),
        "closed_at": command.now.isoformat(),
    }
    closed = revise(weighing, codes=codes, content=command.given("reasons"))
    members = {
        "closed_at": moment(command.now),
        "conclusion": conclusion,
        "assessments": list(named),
        "problem_profile": profiled,
    }
    event = Event("risk.weighing_closed", {"weighing": weighing.id, "conclusion": conclusion})
    return Change(
        about=closed,
        state="closed",
        revised=(closed,),
        outcome=Outcome("weighings", weighing.id, members),
        events=(event,),
    )


def weighing_outcome(
    closed: Mapping[str, Any] | None, live: Collection[str], *, stands: bool
) -> dict[str, Any]:
    """A closed weighing as contracts/rpc/outcomes.py has it.

    `closed` is the stored document, `live` are the assessments of the case that were not recalled;
    it `stands` until the table weighs again. Raises Refuse("not_found") when nothing is closed.
    """
    if closed is None:
        raise Refuse("not_found", "no closed weighing of this case has this id")
    return {
        **closed,
        "id": closed["_id"],
        "closed_at": datetime.fromisoformat(closed["closed_at"]),
        "assessments": len(set(closed["assessments"]).intersection(live)),
        "stands": stands,
    }


def _check_open(weighing: Fragment) -> None:
    if weighing.state != "open":
        raise unmet(Reason.WEIGHING_CLOSED, "the weighing is closed and never changes")


def _check_assessments(
    conclusion: str, named: Sequence[str], assessments: Iterable[Fragment]
) -> None:
    live = {one.id for one in assessments if one.status == "offered"}
    if not live.issuperset(named):
        detail = "`assessments` names one that does not stand in the case"
        raise unmet(Reason.ASSESSMENT_MISSING, detail)
    if conclusion == "take" and not named:
        raise unmet(Reason.ASSESSMENT_MISSING, "a case is taken on at least one assessment")


def _of(weighing: Fragment, children: Iterable[Fragment]) -> list[Fragment]:
    return [one for one in children if one.codes["weighing"] == weighing.id]
