"""The real rules decide who is told of each event, in the form that notifications understands."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from chassis.opa import Opa
from contracts.rpc.notifications import DEADLINES
from contracts.topology import SUBSCRIPTIONS
from deploy.local.parts import Parts
from deploy.local.platform import POLICY
from deploy.local.sample_persons import sample_persons
from deploy.opa import bundle
from services.notifications.domain.deadlines import (
    Begin,
    End,
    Phase,
    Resume,
    Suspend,
    changes,
    repeat_on,
)
from services.notifications.domain.messages import Message, endings, messages
from tests import samples

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
SUBSCRIBED = SUBSCRIPTIONS["notifications"]
ROWS = json.loads((POLICY / "tables/notifications.json").read_text())
NOTIFYING = {name for name in SUBSCRIBED if "tell" in ROWS[name]}
ABOUT = {
    "question": "intake.information_requested",
    "action": "plans.action_updated",
    "decision": "plans.action_updated",
    "positions": "plans.plan_position_taken",
    "mandates": "intake.director_appointed",
    "emergency_review": "intake.emergency_opened",
    "wall_question": "intake.wall_question_asked",
}
"""Kind of deadline → an event that holds what policy is given about it, unless it is the case."""


WHEN: dict[str, dict[str, Any]] = {
    "intake.informing_confirmed": {"stage": "forming"},
    "intake.wall_raised": {"person": "p-f36e3411", "walled": ["p-f36e3411"]},
    "intake.direction_mandate_recorded": {"stage": "accepted", "complete": True},
    "plans.plan_position_taken": {"participants": ["caw"], "answered": ["caw"]},
    "plans.action_updated": {"state": "not_possible"},
}
"""Event that tells somebody only in some cases → such a case."""


DECIDED_ON = "5b0f3f0e-6a55-4f0c-9d0a-2c5f7a1f3e77"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opa]:
    """The policy service with its own rules and the sample agreements."""
    folder: Path = tmp_path_factory.mktemp("policy")
    server = Parts(folder, folder / "bundle.tar.gz", die_with_parent=True)
    bundle.build(server.opa_binary, POLICY, [POLICY / "data"], folder / "bundle.tar.gz")
    try:
        server.start(("opa",))
        opa = Opa(server.opa_url, timeout=5.0)
        yield opa
        opa.close()
    finally:
        server.kill()


def decided(rules: Opa, name: str, **changes: Any) -> dict[str, Any]:
    """What the rules decide of the sample of an event; a member changed to None is left out."""
    event = samples.event(name)
    data = {name: each for name, each in (event["data"] | changes).items() if each is not None}
    described = {name: event[name] for name in ("source", "type", "time")} | {"data": data}
    return rules.decide("ketenaanpak/notify/decision", {"now": NOW.isoformat(), "event": described})


def messages_for(rules: Opa, name: str, **changes: Any) -> list[Message]:
    """Who is told of the sample of an event by the rules."""
    return messages(decided(rules, name, **changes), NOW)


def changed(rules: Opa, name: str, **more: Any) -> list[Any]:
    """What the sample of an event changes of deadlines by the rules."""
    return changes(decided(rules, name, **more), samples.event(name))


def decided_when(rules: Opa, kind: str, phase: str) -> dict[str, Any]:
    """What the rules decide when the day of a deadline has come, or gone."""
    name = ABOUT.get(kind, "intake.case_concluded")
    data = samples.event(name)["data"] | {"director": "p-d868e7f5"}
    event = {"source": "notifications", "type": f"{kind}_{phase}", "time": NOW.isoformat()}
    question = {"now": NOW.isoformat(), "event": event | {"data": data}}
    return rules.decide("ketenaanpak/notify/decision", question)


def reminded(rules: Opa, kind: str, phase: str) -> list[Message]:
    """Who is told by the rules when the day of a deadline has come, or gone."""
    return messages(decided_when(rules, kind, phase), NOW)


@pytest.mark.parametrize("phase", get_args(Phase))
@pytest.mark.parametrize("kind", DEADLINES)
def test_a_day_that_comes_tells_whoever_has_to_act(kind: str, phase: str, rules: Opa) -> None:
    """A reminder that reaches nobody is no reminder."""
    sent = reminded(rules, kind, phase)

    assert {message.task for message in sent} == {f"{kind}_{phase}"}
    walled = samples.event(ABOUT.get(kind, "intake.case_concluded"))["data"]["walled"]
    assert not {message.person for message in sent} & {*walled}


@pytest.mark.parametrize("name", sorted(NOTIFYING))
def test_an_event_tells_professionals_of_its_agreement_and_nobody_who_is_walled_off(
    name: str, rules: Opa
) -> None:
    """Somebody is told of each event, and never a person who must not know of the case."""
    case = WHEN.get(name, {})
    of_brugge = {p.id for p in sample_persons().values() if p.agreement == "sample-brugge"}

    persons = {message.person for message in messages_for(rules, name, **case)}

    assert persons
    assert persons <= of_brugge - {*(samples.event(name)["data"] | case).get("walled", ())}


def test_what_ends_soon_is_announced_in_a_form_that_is_understood(rules: Opa) -> None:
    """An agreement that ends unnoticed closes every case under it."""
    question = {"now": "2035-12-15T09:00:00+00:00", "within_days": 30}

    sent = endings(rules.decide("ketenaanpak/notify/endings", question), NOW)

    assert {each.message.task for each in sent} == {"agreement_ends"}
    assert len({(each.key, each.message.person) for each in sent}) == len(sent)


def test_an_event_of_an_agreement_that_ended_tells_nobody(rules: Opa) -> None:
    """A case whose agreement lapsed shows nowhere, not even as a message."""
    assert messages_for(rules, "intake.crisis_raised", agreement="kaw-pilot-2018") == []


# --- deadlines ----------------------------------------------------------------------------------


def ended(found: list[Any]) -> set[str]:
    return {each.kind for each in found if isinstance(each, End)}


def suspended(found: list[Any]) -> set[str]:
    return {each.kind for each in found if isinstance(each, Suspend)}


@pytest.mark.parametrize("name", SUBSCRIBED)
def test_every_sample_of_what_is_handled_is_decided(name: str, rules: Opa) -> None:
    """No event of the contract fails for a member that is not there."""
    assert all(isinstance(one, Begin | End | Suspend | Resume) for one in changed(rules, name))


@pytest.mark.parametrize(
    ("name", "kind", "day", "members"),
    [
        ("intake.information_requested", "question", "due", ("to", "by")),
        ("intake.referral_submitted", "informing", "informing_due", ()),
        ("intake.informing_recorded", "informing", "informing_due", ()),
        ("intake.person_added", "informing", "informing_due", ()),
        ("intake.director_appointed", "mandates", "mandates_due", ()),
        ("intake.execution_started", "report", "report_due", ()),
        ("plans.progress_reported", "report", "next_on", ()),
        ("plans.plan_proposed", "positions", "positions_due", ()),
        ("plans.plan_position_taken", "positions", "positions_due", ("answered",)),
        ("intake.case_reopened", "report", "report_due", ()),
        ("intake.case_reopened", "informing", "informing_due", ()),
        ("intake.follow_up_extended", "follow_up", "follow_up_due", ()),
        ("intake.emergency_opened", "emergency_review", "review_due", ("person",)),
        ("intake.case_concluded", "follow_up", "follow_up_due", ()),
    ],
)
def test_an_event_that_names_a_day_begins_a_deadline(
    name: str, kind: str, day: str, members: tuple[str, ...], rules: Opa
) -> None:
    """What somebody has to do by a day is remembered by the platform, not by that person."""
    data = samples.event(name)["data"] | {day: "2026-04-02"}
    found = changed(rules, name, **{day: "2026-04-02"})
    [deadline] = [one for one in found if isinstance(one, Begin) and one.kind == kind]

    assert deadline.due == date(2026, 4, 2)
    assert dict(deadline.members) == {member: data[member] for member in members}


@pytest.mark.parametrize(
    ("name", "case", "kind", "days"),
    [
        ("intake.referral_submitted", {}, "referred", 10),
        ("intake.case_taken_on_agenda", {}, "forming", 28),
        ("intake.forming_reopened", {}, "forming", 28),
        ("intake.case_reopened", {"stage": "forming"}, "forming", 28),
        ("intake.forming_completed", {}, "weighing", 28),
        ("intake.case_accepted", {"stage": "waiting"}, "waiting", 28),
        ("intake.case_accepted", {"stage": "waiting"}, "safety_check", 14),
        ("risk.assessment_recorded", {"stage": "waiting"}, "safety_check", 14),
        ("intake.case_accepted", {"stage": "accepted"}, "accepted", 28),
        ("intake.case_promoted", {}, "accepted", 28),
        ("intake.answers_complete", {}, "next_step", 7),
        ("risk.weighing_closed", {}, "next_step", 7),
        (
            "intake.direction_mandate_recorded",
            WHEN["intake.direction_mandate_recorded"],
            "next_step",
            7,
        ),
        ("plans.plan_adopted", {"stage": "accepted"}, "next_step", 7),
        ("plans.conclusion_drawn", {}, "next_step", 7),
        ("plans.follow_up_recorded", {"result": "close"}, "next_step", 7),
        ("plans.follow_up_recorded", {"result": "extend"}, "next_step", 7),
        ("plans.follow_up_recorded", {"result": "reopen"}, "reopening", 1),
        ("plans.action_updated", {"state": "not_possible", "stage": "active"}, "decision", 14),
        ("intake.crisis_raised", {}, "crisis", 2),
        ("plans.unsafe_reported", {"stage": "waiting"}, "unsafe", 2),
        ("intake.direction_ended", {"stage": "accepted"}, "director", 7),
        ("intake.direction_ended", {"stage": "active"}, "director", 7),
        ("intake.direction_ended", {"stage": "concluded"}, "director", 7),
        ("intake.answer_lapsed", {"stage": "forming"}, "next_step", 7),
        ("intake.participant_invited", {"stage": "forming"}, "next_step", 7),
        ("plans.decision_recorded", {"stage": "active", "action": DECIDED_ON}, "revision", 14),
        ("intake.person_added", {"stage": "accepted"}, "uncovered", 14),
        ("intake.person_added", {"stage": "active"}, "uncovered", 14),
        ("intake.executor_withdrawn", {"stage": "accepted"}, "executor_withdrawn", 14),
        ("intake.executor_withdrawn", {"stage": "active"}, "executor_withdrawn", 14),
    ],
)
def test_what_waits_for_somebody_without_a_day_has_the_agreements_days(
    name: str, case: dict[str, Any], kind: str, days: int, rules: Opa
) -> None:
    """A case that nobody takes further would lie there, and a family with it."""
    [deadline] = [
        one for one in changed(rules, name, **case) if isinstance(one, Begin) and one.kind == kind
    ]

    began = datetime.fromisoformat(samples.event(name)["time"]).date()
    assert deadline.due == began + timedelta(days=days)


@pytest.mark.parametrize("phase", get_args(Phase))
@pytest.mark.parametrize("kind", DEADLINES)
def test_what_endangers_somebody_is_escalated_again_and_nothing_else(
    kind: str, phase: Phase, rules: Opa
) -> None:
    """An open crisis would fall silent after one message; a report would become noise."""
    days = {"safety_check": 14, "crisis": 2, "reopening": 1, "unsafe": 2}
    repeats = phase == "overdue" and kind in days
    day = NOW.date() + timedelta(days=days[kind]) if repeats else None

    assert repeat_on(decided_when(rules, kind, phase)) == day


def test_the_days_are_counted_in_belgium(rules: Opa) -> None:
    """What happens late in the evening in Brugge is of that day, not of the one before."""
    event = samples.event("intake.referral_submitted") | {"time": "2026-06-30T22:30:00+00:00"}
    question = {"now": NOW.isoformat(), "event": event}
    found = changes(rules.decide("ketenaanpak/notify/decision", question), event)

    assert {each.due for each in found if each.kind == "referred"} == {date(2026, 7, 11)}


def test_a_follow_up_ends_no_wait_only_the_step_that_it_asks_for_does(rules: Opa) -> None:
    """Whoever writes that it is not under control is not to be forgotten by having written it."""
    for result in ("close", "extend", "reopen"):
        assert ended(changed(rules, "plans.follow_up_recorded", result=result)) == set()
    for name in ("case_closed", "case_reopened", "follow_up_extended"):
        assert {"next_step", "reopening"} <= ended(changed(rules, f"intake.{name}"))
    assert "follow_up" in ended(changed(rules, "intake.case_closed"))
    assert "follow_up" in ended(changed(rules, "intake.case_reopened"))


def test_a_follow_up_that_asks_to_reopen_alerts_at_once(rules: Opa) -> None:
    """Violence again: the chairs, the director and the team are told, as of a crisis."""
    director = "p-d868e7f5"
    sent = messages_for(rules, "plans.follow_up_recorded", result="reopen", director=director)
    team = messages_for(rules, "intake.case_taken_on_agenda")

    assert {(each.task, each.urgent) for each in sent} == {("reopening_waiting", True)}
    assert {each.person for each in team} - {"p-1b790015"} < {each.person for each in sent}
    assert {director, "p-2c886884"} <= {each.person for each in sent}


def test_an_action_is_not_due_before_the_plan_is_carried_out(rules: Opa) -> None:
    """Nobody can report on an action of a case that is not carried out yet."""
    adopted = changed(rules, "plans.plan_adopted", stage="accepted")

    assert suspended(adopted) == {"action"}
    assert suspended(changed(rules, "plans.plan_adopted", stage="active")) == set()
    assert Resume("action") in changed(rules, "intake.execution_started")


def test_every_action_of_an_adopted_plan_has_its_own_deadline(rules: Opa) -> None:
    """The actions of the plan before it are nobody's any more."""
    found = changed(rules, "plans.plan_adopted", stage="active")

    assert [each for each in found if isinstance(each, Begin)] == [
        Begin(
            "action",
            action["action"],
            date.fromisoformat(action["due"]),
            {"follower": action["follower"]},
        )
        for action in samples.event("plans.plan_adopted")["data"]["actions"]
    ]
    replaced = {"uncovered", "executor_withdrawn"}
    assert ended(found) == {"positions", "action", "decision", "revision", *replaced}


