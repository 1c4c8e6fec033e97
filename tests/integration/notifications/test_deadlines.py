"""Days that come: reminded once and escalated once, however many replicas run."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import CodedError
from chassis.mongo import Conflict, transaction
from chassis.runtime import open_runtime
from contracts.events import make_event
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from services.notifications.application import Notifications
from services.notifications.domain.earlier_deadlines import AT_STAGE
from services.notifications.store.deadlines import Deadlines
from services.notifications.store.renewal import pending, pending_repeats, renew, repeat
from tests.integration.intake.conftest import config_on
from tests.integration.serving import policy_server

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
CASE = str(uuid.UUID(int=7))


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A policy server that tells every participant; tests may stop it."""
    with policy_server(tmp_path_factory.mktemp("policy")) as server:
        yield server


class Replicas:
    """Three replicas on one database, whose clock is moved by hand."""

    def __init__(self, parts: Parts, policy: Parts) -> None:
        self.clock = FixedClock(BEGIN)
        self.occurred_at = BEGIN
        config = replace(config_on(parts), service="notifications", opa_url=policy.opa_url)
        self.runtimes = [replace(open_runtime(config), clock=self.clock) for _ in range(3)]
        self.runtimes[0].prepare()
        self.replicas = [Notifications(runtime) for runtime in self.runtimes]

    def deliver(self, name: str, at: datetime | None = None, **more: Any) -> None:
        """Deliver an event of the case to two of the replicas."""
        self.occurred_at = max(self.occurred_at + timedelta(microseconds=1), self.clock.now())
        data = {
            "case": CASE,
            "agreement": "sample-brugge",
            "stage": "active",
            "submitted_by": "caw",
            "participants": ["caw", "ggz"],
            "walled": [],
            **more,
        }
        event = make_event(
            name,
            data,
            at=at or self.occurred_at,
            subject=CASE,
            command_id=str(uuid.uuid4()),
            decision_id=str(uuid.uuid4()),
        )
        for replica in self.replicas[:2]:
            replica.handle_event(event)

    def run_due(self) -> None:
        """Run the periodic tasks of all replicas at the same moment."""
        faults: list[Exception] = []

        def remind(replica: Notifications) -> None:
            try:
                replica.remind()
                replica.notify_of_endings()
            except Conflict:
                pass  # another replica was a moment earlier; the next round would go on
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=remind, args=(one,)) for one in self.replicas]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert faults == []

    def tell_again(self) -> None:
        """Ask again of what stands, in all replicas one after the other."""
        for replica in self.replicas:
            replica.tell_again()

    def days(self, count: int) -> None:
        """Lets days pass, one by one."""
        for _ in range(count):
            self.clock.advance(timedelta(days=1))
            self.run_due()

    def tasks(self, person: str) -> Counter[str]:
        """What waits in a person's inbox, without the events themselves."""
        found: Counter[str] = Counter()
        after = None
        while True:
            page = self.replicas[0].inbox(person, after, 100)
            found.update(one.task for one in page["messages"] if one.task != "referral_waiting")
            after = page["next"]
            if after is None:
                return found

    def expire_leases(self) -> None:
        """Expire all leases, as if their holders had been away for too long."""
        deadlines = self.runtimes[0].database["deadlines"]
        deadlines.update_many({}, {"$set": {"leased_until": BEGIN}})

    def close(self) -> None:
        self.runtimes[0].database.client.drop_database(self.runtimes[0].database.name)
        for runtime in self.runtimes:
            runtime.close()


@pytest.fixture
def replicas(parts: Parts, policy: Parts) -> Iterator[Replicas]:
    """The service three times, nothing due yet."""
    made = Replicas(parts, policy)
    yield made
    made.close()


def day(days: int) -> date:
    return (BEGIN + timedelta(days=days)).date()


def a_random_id() -> str:
    return str(uuid.uuid4())


