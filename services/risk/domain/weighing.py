"""The weighing (weging): people say how grave a case is (domain.md, section 4, step 3).

Assessments help to weigh and decide nothing: no rule here looks at a band or a number of points.
A weighing that is closed never changes, and intake may rest a step on what it says.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from chassis.errors import Refuse
from services.risk.domain.case import Case, Change, Event, Fragment, Outcome
from services.risk.domain.command import Command, unmet


def open_weighing(case: Case, command: Command, weighings: Iterable[Fragment]) -> Change:
    """The table begins to weigh; `weighings` are those that the case had before, one at a time."""
    if any(one.codes["state"] == "open" for one in weighings):
        raise unmet("weighing_open", "the case is being weighed already")
    weighing = _of_the_table(case, command, "weighing", {}, state="open")
    event = Event("risk.weighing_opened", {"weighing": weighing.id})
    return Change(weighing, "open", added=(weighing,), events=(event,))


def take_weighing_position(
    case: Case, command: Command, weighing: Fragment, positions: Iterable[Fragment]
) -> Change:
    """How a partner stands to taking the case; said again, it replaces what the partner said."""
    _check_open(weighing)
    partner, position = command.own_partner, command.body["position"]
    case.check_participant(partner)
    said = _of_the_table(
        case,
        command,
        "weighing_position",
        command.given("ground"),
        weighing=weighing.id,
        partner=partner,
        position=position,
    )
    before = [one for one in _of(weighing, positions) if one.codes["partner"] == partner]
    event = Event(
        "risk.weighing_position_taken",
        {"weighing": weighing.id, "partner": partner, "position": position},
    )
    return _placed(said, before, position, event)


def write_problem_profile(
    case: Case, command: Command, weighing: Fragment, profiles: Iterable[Fragment]
) -> Change:
    """The problem profile (kwalificatie); written again, it replaces the one that was."""
    _check_open(weighing)
    command.check_version(weighing.version)
    content = command.given("domains", "protective_factors")
    profile = _of_the_table(case, command, "problem_profile", content, weighing=weighing.id)
    event = Event("risk.problem_profile_written", {"weighing": weighing.id})
    written = _placed(profile, _of(weighing, profiles), "open", event)
    weighing = replace(weighing, version=weighing.version + 1)
    return replace(written, about=weighing, revised=(*written.revised, weighing))


def close_weighing(
    case: Case,
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
        raise unmet("positions_missing", "too few partners have said how they stand")
    _check_assessments(conclusion, named, assessments)
    if conclusion == "take" and not profiled:
        raise unmet("problem_profile_missing", "a case is taken on a problem profile")
    codes = {
        "state": "closed",
        "conclusion": conclusion,
        "assessments": list(named),
        "closed_at": command.now.isoformat(),
    }
    closed = replace(
        weighing, codes=codes, content=command.given("reasons"), version=weighing.version + 1
    )
    event = Event("risk.weighing_closed", {"weighing": weighing.id, "conclusion": conclusion})
    return Change(
        about=closed,
        state="closed",
        revised=(closed,),
        closed=Outcome(weighing.id, case.id, command.now, conclusion, tuple(named), profiled),
        events=(event,),
    )


def settled(outcome: Outcome | None, live: Collection[str], *, stands: bool) -> dict[str, Any]:
    """The closed weighing as it is told; raises Refuse("not_found") when there is none to tell.

    `live` are the assessments of the case that were not recalled; it `stands` until the table
    weighs again.
    """
    if outcome is None:
        raise Refuse("not_found", "no closed weighing of this case has this id")
    assessments = len(set(outcome.assessments).intersection(live))
    return {**asdict(outcome), "assessments": assessments, "stands": stands}


def _check_open(weighing: Fragment) -> None:
    if weighing.codes["state"] != "open":
        raise unmet("weighing_closed", "the weighing is closed and never changes")


def _check_assessments(
    conclusion: str, named: Sequence[str], assessments: Iterable[Fragment]
) -> None:
    live = {one.id for one in assessments if one.status == "offered"}
    if not live.issuperset(named):
        raise unmet("assessment_missing", "`assessments` names one that does not stand in the case")
    if conclusion == "take" and not named:
        raise unmet("assessment_missing", "a case is taken on at least one assessment")


def _of(weighing: Fragment, children: Iterable[Fragment]) -> list[Fragment]:
    return [one for one in children if one.codes["weighing"] == weighing.id]


def _of_the_table(
    case: Case, command: Command, kind: str, content: dict[str, Any], **codes: str
) -> Fragment:
    return Fragment(command.new_id(), kind, case.persons, command.now, content, codes)


def _placed(said: Fragment, before: Sequence[Fragment], state: str, event: Event) -> Change:
    """What was said: for the first time, or as a new version of what stood before."""
    if not before:
        return Change(said, state, added=(said,), events=(event,))
    [old] = before
    said = replace(said, id=old.id, at=old.at, version=old.version + 1)
    return Change(said, state, revised=(said,), events=(event,))