def test_somebody_who_is_added_to_a_running_case_is_told_of_until_a_plan_covers_them(
    rules: Opa,
) -> None:
    """A newborn without a goal is nobody's task, and the case could not end."""
    chair, director = "p-2c886884", "p-d868e7f5"
    early = messages_for(rules, "intake.person_added", stage="forming")
    sent = messages_for(rules, "intake.person_added", stage="active", director=director)
    forming = changed(rules, "intake.person_added", stage="forming", informing_due=None)
    late = reminded(rules, "uncovered", "overdue")

    assert {each.task for each in early} == {"person_added"}
    assert {each.task for each in sent} == {"person_uncovered"}
    assert {chair, director, "p-099056e2"} <= {each.person for each in sent}
    assert forming == []
    assert {chair, director, "p-1b790015"} <= {each.person for each in late}


def test_who_waits_for_a_service_that_is_gone_is_told_and_the_director_is_asked(
    rules: Opa,
) -> None:
    """Nobody would come, and whoever counts on it would learn it last."""
    chair, director, follower, coordination = "p-2c886884", "p-b9c9dc45", "p-d868e7f5", "p-1b790015"
    name = "intake.executor_withdrawn"

    def told(**case: Any) -> set[str]:
        return {each.person for each in messages_for(rules, name, **case)}

    assert told(stage="active", director=director) == {director, follower}
    assert told(stage="accepted", director=None) == {chair, follower}
    for stage in ("concluded", "closed"):
        assert changed(rules, name, stage=stage) == []
    late = {each.person for each in reminded(rules, "executor_withdrawn", "overdue")}
    assert {chair, coordination} <= late