def test_a_year_of_a_case_reminds_of_each_day_once(replicas: Replicas) -> None:
    """Three replicas and three hundred days: whoever has to act is told once, then those above."""
    question, late, done, grant = (a_random_id() for _ in range(4))
    replicas.deliver("intake.referral_submitted", stage="referred", informing_due=day(20))
    replicas.deliver("intake.case_taken_on_agenda", stage="forming", session=a_random_id())
    replicas.deliver(
        "intake.information_requested", request=question, to="ggz", by="caw", due=day(10)
    )
    replicas.days(12)
    answered = {"request": question, "to": "ggz", "by": "caw", "due": day(10)}
    replicas.deliver("intake.information_request_answered", **answered, outcome="nothing_known")
    replicas.deliver("intake.forming_completed", stage="weighing")
    replicas.days(20)
    replicas.deliver("intake.informing_recorded")
    replicas.deliver("intake.case_accepted", stage="accepted", referrer="p-x")
    replicas.deliver("intake.director_appointed", person="p-x", partner="caw", mandates_due=day(46))
    replicas.deliver("plans.plan_proposed", plan=a_random_id(), positions_due=day(46))
    replicas.days(8)
    actions = [
        {"action": late, "follower": "caw", "due": day(60)},
        {"action": done, "follower": "ggz", "due": day(60)},
    ]
    replicas.deliver("plans.plan_adopted", plan=a_random_id(), actions=actions)
    replicas.deliver("intake.execution_started", report_due=day(70))
    replicas.deliver("plans.action_updated", action=done, follower="ggz", state="done")
    replicas.days(26)
    replicas.deliver(
        "plans.progress_reported", fragment=a_random_id(), category="joint", next_on=day(98)
    )
    emergency = {"person": "p-x", "partner": "caw", "review_due": day(73)}
    replicas.deliver(
        "intake.emergency_opened", grant=grant, until=replicas.clock.now(), **emergency
    )
    replicas.days(20)
    replicas.deliver("intake.case_concluded", stage="concluded", follow_up_due=day(270))
    replicas.days(200)
    replicas.deliver(
        "plans.follow_up_recorded", fragment=a_random_id(), category="joint", result="close"
    )
    replicas.deliver("intake.case_closed", stage="closed")
    replicas.days(9)
    replicas.deliver("intake.case_reopened", ground="violence_again", report_due=day(323))
    replicas.days(70)

    expected = {
        "question_due": 1,
        "informing_due": 1,
        "informing_overdue": 1,
        "action_due": 1,
        "action_overdue": 1,
        "emergency_review_due": 1,
        "emergency_review_overdue": 1,
        "follow_up_due": 1,
        "follow_up_overdue": 1,
        "report_due": 1,
        "report_overdue": 1,
    }
    assert replicas.tasks("p-caw") == replicas.tasks("p-ggz") == Counter(expected)
    assert replicas.tasks("p-ends") == Counter({"mandate_ends": 1})


def test_somebody_who_is_walled_off_later_is_not_reminded(replicas: Replicas) -> None:
    """A reminder would tell kin of the family that there is a case."""
    replicas.deliver(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(3)
    )
    replicas.deliver("intake.conflict_declared", person="p-ggz", partner="ggz", walled=["p-ggz"])
    replicas.days(8)

    assert replicas.tasks("p-caw") == Counter({"question_due": 1, "question_overdue": 1})
    assert replicas.tasks("p-ggz") == Counter()


def test_events_in_another_order_bring_nothing_back(replicas: Replicas) -> None:
    """An answer that overtakes its question leaves nothing to remind of."""
    question = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(3)}
    replicas.deliver("intake.information_request_answered", **question, outcome="nothing_known")
    replicas.deliver("intake.case_withdrawn", stage="withdrawn", ground="other")
    replicas.deliver("intake.information_requested", at=BEGIN - timedelta(hours=1), **question)
    other = question | {"request": a_random_id()}
    replicas.deliver("intake.information_requested", at=BEGIN - timedelta(hours=1), **other)
    replicas.days(10)

    assert replicas.tasks("p-caw") == Counter()


def test_who_took_a_position_on_this_version_is_not_reminded_of_it(replicas: Replicas) -> None:
    """Whoever answered learns to ignore reminders, and whoever did not is told, in any order."""
    old, new = a_random_id(), a_random_id()

    def answered(plan: str, *partners: str, due: int) -> None:
        replicas.deliver(
            "plans.plan_position_taken",
            plan=plan,
            partner=partners[-1],
            position="abstain",
            answered=list(partners),
            positions_due=day(due),
        )

    replicas.deliver("plans.plan_proposed", plan=old, positions_due=day(2))
    answered(old, "caw", due=2)
    replicas.deliver("plans.plan_proposed", plan=new, positions_due=day(3))
    answered(new, "ggz", due=3)
    replicas.days(4)

    assert replicas.tasks("p-caw") == Counter({"positions_due": 1})
    assert replicas.tasks("p-ggz") == Counter()


