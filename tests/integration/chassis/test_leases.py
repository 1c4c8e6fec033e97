"""Of several replicas, one does a piece of work at a time."""

from chassis.leases import Leases
from chassis.runtime import Runtime


def test_a_lease_is_held_by_one_until_it_is_given_back(runtime: Runtime) -> None:
    """Every replica would otherwise send the same reminder."""
    first, second = Leases(runtime.database), Leases(runtime.database)
    assert first.take("reminders", "a", 10)
    assert not second.take("reminders", "b", 10)
    assert first.take("reminders", "a", 10)
    assert second.take("tidying", "b", 10)
    second.give_back("reminders", "b")
    assert not second.take("reminders", "b", 10)
    first.give_back("reminders", "a")
    assert second.take("reminders", "b", 10)


def test_a_lease_of_the_dead_runs_out(runtime: Runtime) -> None:
    """Work would otherwise wait for a process that never comes back."""
    assert Leases(runtime.database).take("reminders", "dead", -0.001)
    assert Leases(runtime.database).take("reminders", "alive", 10)


def test_a_holder_asks_the_database_only_when_half_its_time_is_over(
    runtime: Runtime,
) -> None:
    """A relay that looks four times a second would otherwise write as often."""
    leases = Leases(runtime.database)
    assert leases.take("relay", "a", 60)
    before = runtime.database.leases.find_one({"_id": "relay"})
    assert leases.take("relay", "a", 60)
    assert runtime.database.leases.find_one({"_id": "relay"}) == before
    runtime.database.leases.update_one({"_id": "relay"}, {"$set": {"holder": "b"}})
    renewing = Leases(runtime.database)
    assert not renewing.take("relay", "a", 60)
