"""A version of the plan: proposed whole, positions, adopted by the agreement's rule."""

import uuid
from datetime import date
from typing import Any

import pytest

from casework.change import Change
from casework.fragment import Fragment
from chassis.errors import Refuse
from services.plans.domain.plan import (
    adopt_plan,
    followers_of_service,
    propose_plan,
    take_plan_position,
)
from tests.unit.casework.factories import CHILD, NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.plans import bodies
from tests.unit.plans.factories import (
    ACTION,
    EARLIER,
    PLAN,
    action,
    case,
    events_of,
    plan,
    position,
    unmet,
)

SERVICE = str(uuid.UUID(int=60))
SCHOOL, DOCTOR, LATER = (str(uuid.UUID(int=number)) for number in (61, 62, 63))
UNCOVERED = {"subject": PERPETRATOR, "ground": "niet bereikt"}
TIMING = {"on": "2026-03-20", **bodies.words("verhoor")}


def propose(body: dict[str, Any], *plans: Fragment) -> Change:
    """CAW proposes a version for the victim and the perpetrator."""
    request = command("propose_plan", body, terms={"position_days": 14})
    return propose_plan(case(), request, plans)


def take(body: dict[str, Any], of: Fragment, *positions: Fragment) -> Change:
    """Mental health care takes a position."""
    request = command("take_plan_position", body, partner="ggz")
    return take_plan_position(request, of, positions)


def adopt(
    *positions: Fragment,
    adoption: str = "no_objection",
    alone: bool = True,
    version: Fragment | None = None,
    if_match: int | None = 1,
    plans: tuple[Fragment, ...] = (),
    actions: tuple[Fragment, ...] = (),
    persons: tuple[str, ...] = (VICTIM, PERPETRATOR),
    referred: tuple[str, ...] = (),
) -> Change:
    """The chair has the version adopted, with a quorum of two."""
    terms = {"adoption": adoption, "quorum": 2, "same_person_may": {"adopt_plan": alone}}
    request = command("adopt_plan", terms=terms, if_match=if_match)
    given = case(persons=persons, referred=referred)
    return adopt_plan(given, request, version or plan(), plans, positions, actions)


def test_a_plan_becomes_fragments_that_name_each_other_by_random_ids() -> None:
    """Each part can be released on its own, and nothing of a caller's own refs is kept."""
    body = bodies.plan(VICTIM, uncovered=[UNCOVERED])
    body["actions"][1]["judicial_timing"] = TIMING

    made = propose(body).added

    version, goal, without, first, second, judicial = made
    assert [one.place for one in made] == list(range(6))
    assert len({one.id for one in made}) == 6
    assert (version.content, version.codes) == (
        {"weighing": bodies.WEIGHING, "assessments": [], **bodies.words("het plan")},
        {
            "number": 1,
            "state": "proposed",
            "positions_due": "2026-03-16",
            "proposed_by": "p-caw",
        },
    )
    assert goal.content == {"plan": version.id, "aim": "stop_violence", **bodies.words("doel g1")}
    assert without.content == {"plan": version.id, "ground": "niet bereikt"}
    assert first.content == {
        "goal": goal.id,
        "carried_out_by": {"kind": "partner", "partner": "caw"},
        **bodies.words("actie van caw"),
    }
    assert second.codes == {
        "plan": version.id,
        "follower": "parket",
        "due": bodies.DUE,
        "state": "open",
    }
    assert judicial.content == {"action": second.id, **TIMING, "on": date(2026, 3, 20)}


def test_each_part_says_whom_it_is_about_and_whom_it_is_addressed_to() -> None:
    """Policy decides about a part by its facts: the table's, joint, and judicial what is so."""
    actions = [bodies.action("parket", judicial_timing=TIMING)]

    made = propose(bodies.plan(VICTIM, uncovered=[UNCOVERED], actions=actions)).added

    facts = [(one.kind, one.category, one.subjects, one.addressed_to) for one in made]
    assert facts == [
        ("plan", "joint", (VICTIM, PERPETRATOR), ()),
        ("goal", "joint", (VICTIM,), ()),
        ("uncovered", "joint", (PERPETRATOR,), ()),
        ("action", "joint", (VICTIM,), ("parket",)),
        ("judicial_timing", "judicial", (VICTIM,), ("parket",)),
    ]
    assert {one.source for one in made} == {"table"}
    assert not any("author" in (one.content or {}) for one in made)