def test_without_a_decision_a_deadline_waits_and_is_not_lost(
    replicas: Replicas, policy: Parts
) -> None:
    """While the policy service is away nobody is told, and afterwards nobody is forgotten."""
    replicas.deliver(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(1)
    )
    replicas.clock.advance(timedelta(days=1))
    policy.opa.stop()
    with pytest.raises(CodedError) as away:
        replicas.replicas[0].remind()
    assert away.value.code == "policy_unavailable"
    policy.opa.start(Progress(None))
    replicas.expire_leases()

    replicas.run_due()

    assert replicas.tasks("p-caw") == Counter({"question_due": 1})


def test_a_crashed_replica_keeps_nobody_waiting_and_nobody_is_told_twice(
    replicas: Replicas,
) -> None:
    """Another goes on when the lease is over; the one that was only slow then sends nothing."""
    replicas.deliver(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(1)
    )
    replicas.clock.advance(timedelta(days=1))
    first, second = (Deadlines(runtime, 3) for runtime in replicas.runtimes[:2])
    slow = first.claim(replicas.clock.now())
    assert slow is not None
    assert second.claim(replicas.clock.now()) is None
    replicas.expire_leases()

    replicas.run_due()
    with transaction(replicas.runtimes[0].database) as session:
        kept = first.mark_done(slow, replicas.clock.now(), session)

    assert not kept
    assert replicas.tasks("p-caw") == Counter({"question_due": 1})


def test_somebody_walled_off_while_policy_decides_is_not_told(replicas: Replicas) -> None:
    """What was decided before the wall was known is decided anew."""
    question = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(1)}
    replicas.deliver("intake.information_requested", **question)
    replicas.clock.advance(timedelta(days=1))
    deadlines = Deadlines(replicas.runtimes[0], 3)
    claim = deadlines.claim(replicas.clock.now())
    assert claim is not None
    replicas.deliver("intake.conflict_declared", person="p-ggz", partner="ggz", walled=["p-ggz"])
    replicas.deliver("plans.plan_proposed", plan=a_random_id(), positions_due=day(40), walled=[])

    with transaction(replicas.runtimes[0].database) as session:
        kept = deadlines.mark_done(claim, replicas.clock.now(), session)
    replicas.expire_leases()
    replicas.run_due()

    assert not kept
    assert replicas.tasks("p-caw") == Counter({"question_due": 1})
    assert replicas.tasks("p-ggz") == Counter()


def test_an_escalation_that_reaches_nobody_comes_back_every_morning(replicas: Replicas) -> None:
    """A day that passed between two agreements is not forgotten when the case is taken over."""
    question = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(1)}
    replicas.deliver("intake.information_requested", **question, participants=[])
    replicas.days(10)
    replicas.deliver("intake.case_taken_over", predecessor="sample-old")
    replicas.days(5)

    assert replicas.tasks("p-caw") == Counter({"question_overdue": 1})


def test_nothing_joins_a_person_to_a_case_in_clear(replicas: Replicas) -> None:
    """Whoever reads the database learns of no case, no director, nobody who must not know."""
    replicas.deliver(
        "intake.director_appointed", person="p-dir", partner="caw", mandates_due=day(3)
    )
    replicas.deliver("intake.conflict_declared", person="p-kin", partner="ggz", walled=["p-kin"])
    database = replicas.runtimes[0].database

    found = str([list(database[name].find()) for name in ("deadlines", "cases")])

    assert found.count("told_at") == 2
    assert CASE not in found
    assert "p-dir" not in found
    assert "p-kin" not in found


def test_looking_for_what_is_due_uses_the_index(replicas: Replicas) -> None:
    """Every few seconds, also when there are years of deadlines."""
    plan = (
        replicas.runtimes[0]
        .database["deadlines"]
        .find({"next_at": {"$lte": BEGIN}, "leased_until": {"$lt": BEGIN}})
        .sort([("leased_until", 1), ("next_at", 1)])
    )

    assert "COLLSCAN" not in str(plan.explain()["queryPlanner"]["winningPlan"])


# --- what ended with a case, and came back ------------------------------------------------------

QUESTION = {"to": "ggz", "by": "caw"}


