"""Every step, on what an earlier version had stored."""

import importlib
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest

from chassis import VERSION, migrations
from chassis.migrations import AlreadyRunning, Migrations, NotYet, Step
from chassis.mongo import Store, transaction
from chassis.runtime import Runtime
from chassis.sealing import KeyRing, decode_key, keyed_hash
from chassis.vault import Vault
from deploy.local.settings import SERVICES
from services.intake import store
from services.intake.domain.identity import RULES, signals
from services.intake.staff_import import StaffImport
from tests.dump import dumped
from tests.integration.migrations.conftest import Open

MATCHES: Final = f"make-matches-anew-{RULES}"

PENDING: Final = {
    ("intake", MATCHES): 14,
    ("intake", "store-walls"): 15,
    ("intake", "take-over-staff-matches"): 1,
    ("risk", "empty-register-of-cases"): 15,
    ("plans", "name-what-checks-go-with"): 5,
    ("plans", "empty-register-of-cases"): 15,
    ("notifications", "renew-deadlines"): 15,
    ("notifications", "repeat-escalations"): 1,
}
"""How many documents of the dump each step changes; those of a destroyed case are none."""

LEFT: Final = {("intake", MATCHES): 1}
"""How many it leaves, since their key was destroyed."""

ROOT: Final = Path(__file__).parents[3]

BOOKS: Final = {"migrations", "leases"}
"""Where it is kept how far a run has come."""


def steps_of(service: str) -> tuple[Step, ...]:
    steps: tuple[Step, ...] = importlib.import_module(f"services.{service}.migrations").STEPS
    return steps


ALL: Final = [(service, step.name) for service in SERVICES for step in steps_of(service)]


