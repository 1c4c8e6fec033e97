"""Days that come: reminded once and escalated once, however many replicas run."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import CodedError
from chassis.mongo import Conflict, transaction
from chassis.runtime import open_runtime
from contracts.events import make_event
from deploy.local.parts import Parts
from deploy.local.progress import Progress
from deploy.opa import bundle
from services.notifications.application import Notifications
from services.notifications.store.deadlines import Deadlines
from tests.integration.intake.conftest import config_on

RULES = Path(__file__).parent / "rules"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
CASE = str(uuid.UUID(int=7))


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A policy server that tells every participant; tests may stop it."""
    folder = tmp_path_factory.mktemp("policy")
    server = Parts(folder, folder / "bundle.tar.gz", die_with_parent=True)
    bundle.build(server.opa_binary, RULES, [], folder / "bundle.tar.gz")
    try:
        server.start(("opa",))
        yield server
    finally:
        server.kill()


class Office:
    """Three replicas on one database, whose clock is moved by hand."""

    def __init__(self, parts: Parts, policy: Parts) -> None:
        self.clock = FixedClock(BEGIN)
        self.told_at = BEGIN
        config = replace(config_on(parts), service="notifications", opa_url=policy.opa_url)
        self.runtimes = [replace(open_runtime(config), clock=self.clock) for _ in range(3)]
        self.runtimes[0].prepare()
        self.replicas = [Notifications(runtime) for runtime in self.runtimes]

    def tell(self, name: str, at: datetime | None = None, **more: Any) -> None:
        """An event of the case, heard by one of the replicas."""
        self.told_at = max(self.told_at + timedelta(microseconds=1), self.clock.now())
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
            at=at or self.told_at,
            subject=CASE,
            command_id=str(uuid.uuid4()),
            decision_id=str(uuid.uuid4()),
        )
        for replica in self.replicas[:2]:
            replica.handle_event(event)

    def look(self) -> None:
        """All replicas look at the same moment for what is due."""
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

    def days(self, count: int) -> None:
        """Lets days pass, one by one."""
        for _ in range(count):
            self.clock.advance(timedelta(days=1))
            self.look()

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

    def leases_run_out(self) -> None:
        """As if whoever holds a deadline had been away for too long."""
        deadlines = self.runtimes[0].database["deadlines"]
        deadlines.update_many({}, {"$set": {"leased_until": BEGIN}})

    def close(self) -> None:
        self.runtimes[0].database.client.drop_database(self.runtimes[0].database.name)
        for runtime in self.runtimes:
            runtime.close()


@pytest.fixture
def office(parts: Parts, policy: Parts) -> Iterator[Office]:
    """The service three times, nothing due yet."""
    made = Office(parts, policy)
    yield made
    made.close()


def day(days: int) -> date:
    return (BEGIN + timedelta(days=days)).date()


def a_random_id() -> str:
    return str(uuid.uuid4())


def test_a_year_of_a_case_reminds_of_each_day_once(office: Office) -> None:
    """Three replicas and three hundred days: whoever has to act is told once, then those above."""
    question, late, done, grant = (a_random_id() for _ in range(4))
    office.tell("intake.referral_submitted", stage="referred", informing_due=day(20))
    office.tell("intake.information_requested", request=question, to="ggz", by="caw", due=day(10))
    office.days(12)
    answered = {"request": question, "to": "ggz", "by": "caw", "due": day(10)}
    office.tell("intake.information_request_answered", **answered, outcome="nothing_known")
    office.days(20)
    office.tell("intake.informing_recorded")
    office.tell("intake.director_appointed", person="p-x", partner="caw", mandates_due=day(46))
    office.tell("plans.plan_proposed", plan=a_random_id(), positions_due=day(46))
    office.days(8)
    actions = [
        {"action": late, "follower": "caw", "due": day(60)},
        {"action": done, "follower": "ggz", "due": day(60)},
    ]
    office.tell("plans.plan_adopted", plan=a_random_id(), actions=actions)
    office.tell("intake.execution_started", report_due=day(70))
    office.tell("plans.action_updated", action=done, follower="ggz", state="done")
    office.days(26)
    office.tell(
        "plans.progress_reported", fragment=a_random_id(), category="joint", next_on=day(98)
    )
    emergency = {"person": "p-x", "partner": "caw", "review_due": day(73)}
    office.tell("intake.emergency_opened", grant=grant, until=office.clock.now(), **emergency)
    office.days(20)
    office.tell("intake.case_concluded", stage="concluded", follow_up_due=day(270))
    office.days(200)
    office.tell(
        "plans.follow_up_recorded", fragment=a_random_id(), category="joint", result="close"
    )
    office.tell("intake.case_closed", stage="closed")
    office.days(9)
    office.tell("intake.case_reopened", ground="violence_again", report_due=day(323))
    office.days(70)

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
    assert office.tasks("p-caw") == office.tasks("p-ggz") == Counter(expected)
    assert office.tasks("p-ends") == Counter({"mandate_ends": 1})


def test_somebody_who_is_walled_off_later_is_not_reminded(office: Office) -> None:
    """A reminder would tell kin of the family that there is a case."""
    office.tell(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(3)
    )
    office.tell("intake.conflict_declared", person="p-ggz", partner="ggz", walled=["p-ggz"])
    office.days(8)

    assert office.tasks("p-caw") == Counter({"question_due": 1, "question_overdue": 1})
    assert office.tasks("p-ggz") == Counter()


