"""From the first version of the plan to the evaluation, as one family's case goes."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.events import read_event
from contracts.fragment_projections import KINDS
from contracts.rpc.fragments import ReadFragmentsReply
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.observing import kept, published
from tests.integration.plans.client import PERPETRATOR, VICTIM, Client
from tests.unit.plans import bodies

TIMING = {"on": builders.in_days(18), **bodies.words("verhoor")}


def write_everything(client: Client, clock: FixedClock) -> str:
    """Everything that plans does for one case; returns the case."""
    case = new_id()
    first = client.propose(case)
    clock.advance(timedelta(minutes=1))
    client.position(case, first, "caw")
    client.position(case, first, "ggz", "object")
    second = client.propose(
        case,
        goals=[bodies.goal(VICTIM)],
        uncovered=[{"subject": PERPETRATOR, "ground": "niet bereikt"}],
        actions=[bodies.action("caw"), bodies.action("parket", judicial_timing=TIMING)],
    )
    for partner in ("caw", "ggz", "parket"):
        client.position(case, second, partner)
    client.adopt(case, second)
    clock.advance(timedelta(days=1))
    talk = bodies.contact(VICTIM, plan=second, safely="alleen, op kantoor")
    client.send("log_contact", talk, case)
    trajectory = client.send("record_trajectory", bodies.trajectory(VICTIM), case)["id"]
    visit, hearing = client.actions(case, second)
    client.update(case, visit, "not_possible", reason="geen plaats")
    client.decide(case, action=visit, session=bodies.SESSION)
    client.update(case, visit, "in_progress")
    client.update(case, visit, "done")
    client.update(case, hearing, "in_progress")
    client.send("report_progress", bodies.report(), case)
    looked = {**bodies.check(), "subjects": [VICTIM], "session": bodies.SESSION}
    client.send("check_safety", looked, case)
    ended = {"state": "ended", **bodies.words("afgerond")}
    client.send("update_trajectory", ended, case, target=trajectory, if_match=1)
    client.send("draw_conclusion", bodies.conclusion(), case)
    clock.advance(timedelta(days=180))
    client.send("record_follow_up", bodies.follow_up("extend", next_on=client.in_days(30)), case)
    clock.advance(timedelta(days=30))
    client.send("evaluate_approach", bodies.evaluation(), case)
    return case


def test_everything_that_was_written_is_returned_in_the_order_of_its_time(
    client: Client, clock: FixedClock
) -> None:
    """Who may read a case finds the whole story of its plan, and all that the contract shows."""
    case = write_everything(client, clock)

    reply = client.read(case)

    assert (
        ReadFragmentsReply().validate({"case": case, "fragments": reply, "destroyed": False}) == {}
    )
    assert [one["at"] for one in reply] == sorted(one["at"] for one in reply)
    kinds = [one["kind"] for one in reply]
    assert kinds[:4] == ["plan", "goal", "action", "action"]
    assert kinds[-2:] == ["evaluation", "safety_check"]
    fields_by_kind: dict[str, set[str]] = {}
    for one in reply:
        fields_by_kind.setdefault(one["kind"], set()).update(one["content"])
    optional = {"reason", "ground", "service"}
    for kind, fields in fields_by_kind.items():
        assert set(KINDS[kind].full) - fields <= optional, kind
    assert set(kinds) == {
        *("plan", "goal", "uncovered", "action", "judicial_timing", "plan_position"),
        *("decision", "contact", "trajectory", "report", "safety_check", "safety_note"),
        *("conclusion", "follow_up", "evaluation"),
    }


def test_each_thing_stands_as_it_was_left(client: Client, clock: FixedClock) -> None:
    """The plan, its actions and positions are returned with their present state."""
    case = write_everything(client, clock)

    plans = [one["content"] for one in client.read(case, kinds=["plan"])]
    actions = [one["content"] for one in client.read(case, kinds=["action"])]
    [trajectory] = client.read(case, kinds=["trajectory"])

    assert [(one["number"], one["state"]) for one in plans] == [(1, "superseded"), (2, "adopted")]
    assert [one["state"] for one in actions] == ["open", "open", "done", "in_progress"]
    assert not any("reason" in one or "action_version" in one for one in actions)
    assert (trajectory["version"], trajectory["content"]["state"]) == (2, "ended")
    assert trajectory["content"]["since"] == "2026-01-05"


def test_every_command_publishes_one_event(
    runtime: Runtime, client: Client, clock: FixedClock
) -> None:
    """Those who remind and record learn of each step, in ids and codes."""
    case = write_everything(client, clock)

    events = published(runtime, case)

    assert [one["type"] for one in events] == [
        *("plan_proposed", "plan_position_taken", "plan_position_taken"),
        *("plan_proposed", *("plan_position_taken",) * 3, "plan_adopted"),
        *("contact_logged", "trajectory_recorded"),
        *("action_updated", "decision_recorded", *("action_updated",) * 3),
        *("progress_reported", "safety_checked", "trajectory_updated", "conclusion_drawn"),
        *("follow_up_recorded", "approach_evaluated"),
    ]
    for one in events:
        data = read_event(one)
        assert (one["source"], data["case"], data["walled"]) == ("plans", case, ["p-kin"])
    adopted = next(one["data"] for one in events if one["type"] == "plan_adopted")
    assert [(one["follower"], one["due"]) for one in adopted["actions"]] == [
        ("caw", bodies.DUE),
        ("parket", bodies.DUE),
    ]


def test_earlier_versions_are_kept_and_returned_to_nobody(
    runtime: Runtime, client: Client, clock: FixedClock
) -> None:
    """What an action or trajectory was before can be accounted for; a reader sees how it is."""
    case = write_everything(client, clock)

    versions = list(runtime.database["versions"].find({"case": case}))

    assert len(versions) == len({one["_id"] for one in versions})
    assert [one["kind"] for one in versions].count("trajectory") == 1
    assert [one["kind"] for one in versions].count("action") == 4
    assert [one["kind"] for one in versions].count("plan") == 2
    reply = {one["id"] for one in client.read(case)}
    assert not reply & {one["_id"] for one in versions}


def test_a_revised_position_keeps_no_old_ground(client: Client) -> None:
    """A partner that was convinced is read with its present position."""
    case = new_id()
    plan = client.propose(case)
    objected = client.position(case, plan, "ggz", "object")

    approved = client.position(case, plan, "ggz")

    reply = client.one(case, approved)
    said = reply["content"]["partner"]
    assert (approved, reply["version"], said) == (objected, 2, "ggz")
    assert reply["content"] == {"plan": plan, "partner": "ggz", "position": "approve"}
    assert client.one(case, plan)["version"] == 1


REFUSED: dict[str, tuple[str, dict[str, Any], str, str | None]] = {
    "a plan that forgets somebody": (
        "propose_plan",
        bodies.plan(VICTIM),
        "precondition_unmet",
        "members_uncovered",
    ),
    "a conclusion without a plan": (
        "draw_conclusion",
        bodies.conclusion(),
        "precondition_unmet",
        "plan_missing",
    ),
    "a follow-up without a conclusion": (
        "record_follow_up",
        bodies.follow_up(),
        "precondition_unmet",
        "conclusion_missing",
    ),
    "a note about a stranger": (
        "log_contact",
        bodies.contact(new_id()),
        "unknown_subject",
        None,
    ),
}


@pytest.mark.parametrize(("name", "body", "code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    name: str, body: Any, code: str, reason: str | None, runtime: Runtime, client: Client
) -> None:
    """A refusal leaves no trace that a later rule would trip over."""
    case = new_id()
    before = kept(runtime)

    with pytest.raises(Refuse) as refused:
        client.send(name, body, case)

    assert (refused.value.code, refused.value.members.get("reason")) == (code, reason)

    assert kept(runtime) == before


def test_an_id_of_another_case_or_kind_is_not_found(client: Client) -> None:
    """Nothing is changed by way of somebody else's case."""
    case, other = new_id(), new_id()
    plan, foreign = client.propose(case), client.propose(other)
    [action, _] = client.actions(case, plan)

    for target in (foreign, action, new_id(), None):
        with pytest.raises(Refuse) as refused:
            client.send("take_plan_position", {"position": "approve"}, case, target=target)
        assert refused.value.code == "not_found"
    with pytest.raises(Refuse) as unmet:
        client.decide(case, action=client.actions(other, foreign)[0])
    assert unmet.value.members == {"reason": "action_not_blocked"}
