"""The plan (plan van aanpak): proposed whole, positions, adopted by the agreement's rule.

domain.md, section 4, steps 4 and 5.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from casework.case import CaseSnapshot
from casework.change import Change, Event, Outcome, put
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table, revise, supersede
from contracts.reasons import Reason

_PLAN_CONTENT = ("text", "summary", "weighing", "assessments")
_ACTION_CONTENT = ("text", "summary", "carried_out_by")


def propose_plan(case: CaseSnapshot, command: Command, plans: Sequence[Fragment]) -> Change:
    """A whole version; it takes the place of one that is open. `plans` are all versions so far."""
    _check_members(case, command.body)
    _check_partners(case, command.body)
    fragments = tuple(
        replace(fragment, place=place)
        for place, fragment in enumerate(_fragments(case, command, _next_number(plans)))
    )
    plan = fragments[0]
    return Change(
        plan,
        plan.state,
        added=fragments,
        revised=tuple(_superseded(one) for one in plans if one.state == "proposed"),
        events=(
            Event("plans.plan_proposed", {"plan": plan.id, "positions_due": _positions_due(plan)}),
        ),
    )


def take_plan_position(command: Command, plan: Fragment, positions: Iterable[Fragment]) -> Change:
    """How a partner stands to a version; a later position takes the place of the earlier one.

    `positions` are those on all versions of the case.
    """
    _check_proposed(plan)
    partner, position = command.own_partner, command.body["position"]
    all_on_it = on_plan(positions, plan)
    own = [one for one in all_on_it if one.codes["partner"] == partner]
    codes = {"plan": plan.id, "partner": partner, "position": position}
    ground = command.given("ground")
    taken = of_the_table(command, "plan_position", plan.subjects, ground, **codes)
    data = {
        "plan": plan.id,
        "partner": partner,
        "position": position,
        "answered": list(dict.fromkeys([*(one.codes["partner"] for one in all_on_it), partner])),
        "positions_due": _positions_due(plan),
    }
    return put(supersede(taken, own), position, Event("plans.plan_position_taken", data))


def adopt_plan(
    case: CaseSnapshot,
    command: Command,
    plan: Fragment,
    plans: Iterable[Fragment],
    positions: Iterable[Fragment],
    actions: Sequence[Fragment],
) -> Change:
    """A version becomes the plan, once and for all; the one before it is superseded.

    `plans`, `positions` and `actions` are those of the case; the actions have their content.
    """
    _check_proposed(plan)
    command.check_version(plan.version)
    check_covers(plan, case)
    _check_executors(case, on_plan(actions, plan))
    command.check_another_proposed("adopt_plan", plan.codes.get("proposed_by"))
    _check_adoption(command.terms, [one.codes["position"] for one in on_plan(positions, plan)])
    own = on_plan(actions, plan)
    codes = {**plan.codes, "state": "adopted", "adopted_at": command.now.isoformat()}
    adopted = revise(plan, codes=codes)
    members = {
        "closed_at": command.now,
        "version": plan.codes["number"],
        "followers": list(dict.fromkeys(one.codes["follower"] for one in own)),
    }
    dues = [
        {
            "action": one.id,
            "follower": one.codes["follower"],
            "due": date.fromisoformat(one.codes["due"]),
        }
        for one in own
    ]
    return Change(
        adopted,
        adopted.state,
        revised=(adopted, *(_superseded(one) for one in plans if one.state == "adopted")),
        outcome=Outcome("plan_versions", plan.id, members),
        events=(Event("plans.plan_adopted", {"plan": plan.id, "actions": dues}),),
    )


def adopted_plan(plans: Iterable[Fragment]) -> Fragment | None:
    """The version that is the plan now, or None."""
    return next((one for one in plans if one.state == "adopted"), None)


def on_plan(fragments: Iterable[Fragment], plan: Fragment) -> list[Fragment]:
    """Those of the fragments that belong to this version."""
    return [one for one in fragments if one.codes["plan"] == plan.id]


def involved_services(actions: Iterable[Fragment]) -> list[str]:
    """The involved services that carry the actions out, which have their content."""
    executors = ((one.content or {})["carried_out_by"] for one in actions)
    named = (each["involved_service"] for each in executors if each["kind"] == "involved_service")
    return list(dict.fromkeys(named))


def followers_of_service(
    service: str, plans: Iterable[Fragment], actions: Sequence[Fragment]
) -> list[str]:
    """The partners that follow an action of the service, in the plan or in a proposed version.

    `plans` are all versions of the case, `actions` those of all of them, with their content.
    """
    waited_for = [one.id for one in plans if one.state in ("proposed", "adopted")]
    followers = (
        one.codes["follower"]
        for one in actions
        if one.codes["plan"] in waited_for and service in involved_services([one])
    )
    return list(dict.fromkeys(followers))


def check_was_adopted(plan: Fragment | None) -> None:
    """Raises Refuse unless this is, or was, an adopted version."""
    if plan is None or "adopted_at" not in plan.codes:
        raise unmet(Reason.PLAN_NOT_ADOPTED, "`plan` is no adopted version of this case")


def check_covers(plan: Fragment, case: CaseSnapshot) -> None:
    """Raises Refuse for a version from before somebody was added to the client system."""
    _check_covered(case, plan.subjects)


def _positions_due(plan: Fragment) -> date:
    return date.fromisoformat(plan.codes["positions_due"])


def _check_members(case: CaseSnapshot, body: Mapping[str, Any]) -> None:
    with_goal = {subject for goal in body["goals"] for subject in goal["subjects"]}
    without = {one["subject"] for one in body["uncovered"]}
    executors = {
        one["carried_out_by"]["client"]
        for one in body["actions"]
        if one["carried_out_by"]["kind"] == "client"
    }
    case.check_subjects(with_goal | without | executors)
    _check_covered(case, with_goal | without)


def _check_covered(case: CaseSnapshot, covered: Collection[str]) -> None:
    forgotten = [one for one in case.persons if one not in covered]
    if forgotten:
        detail = "every member of the client system has a goal, or a ground why not"
        raise unmet(Reason.MEMBERS_UNCOVERED, detail, members=forgotten)


def _check_executors(case: CaseSnapshot, actions: Iterable[Fragment]) -> None:
    """Raises Refuse when a service that is to carry an action out was withdrawn since."""
    gone = [one for one in involved_services(actions) if one not in case.referred]
    if gone:
        detail = "an involved service that is to carry an action out was withdrawn"
        raise unmet(Reason.EXECUTOR_WITHDRAWN, detail, services=gone)


def _check_partners(case: CaseSnapshot, body: Mapping[str, Any]) -> None:
    executors = [
        one["carried_out_by"]["partner"]
        for one in body["actions"]
        if one["carried_out_by"]["kind"] == "partner"
    ]
    case.check_participants([*(one["follower"] for one in body["actions"]), *executors])


def _check_proposed(plan: Fragment) -> None:
    if plan.state != "proposed":
        raise unmet(Reason.PLAN_NOT_PROPOSED, "this version has been adopted or superseded")


def _check_adoption(terms: Mapping[str, Any], positions: Sequence[str]) -> None:
    if len(positions) < terms["quorum"]:
        raise unmet(Reason.POSITIONS_MISSING, "too few partners have taken a position")
    _ADOPTION[terms["adoption"]](positions)


def _nobody_objects(positions: Sequence[str]) -> None:
    if "object" in positions:
        raise unmet(Reason.OBJECTION, "a partner objects to this version")


def _more_approve_than_object(positions: Sequence[str]) -> None:
    if positions.count("approve") <= positions.count("object"):
        raise unmet(Reason.NO_MAJORITY, "no more partners approve than object")


_ADOPTION: Final[Mapping[str, Callable[[Sequence[str]], None]]] = {
    "no_objection": _nobody_objects,
    "majority": _more_approve_than_object,
}
"""Rule of the agreement → its check; abstaining counts for the quorum only."""


def _next_number(plans: Iterable[Fragment]) -> int:
    return 1 + max((int(one.codes["number"]) for one in plans), default=0)


def _superseded(plan: Fragment) -> Fragment:
    return revise(plan, codes={**plan.codes, "state": "superseded"})


def _fragments(case: CaseSnapshot, command: Command, number: int) -> Iterator[Fragment]:
    """The version's parts in the order in which a reader meets them."""
    body, now = command.body, command.now
    content = {key: body[key] for key in _PLAN_CONTENT}
    due = command.today + timedelta(days=command.terms["position_days"])
    codes = {
        "number": number,
        "state": "proposed",
        "positions_due": due.isoformat(),
        "proposed_by": command.person,
    }
    plan = Fragment(command.new_id(), "plan", case.persons, now, content, codes)
    yield plan
    goals: dict[str, Fragment] = {}
    for goal in body["goals"]:
        content = {"plan": plan.id, **{key: goal[key] for key in ("aim", "text", "summary")}}
        subjects = tuple(goal["subjects"])
        goals[goal["ref"]] = Fragment(command.new_id(), "goal", subjects, now, content)
        yield goals[goal["ref"]]
    for one in body["uncovered"]:
        content = {"plan": plan.id, "ground": one["ground"]}
        yield Fragment(command.new_id(), "uncovered", (one["subject"],), now, content)
    for one in body["actions"]:
        yield from _action(command, plan, goals[one["goal"]], one)


def _action(
    command: Command, plan: Fragment, goal: Fragment, body: Mapping[str, Any]
) -> Iterator[Fragment]:
    """An action, about whom its goal is about, and its judicial timing where it has one."""
    action = Fragment(
        id=command.new_id(),
        kind="action",
        subjects=goal.subjects,
        at=command.now,
        content={"goal": goal.id, **{key: body[key] for key in _ACTION_CONTENT}},
        codes={
            "plan": plan.id,
            "follower": body["follower"],
            "due": body["due"].isoformat(),
            "state": "open",
        },
        addressed_to=(body["follower"],),
    )
    yield action
    if "judicial_timing" in body:
        yield replace(
            action,
            id=command.new_id(),
            kind="judicial_timing",
            category="judicial",
            content={"action": action.id, **body["judicial_timing"]},
            codes={},
        )