def test_reopening_restores_every_deadline_that_the_end_had_cleared(replicas: Replicas) -> None:
    """A case that is taken up again after a year waits for all that it had waited for."""
    action, question = a_random_id(), a_random_id()
    replicas.deliver("intake.referral_submitted", stage="referred", informing_due=day(30))
    replicas.deliver("intake.case_taken_on_agenda", stage="forming", session=a_random_id())
    replicas.deliver("intake.information_requested", request=question, due=day(20), **QUESTION)
    replicas.deliver("intake.forming_completed", stage="weighing")
    replicas.deliver("intake.case_accepted", stage="accepted", referrer="p-x")
    replicas.deliver("intake.execution_started", report_due=day(20))
    actions = [{"action": action, "follower": "caw", "due": day(20)}]
    replicas.deliver("plans.plan_adopted", plan=a_random_id(), actions=actions)
    replicas.deliver("plans.plan_proposed", plan=a_random_id(), positions_due=day(20))
    replicas.deliver("intake.director_appointed", person="p-x", partner="caw", mandates_due=day(20))
    for name, stage in (("concluded", "concluded"), ("closed", "closed")):
        due = {"follow_up_due": day(40)} if name == "concluded" else {}
        replicas.deliver(f"intake.case_{name}", stage=stage, **due)
    replicas.days(25)
    assert replicas.tasks("p-caw") == Counter()

    replicas.deliver("intake.case_reopened", ground="violence_again", report_due=day(28))
    replicas.days(10)

    kinds = ("question", "action", "positions", "mandates", "report", "informing")
    expected = Counter({f"{kind}_{when}": 1 for kind in kinds for when in ("due", "overdue")})
    assert replicas.tasks("p-caw") == expected


def test_events_in_another_order_restore_the_same(replicas: Replicas) -> None:
    """A reopening that overtakes the end leaves the case waiting, whatever comes when."""
    question = {"request": a_random_id(), "due": day(3), **QUESTION}
    early = BEGIN - timedelta(hours=3)
    replicas.deliver("intake.case_reopened", stage="forming", ground="other")
    declined = {"stage": "declined", "ground": "not_grave_enough", "referrer": "p-x"}
    replicas.deliver("intake.case_declined", at=early + timedelta(hours=1), **declined)
    replicas.deliver("intake.information_requested", at=early, **question)
    replicas.days(4)

    assert replicas.tasks("p-caw") == Counter({"question_due": 1})


def test_a_recorded_follow_up_is_waited_for_until_the_step_that_it_asks_for(
    replicas: Replicas,
) -> None:
    """Violence again: written down, and forgotten."""
    replicas.deliver("intake.case_concluded", stage="concluded", follow_up_due=day(30))
    record = {"fragment": a_random_id(), "category": "joint", "stage": "concluded"}
    replicas.deliver("plans.follow_up_recorded", result="reopen", **record)
    replicas.days(5)
    assert replicas.tasks("p-caw") == Counter({"reopening_due": 1, "reopening_overdue": 2})
    replicas.days(29)
    waiting = replicas.tasks("p-caw")
    replicas.deliver("intake.case_reopened", ground="violence_again", report_due=day(90))
    replicas.days(20)

    assert waiting["follow_up_due"] == waiting["follow_up_overdue"] == 1
    assert replicas.tasks("p-caw") == waiting


# --- told again ---------------------------------------------------------------------------------


def test_whoever_can_act_later_is_told_of_a_crisis_once_while_it_is_open(
    replicas: Replicas,
) -> None:
    """The deputy of a partner that nobody could speak for would never hear of the danger."""
    crisis = {"fragment": a_random_id(), "category": "safety", "partner": "caw"}
    replicas.deliver("intake.crisis_raised", **crisis)
    told = replicas.tasks("p-ggz")
    joined = {"participants": ["caw", "ggz", "parket"]}
    replicas.deliver("intake.informing_recorded", **joined)

    def later(minutes: int) -> None:
        replicas.clock.advance(timedelta(minutes=minutes))
        replicas.tell_again()

    later(1)
    assert replicas.tasks("p-parket") == Counter()
    later(6)
    later(6)
    assert replicas.tasks("p-parket") == Counter({"crisis": 1})
    assert replicas.tasks("p-ggz") == told == Counter({"crisis": 1})

    replicas.deliver("intake.crisis_ended", fragment=a_random_id(), category="safety", **joined)
    replicas.deliver("intake.informing_recorded", participants=[*joined["participants"], "stad"])
    later(6)
    assert replicas.tasks("p-stad") == Counter()


def test_what_endangers_somebody_is_escalated_every_so_many_days_until_it_ends(
    replicas: Replicas,
) -> None:
    """Told once on a Friday evening, an open crisis would be silent for good."""
    said = {"fragment": a_random_id(), "category": "safety"}
    replicas.deliver("plans.unsafe_reported", **said)
    replicas.deliver("intake.crisis_raised", partner="caw", **said)
    replicas.days(5)
    once = {f"{kind}_{when}": 1 for kind in ("crisis", "unsafe") for when in ("due", "overdue")}
    assert replicas.tasks("p-caw") == Counter({"crisis": 1, **once})

    replicas.days(4)
    again = {"crisis_overdue": 3, "unsafe_overdue": 3}
    assert replicas.tasks("p-caw") == Counter({"crisis": 1, **once, **again})

    replicas.deliver("plans.safety_cleared", **said)
    replicas.deliver("intake.crisis_ended", **said)
    replicas.days(4)
    assert replicas.tasks("p-caw") == Counter({"crisis": 1, **once, **again})