@pytest.mark.parametrize("state", ["not_possible", "not_undertaken"])
def test_a_blocked_action_waits_for_the_decision_of_the_team(state: str, rules: Opa) -> None:
    """It is not the follower's any more, and nobody's it must not become."""
    action = samples.event("plans.action_updated")["data"]["action"]

    blocked = changed(rules, "plans.action_updated", state=state, stage="active")
    goes_on = changed(rules, "plans.action_updated", state="in_progress", stage="active")
    decision = changed(rules, "plans.decision_recorded", action=action)
    of_nothing = changed(rules, "plans.decision_recorded", action=None)

    assert End("action", action) in blocked
    assert {each.kind for each in blocked if isinstance(each, Begin)} == {"decision"}
    assert goes_on == [
        End("decision", action),
        End("revision", action),
        Resume("action", action),
    ]
    waited_for = date.fromisoformat(samples.event("plans.decision_recorded")["time"][:10])
    due = waited_for + timedelta(days=14)
    assert decision == [Begin("revision", action, due), End("decision", action)]
    assert of_nothing == []


def test_what_was_done_is_not_due_any_more(rules: Opa) -> None:
    """A reminder of what is done teaches people to ignore reminders."""
    done = {
        "intake.information_request_answered": ({}, {"question"}),
        "intake.emergency_reviewed": ({}, {"emergency_review"}),
        "intake.direction_mandate_recorded": ({"complete": True}, {"mandates"}),
        "intake.informing_recorded": ({"informing_due": None}, {"informing"}),
        "intake.case_taken_on_agenda": ({}, {"referred"}),
        "intake.forming_completed": ({}, {"forming", "next_step"}),
        "intake.case_promoted": ({}, {"waiting", "safety_check"}),
        "intake.execution_started": ({}, {"accepted", "mandates", "next_step"}),
    }
    for name, (case, kinds) in done.items():
        assert ended(changed(rules, name, **case)) == kinds, name
    service = samples.event("intake.direction_mandate_recorded")["data"]["involved_service"]
    of_one = changed(rules, "intake.direction_mandate_recorded", complete=False)
    assert of_one == [End("mandates", service)]