def test_events_in_another_order_bring_nothing_back(office: Office) -> None:
    """An answer that overtakes its question leaves nothing to remind of."""
    asked = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(3)}
    office.tell("intake.information_request_answered", **asked, outcome="nothing_known")
    office.tell("intake.case_withdrawn", stage="withdrawn", ground="other")
    office.tell("intake.information_requested", at=BEGIN - timedelta(hours=1), **asked)
    other = asked | {"request": a_random_id()}
    office.tell("intake.information_requested", at=BEGIN - timedelta(hours=1), **other)
    office.days(10)

    assert office.tasks("p-caw") == Counter()


def test_who_took_a_position_on_this_version_is_not_reminded_of_it(office: Office) -> None:
    """Whoever answered learns to ignore reminders, and whoever did not is told, in any order."""
    old, new = a_random_id(), a_random_id()

    def answered(plan: str, *partners: str, due: int) -> None:
        office.tell(
            "plans.plan_position_taken",
            plan=plan,
            partner=partners[-1],
            position="abstain",
            answered=list(partners),
            positions_due=day(due),
        )

    office.tell("plans.plan_proposed", plan=old, positions_due=day(2))
    answered(old, "caw", due=2)
    office.tell("plans.plan_proposed", plan=new, positions_due=day(3))
    answered(new, "ggz", due=3)
    office.days(4)

    assert office.tasks("p-caw") == Counter({"positions_due": 1})
    assert office.tasks("p-ggz") == Counter()


def test_without_a_decision_a_deadline_waits_and_is_not_lost(office: Office, policy: Parts) -> None:
    """While the policy service is away nobody is told, and afterwards nobody is forgotten."""
    office.tell(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(1)
    )
    office.clock.advance(timedelta(days=1))
    policy.opa.stop()
    with pytest.raises(CodedError) as away:
        office.replicas[0].remind()
    assert away.value.code == "policy_unavailable"
    policy.opa.start(Progress(None))
    office.leases_run_out()

    office.look()

    assert office.tasks("p-caw") == Counter({"question_due": 1})


def test_a_crashed_replica_keeps_nobody_waiting_and_nobody_is_told_twice(office: Office) -> None:
    """Another goes on when the lease is over; the one that was only slow tells nobody then."""
    office.tell(
        "intake.information_requested", request=a_random_id(), to="ggz", by="caw", due=day(1)
    )
    office.clock.advance(timedelta(days=1))
    first, second = (Deadlines(runtime, 3) for runtime in office.runtimes[:2])
    slow = first.claim(office.clock.now())
    assert slow is not None
    assert second.claim(office.clock.now()) is None
    office.leases_run_out()

    office.look()
    with transaction(office.runtimes[0].database) as session:
        kept = first.mark_done(slow, office.clock.now(), session)

    assert not kept
    assert office.tasks("p-caw") == Counter({"question_due": 1})


def test_somebody_walled_off_while_policy_decides_is_not_told(office: Office) -> None:
    """What was decided before the wall was heard of is decided anew."""
    asked = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(1)}
    office.tell("intake.information_requested", **asked)
    office.clock.advance(timedelta(days=1))
    deadlines = Deadlines(office.runtimes[0], 3)
    claim = deadlines.claim(office.clock.now())
    assert claim is not None
    office.tell("intake.conflict_declared", person="p-ggz", partner="ggz", walled=["p-ggz"])
    office.tell("plans.plan_proposed", plan=a_random_id(), positions_due=day(40), walled=[])

    with transaction(office.runtimes[0].database) as session:
        kept = deadlines.mark_done(claim, office.clock.now(), session)
    office.leases_run_out()
    office.look()

    assert not kept
    assert office.tasks("p-caw") == Counter({"question_due": 1})
    assert office.tasks("p-ggz") == Counter()


def test_an_escalation_that_reaches_nobody_comes_back_every_morning(office: Office) -> None:
    """A day that passed between two agreements is not forgotten when the case is taken over."""
    asked = {"request": a_random_id(), "to": "ggz", "by": "caw", "due": day(1)}
    office.tell("intake.information_requested", **asked, participants=[])
    office.days(10)
    office.tell("intake.case_taken_over", predecessor="sample-old")
    office.days(5)

    assert office.tasks("p-caw") == Counter({"question_overdue": 1})


def test_nothing_joins_a_person_to_a_case_in_clear(office: Office) -> None:
    """Whoever reads the database learns of no case, no director, nobody who must not know."""
    office.tell("intake.director_appointed", person="p-dir", partner="caw", mandates_due=day(3))
    office.tell("intake.conflict_declared", person="p-kin", partner="ggz", walled=["p-kin"])
    database = office.runtimes[0].database

    found = str([list(database[name].find()) for name in ("deadlines", "cases")])

    assert found.count("told_at") == 2
    assert CASE not in found
    assert "p-dir" not in found
    assert "p-kin" not in found


def test_looking_for_what_is_due_uses_the_index(office: Office) -> None:
    """Every few seconds, also when there are years of deadlines."""
    plan = (
        office.runtimes[0]
        .database["deadlines"]
        .find({"next_at": {"$lte": BEGIN}, "leased_until": {"$lt": BEGIN}})
        .sort([("leased_until", 1), ("next_at", 1)])
    )

    assert "COLLSCAN" not in str(plan.explain()["queryPlanner"]["winningPlan"])