# --- what an earlier version stored -------------------------------------------------------------


def make_earlier(replicas: Replicas, *stages: str, **ended: datetime) -> None:
    """Stores the case as the version before did: `ended` for good, nothing due in a stage."""
    database = replicas.runtimes[0].database
    at = {kind: moment.isoformat(timespec="microseconds") for kind, moment in ended.items()}
    database["cases"].update_many(
        {}, {"$unset": {"form": 1, "suspended": 1}, "$set": {"ended": at}}
    )
    database["deadlines"].delete_many({"kind": {"$in": [*AT_STAGE, "safety_check"]}})
    database["deadlines"].update_many({"kind": {"$in": [*ended]}}, {"$set": {"next_at": None}})


@pytest.mark.parametrize("stage", AT_STAGE)
def test_a_case_from_before_is_waited_for_in_its_stage(stage: str, replicas: Replicas) -> None:
    """A case that lay there when the platform was upgraded goes on lying there otherwise."""
    replicas.deliver("intake.informing_recorded", stage=stage)
    make_earlier(replicas)
    runtime = replicas.runtimes[0]
    assert pending(runtime) == 1

    assert list(renew(runtime, 3)) == [(1, 0)]
    assert (pending(runtime), list(renew(runtime, 3))) == (0, [])
    replicas.days(17)

    expected = {f"{kind}_{when}": 1 for kind in AT_STAGE[stage] for when in ("due", "overdue")}
    assert replicas.tasks("p-caw") == Counter(expected)


def test_what_an_earlier_version_ended_with_a_case_comes_back_when_it_is_reopened(
    replicas: Replicas,
) -> None:
    """The actions of the plan that was replaced stay nobody's."""
    old, new = a_random_id(), a_random_id()
    for action in (old, new):
        actions = [{"action": action, "follower": "caw", "due": day(5)}]
        replicas.deliver("plans.plan_adopted", plan=a_random_id(), actions=actions)
    replicas.deliver("intake.information_requested", request=a_random_id(), due=day(5), **QUESTION)
    replicas.deliver("intake.case_closed", stage="closed")
    make_earlier(replicas, action=replicas.occurred_at, question=replicas.occurred_at)
    list(renew(replicas.runtimes[0], 3))
    replicas.days(7)
    assert replicas.tasks("p-caw") == Counter()

    replicas.deliver("intake.case_reopened", ground="other", report_due=day(90))
    replicas.days(1)

    assert replicas.tasks("p-caw") == Counter({"action_due": 1, "question_due": 1})


def test_a_follow_up_that_an_earlier_version_forgot_is_waited_for_again(
    replicas: Replicas,
) -> None:
    """It was recorded, and nobody took the step that it asked for."""
    replicas.deliver("intake.case_concluded", stage="concluded", follow_up_due=day(3))
    replicas.runtimes[0].database["deadlines"].update_many(
        {"kind": "follow_up"}, {"$set": {"open": False, "next_at": None}}
    )
    make_earlier(replicas)
    list(renew(replicas.runtimes[0], 3))
    replicas.days(4)

    assert replicas.tasks("p-caw") == Counter({"follow_up_due": 1})


def test_what_fell_silent_under_an_earlier_version_is_escalated_again(replicas: Replicas) -> None:
    """A crisis that was open at the upgrade would stay the one that nobody hears of."""
    said = {"fragment": a_random_id(), "category": "safety", "partner": "caw"}
    replicas.deliver("intake.crisis_raised", **said)
    replicas.days(5)
    runtime = replicas.runtimes[0]
    runtime.database["deadlines"].update_many(
        {}, {"$unset": {"repeat_on": 1}, "$set": {"next_at": None}}
    )
    replicas.days(5)
    assert replicas.tasks("p-caw")["crisis_overdue"] == 1

    assert pending_repeats(runtime) == 1
    assert list(repeat(runtime, 3)) == [(1, 0)]
    assert (pending_repeats(runtime), list(repeat(runtime, 3))) == (0, [])
    replicas.days(4)

    assert replicas.tasks("p-caw")["crisis_overdue"] == 3