@pytest.mark.parametrize("name", ["case_declined", "case_closed", "case_concluded"])
def test_reopening_resumes_what_the_end_suspended(name: str, rules: Opa) -> None:
    """A case that is taken up again would otherwise wait for nobody."""
    stage = "forming" if name == "case_declined" else "active"
    resumed = {
        each.kind
        for each in changed(rules, "intake.case_reopened", stage=stage)
        if isinstance(each, Resume)
    }

    assert suspended(changed(rules, f"intake.{name}")) <= resumed


@pytest.mark.parametrize("name", ["case_withdrawn", "case_declined", "case_closed"])
def test_a_case_that_is_over_reminds_of_nothing_but_the_review(name: str, rules: Opa) -> None:
    """Using emergency access is answered for, whatever became of the case."""
    found = changed(rules, f"intake.{name}")

    assert "emergency_review" not in {each.kind for each in found}
    assert {"question", "informing", "mandates"} <= ended(found) | suspended(found)


def test_who_is_unsafe_is_waited_for_until_nobody_is_or_the_case_is_over(rules: Opa) -> None:
    """It was told once, and the one who should have looked was ill."""
    chair, director, coordination = "p-2c886884", "p-d868e7f5", "p-1b790015"
    due = {each.person for each in reminded(rules, "unsafe", "due")}
    overdue = {each.person for each in reminded(rules, "unsafe", "overdue")}

    assert {chair, director} <= due
    assert coordination not in due
    assert due | {coordination} < overdue
    assert changed(rules, "plans.safety_cleared") == [End("unsafe")]
    assert "unsafe" in ended(changed(rules, "intake.case_withdrawn"))
    assert "unsafe" in suspended(changed(rules, "intake.case_declined"))
    assert changed(rules, "plans.unsafe_reported", stage="closed") == []


def test_a_case_without_a_director_waits_for_one(rules: Opa) -> None:
    """Reports stop with whoever wrote them, and nobody is missed."""
    assert changed(rules, "intake.direction_ended", stage="weighing") == []
    assert "director" in ended(changed(rules, "intake.director_appointed"))
    assert "director" in suspended(changed(rules, "intake.case_closed"))