def test_partners_are_told_by_when_to_take_a_position() -> None:
    """A plan does not wait for ever: the agreement says within how many days."""
    change = propose(bodies.plan(VICTIM, PERPETRATOR))

    due = date(2026, 3, 16)
    assert events_of(change) == [("plan_proposed", {"plan": change.about.id, "positions_due": due})]
    assert (change.about, change.state) == (change.added[0], "proposed")


def test_nobody_in_the_family_is_forgotten() -> None:
    """Every member has a goal, or the plan says why not; the refusal names who is left."""
    with pytest.raises(Refuse) as refused:
        propose(bodies.plan(VICTIM))

    assert refused.value.code == "precondition_unmet"
    assert refused.value.members == {"reason": "members_uncovered", "members": [PERPETRATOR]}
    assert propose(bodies.plan(VICTIM, uncovered=[UNCOVERED])).added


@pytest.mark.parametrize(
    "changes",
    [
        {"goals": [bodies.goal(VICTIM, PERPETRATOR, CHILD)]},
        {"uncovered": [{"subject": CHILD, "ground": "elders"}]},
        {"actions": [bodies.action(carried_out_by={"kind": "client", "client": CHILD})]},
    ],
)
def test_a_plan_is_about_the_members_of_this_family_only(changes: dict[str, Any]) -> None:
    """Somebody of another case does not get into the plan by a mistaken id."""
    with pytest.raises(Refuse) as refused:
        propose(bodies.plan(VICTIM, PERPETRATOR) | changes)

    assert (refused.value.code, refused.value.members) == ("unknown_subject", {"subjects": [CHILD]})


@pytest.mark.parametrize(
    "action",
    [
        bodies.action("school", carried_out_by={"kind": "client", "client": VICTIM}),
        bodies.action(carried_out_by={"kind": "partner", "partner": "school"}),
    ],
)
def test_who_follows_or_acts_as_a_partner_takes_part(action: dict[str, Any]) -> None:
    """A partner outside the case is not charged with an action, nor told of one."""
    with pytest.raises(Refuse) as refused:
        propose(bodies.plan(VICTIM, PERPETRATOR, actions=[action]))

    assert refused.value.members == {"reason": "not_participant", "partners": ["school"]}


@pytest.mark.parametrize(
    "executor",
    [
        {"kind": "client", "client": PERPETRATOR},
        {"kind": "involved_service", "involved_service": SERVICE},
    ],
)
def test_the_family_and_services_carry_actions_out_too(executor: dict[str, str]) -> None:
    """Responsibility and strengths of clients come first; a partner only follows."""
    action = bodies.action(carried_out_by=executor)

    made = propose(bodies.plan(VICTIM, PERPETRATOR, actions=[action])).added

    assert (made[2].content or {})["carried_out_by"] == executor
    assert made[2].addressed_to == ("caw",)


def test_a_new_version_takes_the_place_of_the_open_one_and_not_of_the_plan() -> None:
    """While a better version is talked over, what was adopted is still carried out."""
    adopted, open_one = plan("adopted", EARLIER, 4), plan(number=5)

    change = propose(bodies.plan(VICTIM, PERPETRATOR), adopted, open_one)

    assert change.about.codes["number"] == 6
    [superseded] = change.revised
    assert (superseded.id, superseded.state, superseded.version) == (PLAN, "superseded", 2)


def test_a_position_is_its_partners_own() -> None:
    """It is recorded under the partner's name, among what the team makes together."""
    change = take({"position": "object", "ground": "te vroeg"}, plan())

    [taken] = change.added
    of_the_table = (taken.source, taken.category, taken.content)
    assert of_the_table == ("table", "joint", {"ground": "te vroeg"})
    codes = {"plan": PLAN, "partner": "ggz", "position": "object"}
    assert (taken.codes, change.state) == (codes, "object")
    waiting = {"answered": ["ggz"], "positions_due": date(2026, 3, 16)}
    assert events_of(change) == [("plan_position_taken", codes | waiting)]


