"""What intake rests a step on: closed once, and never changed."""

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse
from chassis.runtime import Runtime
from chassis.validation import dump
from contracts.rpc.plans import METHODS
from services.plans.domain import closing
from tests.integration.envelopes import new_id
from tests.integration.plans.client import PERPETRATOR, VICTIM, Client
from tests.unit.plans import bodies


def close(client: Client, case: str) -> dict[str, str]:
    """One closed document of each kind, by the method that returns it."""
    return {
        "plan_outcome": client.adopted(case),
        "conclusion_outcome": client.send("draw_conclusion", bodies.conclusion(), case)["id"],
        "follow_up_outcome": client.send("record_follow_up", bodies.follow_up(), case)["id"],
    }


def outcomes_of(client: Client, case: str, closed: dict[str, str]) -> dict[str, Any]:
    """What intake is answered about each."""
    return {
        method: dump(METHODS[method][1], client.outcome(method, case, document))
        for method, document in closed.items()
    }


def test_what_was_closed_is_returned(client: Client, clock: FixedClock) -> None:
    """A step of the case rests on what was decided: intake learns that, and no more."""
    case = new_id()
    closed = close(client, case)

    # The database keeps milliseconds.
    at = clock.now().replace(microsecond=clock.now().microsecond // 1000 * 1000).isoformat()
    common = {
        method: {
            "id": closed[method],
            "case": case,
            "closed_at": at,
            "stands": True,
            "covers": [VICTIM, PERPETRATOR],
        }
        for method in closed
    }
    ending = {"proposed_by": "p-caw", "unsafe": False}
    assert outcomes_of(client, case, closed) == {
        "plan_outcome": common["plan_outcome"]
        | {"version": 1, "followers": ["caw", "parket"], "services": []},
        "conclusion_outcome": common["conclusion_outcome"]
        | ending
        | {"violence_stopped": True, "goals_reached": True, "followers": ["caw", "parket"]},
        "follow_up_outcome": common["follow_up_outcome"]
        | ending
        | {"result": "close", "ground": None, "next_on": None},
    }


def test_what_was_closed_never_changes(client: Client) -> None:
    """A newer plan, a finished action, another conclusion: what intake was answered stays true."""
    case = new_id()
    closed = close(client, case)
    before = outcomes_of(client, case, closed)
    [action, _] = client.actions(case, closed["plan_outcome"])

    client.update(case, action, "done")
    client.send("draw_conclusion", bodies.conclusion(violence_stopped=False), case)
    client.adopted(case, actions=[bodies.action("ggz")])
    reopened = bodies.follow_up("reopen", ground="new_facts")
    client.send("record_follow_up", reopened, case)

    after = outcomes_of(client, case, closed)
    assert after == {method: {**said, "stands": False} for method, said in before.items()}


def test_what_was_closed_stands_until_something_later_takes_its_place(client: Client) -> None:
    """A case would end on a plan or a talk that the table has left behind."""
    case = new_id()
    closed = close(client, case)

    def assert_current(*methods: str) -> None:
        said = outcomes_of(client, case, closed)
        assert {method for method in closed if said[method]["stands"]} == set(methods)

    client.propose(case)
    assert_current(*closed)
    extended = bodies.follow_up("extend", next_on="2027-06-01")
    closed["later"] = client.send("record_follow_up", extended, case)["id"]
    later = client.outcome("follow_up_outcome", case, closed.pop("later"))
    assert (later["stands"], later["next_on"]) == (True, date(2027, 6, 1))
    assert_current("plan_outcome", "conclusion_outcome")
    second = client.adopted(case)
    assert_current()
    assert client.outcome("plan_outcome", case, second)["stands"]


def test_what_is_open_foreign_unknown_or_of_another_kind_looks_the_same(client: Client) -> None:
    """Nobody can move a case on a document that is unfinished, foreign or something else."""
    case, other = new_id(), new_id()
    closed, foreign = close(client, case), close(client, other)
    proposed = client.propose(case)
    refusals = set()

    for method, own in closed.items():
        elsewhere = [document for of, document in closed.items() if document != own]
        for document in (proposed, foreign[method], new_id(), *elsewhere):
            with pytest.raises(Refuse) as refusal:
                client.outcome(method, case, document)
            refusals.add((refusal.value.code, refusal.value.detail))

    assert refusals == {("not_found", "nothing closed of this case has this id")}


def test_intake_is_told_that_somebody_is_unsafe_now(client: Client, clock: FixedClock) -> None:
    """A conclusion of last week would end the case of somebody who was threatened today."""
    case = new_id()
    closed = close(client, case)
    ends = [closed["conclusion_outcome"], closed["follow_up_outcome"]]

    def unsafe(judgement: str, *subjects: str) -> set[bool]:
        clock.advance(timedelta(minutes=1))
        check = {**bodies.check(judgement), "subjects": list(subjects)}
        client.send("check_safety", check, case)
        said = outcomes_of(client, case, closed)
        return {one["unsafe"] for one in said.values() if one["id"] in ends}

    assert unsafe("unsafe", VICTIM) == {True}
    clock.advance(timedelta(minutes=1))
    client.send("record_follow_up", bodies.follow_up("reopen", ground="violence_again"), case)
    assert unsafe("safe", PERPETRATOR) == {True}
    assert unsafe("unknown", VICTIM) == {True}
    assert unsafe("safe", VICTIM) == {False}


def test_what_an_earlier_version_closed_is_read(client: Client, runtime: Runtime) -> None:
    """It does not say who proposed it, and the case has to go on all the same."""
    case = new_id()
    closed = close(client, case)
    for kind in ("conclusions", "follow_ups"):
        runtime.database[kind].update_many({"case": case}, {"$unset": {"proposed_by": ""}})

    said = outcomes_of(client, case, closed)

    assert said["conclusion_outcome"]["proposed_by"] is None
    assert said["follow_up_outcome"]["proposed_by"] is None


def test_what_an_earlier_version_concluded_against_its_aims_concludes_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited for the chair while the platform was upgraded."""
    case = new_id()
    client.adopted(case)
    aims = [{**one, "outcome": "not_reached"} for one in bodies.conclusion()["aims"]]
    with monkeypatch.context() as earlier:
        earlier.setattr(closing, "contradicts_itself", lambda _conclusion: False)
        drawn = client.send("draw_conclusion", bodies.conclusion(aims=aims), case)["id"]

    assert not client.outcome("conclusion_outcome", case, drawn)["goals_reached"]


def test_intake_learns_which_service_the_plan_counts_on_and_who_waits_for_it(
    client: Client,
) -> None:
    """Execution would start with a service that is gone, and its follower learn it last."""
    case, service = new_id(), new_id()
    executor = {"kind": "involved_service", "involved_service": service}
    actions = [bodies.action("caw"), bodies.action("parket", carried_out_by=executor)]
    with pytest.raises(Refuse) as refused:
        client.adopted(case, actions=actions)
    assert refused.value.members == {"reason": "executor_withdrawn", "services": [service]}

    assert client.plans.service_followers(case, service) == {
        "case": case,
        "service": service,
        "followers": ["parket"],
    }
    assert client.plans.service_followers(case, new_id())["followers"] == []
    assert client.plans.service_followers(new_id(), service)["followers"] == []