def contents(database: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored, without the books of the runs, and what differs by chance."""
    return {
        name: sorted((without_chance(name, one) for one in database[name].find()), key=repr)
        for name in database.list_collection_names()
        if name not in BOOKS
    }


def without_chance(collection: str, document: dict[str, Any]) -> dict[str, Any]:
    """An event without its id, moment and cause; a wall without its id and moment.

    A deadline without what is sealed: that looks different each time.
    """
    if collection == "outbox":
        return {name: document[name] for name in ("source", "type")}
    walls = [
        {name: value for name, value in one.items() if name not in ("id", "at")}
        for one in document.get("walls", ())
    ]
    if collection == "deadlines":  # what one begins with is sealed anew
        document = {**document, "sealed": None}
    counted = {"serial": None} if "serial" in document else {}
    return {**document, **counted, "walls": walls}


def run(runtime: Runtime) -> dict[str, tuple[int, int]]:
    """Run everything; step → how many documents it changed and left."""
    steps = steps_of(runtime.config.service)
    found = Migrations(runtime, steps).run(contract=True)
    return {one.step.name: (one.changed, one.left) for one in found if one.is_done}


def waiting(runtime: Runtime) -> dict[str, int]:
    steps = steps_of(runtime.config.service)
    return {one.step.name: one.pending for one in Migrations(runtime, steps).status()}


def test_every_step_is_tried_on_the_dump() -> None:
    """A step without a document to change was never seen to work."""
    assert set(PENDING) == set(ALL)


@pytest.mark.parametrize("service", SERVICES)
def test_steps_have_names_of_their_own_and_those_that_expand_come_first(service: str) -> None:
    """What contracts would otherwise wait for what is run after it, for ever."""
    steps = steps_of(service)
    assert len({step.name for step in steps}) == len(steps)
    assert [step.phase for step in steps] == sorted((step.phase for step in steps), reverse=True)


@pytest.mark.parametrize("service", SERVICES)
def test_each_document_is_changed_once(service: str, opened: Open) -> None:
    """An upgrade that leaves some of them behind hides them, or shows what must not be seen."""
    runtime = opened(service)
    mine = [name for of, name in ALL if of == service]
    assert waiting(runtime) == {name: PENDING[service, name] for name in mine}

    first = run(runtime)
    after = contents(runtime.database)
    second = run(runtime)

    left = {name: LEFT.get((service, name), 0) for name in mine}
    assert first == {name: (PENDING[service, name], left[name]) for name in mine}
    assert second == {name: (0, left[name]) for name in mine}
    assert waiting(runtime) == dict.fromkeys(mine, 0)
    assert contents(runtime.database) == after, "a second run changes nothing"


@pytest.mark.parametrize("service", SERVICES)
def test_asking_changes_nothing(service: str, opened: Open) -> None:
    """Whoever looks first, looks at a platform that serves."""
    runtime = opened(service)
    before = contents(runtime.database)
    collections = runtime.database.list_collection_names()

    migrations_here = Migrations(runtime, steps_of(service))
    migrations_here.status()
    migrations_here.needed()

    assert contents(runtime.database) == before
    assert set(runtime.database.list_collection_names()) == set(collections)


@pytest.mark.parametrize(("service", "name"), ALL)
def test_a_step_that_was_stopped_goes_on(
    service: str, name: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator presses Ctrl-C; the rest is done later, and nothing is done half."""
    monkeypatch.setattr(migrations, "_PAGE_SIZE", 2)
    whole, stopped = opened(service), opened(service)
    run(whole)

    going = Migrations(stopped, steps_of(service)).run(contract=True)
    for progress in going:
        if progress.step.name == name and progress.changed:
            break
    going.close()
    between = waiting(stopped)[name]
    run(stopped)

    assert between < PENDING[service, name]
    assert between > 0 or PENDING[service, name] == 1
    assert contents(stopped.database) == contents(whole.database)


def environment_of(runtime: Runtime) -> dict[str, str]:
    """What a process of the service would be given."""
    kept, service = dumped.keys(), runtime.config.service
    given = {
        "STAFF_MATCHES": str(dumped.STAFF),
        "BROKER_URL": runtime.config.broker_url,
        "BUS_KEYS": kept[f"master-keys-{service}"],
        "MONGO_URL": runtime.config.mongo_url,
        "DATABASE": runtime.config.database,
        "MASTER_KEYS": kept[f"master-keys-{service}"],
        "HASH_KEY": kept[f"hash-key-{service}"],
        "MATCHING_KEY": kept["matching-key"],
        "HEALTH_PORT": "0",
    }
    return {f"KETENAANPAK_{name}": value for name, value in given.items()}


KILLED: Final = """
import os, signal, sys
from chassis import VERSION, migrations
from chassis.config import load
from chassis.runtime import open_runtime
import importlib
import json

migrations._PAGE_SIZE, migrations._LEASE_SECONDS = 2, 1.0
runtime = open_runtime(load(sys.argv[1]))
steps = importlib.import_module(f"services.{sys.argv[1]}.migrations").STEPS
batches = 0
for progress in migrations.Migrations(runtime, steps).run(contract=True):
    batches += progress.changed > 0
    if batches == 2:
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""Runs the steps of a service until the second batch."""


@pytest.mark.parametrize("service", ["intake", "risk", "plans"])
def test_a_run_that_was_killed_is_finished_by_another(
    service: str, opened: Open, tmp_path: Path
) -> None:
    """The machine fails in the middle; nobody else can run the steps while its lease lasts."""
    whole, broken = opened(service), opened(service)
    run(whole)
    script = tmp_path / "killed.py"
    script.write_text(KILLED)

    died = subprocess.run(
        [sys.executable, str(script), service],
        env=environment_of(broken) | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    for _ in Migrations(broken, steps_of(service)).run(contract=True, patience=10.0):
        pass

    assert contents(broken.database) == contents(whole.database)


@pytest.mark.parametrize("service", ["intake", "plans"])
def test_a_container_runs_what_its_service_needs_and_no_more(service: str, opened: Open) -> None:
    """The service would wait for ever, or an earlier process would lose what it reads."""
    runtime = opened(service)
    command = [sys.executable, "-m", "chassis.migrate", f"services.{service}"]

    without = subprocess.run(command, cwd=ROOT, env={}, check=False, capture_output=True)
    done = subprocess.run(command, cwd=ROOT, env=environment_of(runtime), check=False)

    assert (without.returncode, done.returncode) == (2, 0)
    assert b"KETENAANPAK_MONGO_URL" in without.stderr
    phases = {step.name: step.phase for step in steps_of(service)}
    for name, pending in waiting(runtime).items():
        assert pending == (0 if phases[name] == "expand" else PENDING[service, name])


def test_a_command_and_a_step_do_not_overlook_each_other(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crisis that is raised while a case is migrated must not be lost, nor its matches."""
    runtime, case = opened("intake"), dumped.story().cases["forming"]
    conflicted = threading.Event()
    monkeypatch.setattr(migrations.time, "sleep", lambda _seconds: conflicted.wait(0.1))
    kept = migrations.may_succeed_later

    def noting(error: BaseException) -> bool:
        conflicted.set()
        return kept(error)

    monkeypatch.setattr(migrations, "may_succeed_later", noting)
    going = threading.Thread(target=run, args=(runtime,))
    store.prepare(runtime)  # an index is not made while a transaction is open
    runtime.prepare()
    with transaction(runtime.database, 20.0) as session:
        runtime.database["cases"].update_one(
            {"_id": case}, {"$inc": {"serial": 1}, "$set": {"crisis": "new"}}, session=session
        )
        going.start()
        assert conflicted.wait(10)
    going.join()

    after = runtime.database["cases"].find_one({"_id": case})
    assert after is not None
    assert after["crisis"] == "new"
    assert not any(waiting(runtime).values())


def test_two_operators_do_not_run_the_steps_at_once(opened: Open) -> None:
    """They would do everything twice, and neither would know what the other did."""
    runtime = opened("intake")
    steps = steps_of("intake")
    going = Migrations(runtime, steps).run()
    next(going)

    with pytest.raises(AlreadyRunning):
        next(Migrations(runtime, steps).run())
    going.close()
    assert next(Migrations(runtime, steps).run())


def test_what_an_earlier_version_reads_stays_until_everything_was_added(opened: Open) -> None:
    """Removed too early, it would be missing in both forms."""
    runtime = opened("plans")
    expand, contract = steps_of("plans")

    with pytest.raises(NotYet, match=expand.name):
        list(Migrations(runtime, (contract, expand)).run(contract=True))
    assert contract.pending(runtime) == PENDING["plans", contract.name]


def test_it_is_kept_what_was_done_and_when(opened: Open) -> None:
    """An operator who comes later sees which steps this database has had."""
    runtime = opened("intake")
    before, *_ = Migrations(runtime, steps_of("intake")).status()
    run(runtime)
    after, *_ = Migrations(runtime, steps_of("intake")).status()

    assert (before.state, before.done_at) == ("waits", None)
    assert (after.state, after.left) == ("done", 1)
    assert after.done_at is not None
    assert runtime.database["migrations"].find_one({})["version"] == VERSION


# --- what each step does ------------------------------------------------------------------------


def test_persons_are_found_by_the_present_rules_and_by_their_number(opened: Open) -> None:
    """Somebody who is referred again under another spelling would be two families to the table."""
    runtime, told = opened("intake"), dumped.story()
    key = decode_key(dumped.keys()["matching-key"])
    before = runtime.database["cases"].find_one({"_id": told.cases["referred"]})
    run(runtime)

    def found(**person: str) -> set[str]:
        wanted = [keyed_hash(key, *one) for one in signals(person).looks_for]
        noted = runtime.database["matches"].find({"_id": {"$in": wanted}})
        return {case for one in noted for case in one["cases"]}

    born = "1988-05-04"
    assert found(given_name="Lucja", family_name="Wisniewska", birth_date=born) == {
        told.cases["forming"]
    }
    assert found(given_name="Dominique", family_name="Vandenvoorbeeld", birth_date="1988") == {
        told.cases["active"]
    }
    both = {told.cases["referred"], told.cases["referred_again"]}
    assert found(national_number="80030541767") == both
    after = runtime.database["cases"].find_one({"_id": told.cases["referred"]})
    assert before is not None
    assert after is not None
    for earlier, present in zip(before["persons"], after["persons"], strict=True):
        assert {*earlier["matches"]} <= {*present["matches"]}
        assert (earlier["id"], earlier["victim"]) == (present["id"], present["victim"])


def test_matches_by_earlier_rules_hold_up_a_service_that_made_them_anew_before(
    opened: Open,
) -> None:
    """A second change of how names are compared would leave every earlier case as it is."""
    runtime = opened("intake")
    before = {"_id": f"make-matches-anew-{RULES - 1}", "done_at": dumped.story().moment}
    runtime.database["migrations"].insert_one(before)

    needed = Migrations(runtime, steps_of("intake")).needed()

    assert MATCHES in [step.name for step in needed]


def test_a_case_of_which_the_key_was_destroyed_keeps_what_it_has(opened: Open) -> None:
    """It cannot be opened; it is counted, and stays as it is."""
    runtime, told = opened("intake"), dumped.story()
    before = runtime.database["cases"].find_one({"_id": told.cases["destroyed"]})
    run(runtime)

    after = runtime.database["cases"].find_one({"_id": told.cases["destroyed"]})
    assert before is not None
    assert after is not None
    assert after["persons"] == before["persons"]
    assert "match_rules" not in after


def test_whoever_was_walled_off_is_walled_off_by_a_wall(opened: Open) -> None:
    """An officer would read the case about himself from the upgrade until staff are imported."""
    runtime, told = opened("intake"), dumped.story()
    cases = runtime.database["cases"]
    run(runtime)

    def walls(name: str) -> list[tuple[str, str, str]]:
        found = cases.find_one({"_id": told.cases[name]})
        assert found is not None
        conflicts = {(one["person"], one["interest"]) for one in found["conflicts"]}
        assert conflicts == {(one["person"], one["cause"]) for one in found["walls"]}
        return [(one["person"], one["cause"], one["state"]) for one in found["walls"]]

    (officer,) = json.loads(dumped.STAFF.read_text())
    assert walls("walled") == [(officer, "same_person", "standing")]
    assert walls("forming") == [("p-079448b0", "kin", "standing")]
    assert walls("referred") == []


def test_whoever_was_removed_from_the_staff_is_not_taken_over_again(opened: Open) -> None:
    """A file of long ago would bring everybody back at each run."""
    runtime = opened("intake")
    run(runtime)
    (officer,) = json.loads(dumped.STAFF.read_text())
    key = decode_key(dumped.keys()["matching-key"])
    StaffImport(runtime, key).run([{"person": officer, "remove": True}])

    assert run(runtime)["take-over-staff-matches"] == (0, 0)
    assert runtime.database["staff"].find_one({"_id": officer}) is None


def test_what_no_key_opens_waits_until_the_key_is_back(opened: Open) -> None:
    """A master key that was left out by mistake must not make a step look done."""
    runtime = opened("intake")
    ring = runtime.vault._ring
    lost = Vault(runtime.database, KeyRing.parse("k9:" + dumped.keys()["hash-key-risk"]), "intake")
    object.__setattr__(runtime, "vault", lost)
    assert run(runtime)[MATCHES] == (0, 15)
    assert waiting(runtime)[MATCHES] == 14

    object.__setattr__(runtime, "vault", Vault(runtime.database, ring, "intake"))
    assert run(runtime)[MATCHES] == (14, 1)


def test_every_safety_check_says_what_it_goes_with(opened: Open) -> None:
    """One that says it in its sealed content only is shown to nobody."""
    runtime = opened("plans")
    fragments = runtime.database["fragments"]
    run(runtime)

    parents = {one["of"] for one in fragments.find({"kind": "safety_check"})}
    kinds = {one["kind"] for one in fragments.find({"_id": {"$in": sorted(parents)}})}
    assert kinds == {"report", "conclusion", "follow_up"}


def test_each_case_of_before_is_waited_for_in_its_stage(opened: Open) -> None:
    """A case that lay there when the platform was upgraded goes on lying there otherwise."""
    runtime = opened("notifications")
    deadlines = runtime.database["deadlines"]
    stages = {"referred", "forming", "weighing", "waiting", "accepted"}
    assert deadlines.count_documents({"kind": {"$in": [*stages]}}) == 0
    run(runtime)

    waited_for = {one["kind"] for one in deadlines.find({"next_at": {"$ne": None}})}
    cases = list(runtime.database["cases"].find())
    assert {"referred", "forming", "weighing", "waiting", "follow_up"} <= waited_for
    assert any(case["suspended"] for case in cases)
    assert all("suspended" in case for case in cases)