def test_a_position_taken_again_takes_the_place_of_the_earlier_one() -> None:
    """A partner that was convinced does not count twice, and the old ground is shown no more."""
    earlier = position("ggz", "object")

    change = take({"position": "approve"}, plan(), position("caw", "approve"), earlier)

    [revised] = change.revised
    assert (revised.id, revised.version, revised.content) == (earlier.id, 2, {})
    assert revised.codes["position"] == "approve"
    assert change.added == ()
    [(_, data)] = events_of(change)
    assert data["answered"] == ["caw", "ggz"]


def test_a_position_on_another_version_stays_what_it_was() -> None:
    """An objection to the first version does not vanish because the second is better."""
    change = take({"position": "approve"}, plan(), position("ggz", "object", of=EARLIER))

    assert (len(change.added), change.revised) == (1, ())
    [(_, data)] = events_of(change)
    assert data["answered"] == ["ggz"]


@pytest.mark.parametrize("state", ["adopted", "superseded"])
def test_a_version_that_is_no_longer_open_is_not_voted_on(state: str) -> None:
    """What was adopted was adopted on the positions of that moment, once."""
    assert refusal(lambda: take({"position": "approve"}, plan(state))) == unmet("plan_not_proposed")
    assert refusal(lambda: adopt(version=plan(state))) == unmet("plan_not_proposed")


def test_too_few_positions_adopt_nothing() -> None:
    """A plan is the team's, not of the one who happened to be there."""
    on_another = position("parket", "approve", of=EARLIER)

    assert refusal(lambda: adopt(position("caw", "approve"), on_another)) == unmet(
        "positions_missing"
    )


@pytest.mark.parametrize(
    ("adoption", "positions", "reason"),
    [
        ("no_objection", ["approve", "approve", "object"], "objection"),
        ("no_objection", ["approve", "abstain"], None),
        ("majority", ["approve", "approve", "object"], None),
        ("majority", ["approve", "object"], "no_majority"),
        ("majority", ["approve", "object", "abstain"], "no_majority"),
        ("majority", ["approve", "abstain", "abstain"], None),
        ("majority", ["abstain", "abstain"], "no_majority"),
    ],
)
def test_the_agreement_says_when_a_version_is_adopted(
    adoption: str, positions: list[str], reason: str | None
) -> None:
    """Nobody objects, or more approve than object; abstaining counts for the quorum only."""
    given = [position(f"partner-{place}", one) for place, one in enumerate(positions)]

    if reason is None:
        assert adopt(*given, adoption=adoption).about.state == "adopted"
    else:
        assert refusal(lambda: adopt(*given, adoption=adoption)) == unmet(reason)


def test_the_chair_adopts_the_version_that_was_read() -> None:
    """Nobody adopts a version that has become another meanwhile."""
    assert refusal(lambda: adopt(if_match=None)) == ("precondition_required", None)
    assert refusal(lambda: adopt(if_match=2)) == ("precondition_failed", None)


def test_an_adopted_version_stands_and_the_one_before_it_is_superseded() -> None:
    """There is one plan at a time, and intake can rest a step on it."""
    version, before = plan(number=2), plan("adopted", EARLIER)
    codes = action().codes
    actions = (
        action(),
        action(id="second", codes={**codes, "follower": "parket"}),
        action(id="third"),
        action(id="of-another", codes={**codes, "plan": EARLIER, "follower": "ggz"}),
    )

    change = adopt(
        position("caw", "approve"),
        position("ggz", "approve"),
        version=version,
        plans=(before, version),
        actions=actions,
    )

    adopted, superseded = change.revised
    assert (adopted.state, adopted.version) == ("adopted", 2)
    assert adopted.codes["adopted_at"] == NOW.isoformat()
    assert (superseded.id, superseded.state) == (EARLIER, "superseded")
    outcome = change.outcome
    assert outcome is not None
    assert (outcome.kind, outcome.id) == ("plan_versions", PLAN)
    followers = ["caw", "parket"]
    assert outcome.members == {"closed_at": NOW, "version": 2, "followers": followers}
    dues = [
        {"action": one, "follower": follower, "due": date(2026, 3, 9)}
        for one, follower in ((ACTION, "caw"), ("second", "parket"), ("third", "caw"))
    ]
    assert events_of(change) == [("plan_adopted", {"plan": PLAN, "actions": dues})]


@pytest.mark.parametrize(("alone", "by"), [(True, "p-caw"), (False, "p-ggz"), (False, None)])
def test_who_proposed_a_version_adopts_it_where_the_agreement_says_so(
    alone: bool, by: str | None
) -> None:
    """What an earlier version of plans stored names nobody: it can still be adopted."""
    codes = plan().codes | ({"proposed_by": by} if by else {})
    given = (position("caw", "approve"), position("ggz", "approve"))

    assert adopt(*given, alone=alone, version=plan(codes=codes)).outcome


def test_nobody_adopts_the_own_version_where_the_agreement_wants_another() -> None:
    """One person would write the plan and declare it everybody's."""
    own = plan(codes={**plan().codes, "proposed_by": "p-caw"})
    given = (position("caw", "approve"), position("ggz", "approve"))

    refused = refusal(lambda: adopt(*given, alone=False, version=own))

    assert refused == unmet("own_proposal")


def test_a_version_from_before_somebody_was_added_is_not_adopted() -> None:
    """The newborn whom nobody had thought of would have no goal, and nobody would notice."""
    positions = (position("caw", "approve"), position("ggz", "approve"))

    with pytest.raises(Refuse) as refused:
        adopt(*positions, persons=(VICTIM, PERPETRATOR, CHILD))

    assert (refused.value.code, refused.value.members) == (
        "precondition_unmet",
        {"reason": "members_uncovered", "members": [CHILD]},
    )


def carried_out_by(service: str, follower: str, of: str = PLAN) -> Fragment:
    """An action that an involved service carries out."""
    codes = {"plan": of, "follower": follower, "due": "2026-03-09", "state": "open"}
    executor = {"kind": "involved_service", "involved_service": service}
    return action(id=f"{follower}-{of}", codes=codes, content={"carried_out_by": executor})


def test_a_version_with_a_service_that_was_withdrawn_is_not_adopted() -> None:
    """The child would wait for a school that is none of theirs."""
    approved = position("caw", "approve"), position("ggz", "approve")
    actions = (action(), carried_out_by(SCHOOL, "parket"), carried_out_by(DOCTOR, "ggz"))

    with pytest.raises(Refuse) as refused:
        adopt(*approved, actions=actions, referred=(DOCTOR,))

    assert refused.value.code == "precondition_unmet"
    assert refused.value.members == {"reason": "executor_withdrawn", "services": [SCHOOL]}
    elsewhere = carried_out_by(SCHOOL, "parket", of=EARLIER)
    assert adopt(*approved, actions=(action(), elsewhere)).state == "adopted"
    assert adopt(*approved, actions=actions, referred=(SCHOOL, DOCTOR)).state == "adopted"


def test_who_waits_for_a_service_follows_it_in_the_plan_or_a_proposed_version() -> None:
    """Whoever followed it once is not told of what is over."""
    versions = [plan("adopted"), plan("superseded", id=EARLIER), plan("proposed", id=LATER)]
    actions = [
        carried_out_by(SCHOOL, "parket"),
        carried_out_by(SCHOOL, "caw", of=EARLIER),
        carried_out_by(SCHOOL, "parket", of=LATER),
        carried_out_by(SCHOOL, "ggz", of=LATER),
        carried_out_by(DOCTOR, "stad", of=LATER),
        action(),
    ]

    assert followers_of_service(SCHOOL, versions, actions) == ["parket", "ggz"]
    assert followers_of_service("another", versions, actions) == []
