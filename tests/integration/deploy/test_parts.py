"""The real parts of two stacks on one machine: apart, on loopback, restartable, gone when ended."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import pymongo
import pytest
import requests
from pymongo.errors import OperationFailure

from deploy.local.errors import ActionableError
from deploy.local.parts import Parts, running
from deploy.local.progress import Progress
from deploy.opa import bundle
from tests.integration.deploy.processes import all_processes, descendants, listening, mentioning
from tests.waiting import wait_until

QUIET = Progress(None)
RULE = """package ketenaanpak.release
decision := {"allow": input.viewer == "p-1", "bundles": data.system.bundles}
"""
LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """All three parts, in a folder of this module's own."""
    with running(tmp_path_factory.mktemp("first")) as parts:
        yield parts


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A second stack beside the first."""
    with running(tmp_path_factory.mktemp("second"), ("rabbitmq", "mongodb")) as parts:
        yield parts


def connect(url: str, **changes: str) -> amqp.Connection:
    """A connection to the broker, open."""
    parsed = urlsplit(url)
    connection = amqp.Connection(
        f"{parsed.hostname}:{parsed.port}",
        userid=parsed.username,
        password=changes.get("password", parsed.password),
        virtual_host=parsed.path[1:],
        connect_timeout=5,
    )
    connection.connect()
    return connection


def processes(parts: Parts) -> set[int]:
    """A stack's programs and everything that they started."""
    return descendants({program.pid for program in parts.programs if program.pid is not None})


def test_two_stacks_run_side_by_side_and_know_nothing_of_each_other(
    stack: Parts, other: Parts
) -> None:
    """Two people on one machine, or two test runs, would share a broker and a database."""
    with connect(stack.broker_url("gateway")) as connection:
        assert connection.server_properties["product"] == "RabbitMQ"
    with pytest.raises(amqp.AccessRefused):
        connect(other.broker_url("gateway"), password=stack.secrets.password("broker-gateway"))
    ports = json.loads((stack.state / "ports.json").read_text()).values()
    others = json.loads((other.state / "ports.json").read_text()).values()
    assert not set(ports) & set(others)
    assert stack.rabbitmq.queues().keys() == other.rabbitmq.queues().keys()


def test_everything_listens_on_the_loopback_interface_only(stack: Parts, other: Parts) -> None:
    """Anybody on the same network could talk to the broker, the database or the policy service."""
    for parts in (stack, other):
        found = listening(processes(parts))
        assert {address for address, _ in found} <= LOOPBACK
        kept = json.loads((parts.state / "ports.json").read_text())
        expected = {"rabbitmq", "epmd", "rabbitmq-distribution", "mongodb"}
        expected |= {"opa"} if parts is stack else set()
        assert {port for _, port in found} == {kept[name] for name in expected}


def test_a_broker_user_speaks_under_its_own_name_only(stack: Parts) -> None:
    """Risk could announce, in intake's name, that a case was withdrawn."""
    message = amqp.Message("{}", user_id="intake")
    with connect(stack.broker_url("risk")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        with pytest.raises(amqp.PreconditionFailed):
            channel.basic_publish_confirm(message, "ketenaanpak.events", "risk.something")
    with connect(stack.broker_url("risk")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        with pytest.raises(amqp.AccessRefused):
            channel.basic_publish_confirm(
                amqp.Message("{}", user_id="risk"), "ketenaanpak.events", "intake.something"
            )


def test_a_broker_user_cannot_remake_the_bus(stack: Parts) -> None:
    """A service that is broken into could redirect everybody's messages."""
    for user in ("intake", "gateway", "operator"):
        with connect(stack.broker_url(user)) as connection:
            with pytest.raises(amqp.AccessRefused):
                connection.channel().exchange_delete("ketenaanpak.events")
            with pytest.raises(amqp.AccessRefused):
                connection.channel().queue_declare("events.audit.copy", durable=True)


def test_a_stopped_broker_comes_back_with_its_messages(other: Parts) -> None:
    """A restart would lose what was promised."""
    put(other)
    address = other.broker_url("intake")
    other.rabbitmq.stop()
    with pytest.raises(OSError, match="refused"):
        connect(address)
    other.rabbitmq.start(QUIET)
    assert other.broker_url("intake") == address
    assert other.rabbitmq.queues()["events.audit"] == 1
    other.rabbitmq.ctl("purge_queue", "--vhost", "ketenaanpak", "events.audit")


def test_a_wiped_broker_comes_back_empty_and_knows_its_definitions(other: Parts) -> None:
    """After the loss of its disk the broker would not know a single queue."""
    put(other)
    before = other.rabbitmq.queues()
    with pytest.raises(ActionableError, match="cannot be wiped"):
        other.rabbitmq.wipe()
    other.rabbitmq.kill()
    other.rabbitmq.wipe()
    other.rabbitmq.start(QUIET)
    assert before["events.audit"] == 1
    assert other.rabbitmq.queues() == dict.fromkeys(before, 0)


def test_queues_that_are_no_longer_declared_are_removed_at_the_next_start(
    other: Parts,
) -> None:
    """The queue of a subscription that ended would fill for ever, since nobody may read it.

    What it holds is not thrown away unseen: it stays until somebody has emptied it.
    """
    before = other.rabbitmq.queues()
    former = ("events.risk", "events.risk.retry", "events.risk.parked", "reply.gateway.1f")
    ctl = other.rabbitmq.ctl
    ctl("add_vhost", "other")
    ctl("add_user", "boss", "secret")
    for vhost in ("ketenaanpak", "other"):
        ctl("set_permissions", "--vhost", vhost, "boss", ".*", ".*", ".*")
        url = f"amqp://boss:secret@127.0.0.1:{other.rabbitmq.port}/{vhost}"
        with connect(url) as connection:
            channel = connection.channel()
            for queue in former:
                channel.queue_declare(queue, durable=True, auto_delete=False)
            if vhost == "ketenaanpak":
                channel.queue_bind("events.risk", "ketenaanpak.events", "intake.#")
    put(other)
    assert other.rabbitmq.queues()["events.risk"] == 1
    other.rabbitmq.stop()
    other.rabbitmq.start(QUIET)
    left = other.rabbitmq.queues()
    assert left.keys() == {*before, "reply.gateway.1f", "events.risk"}
    assert left["events.risk"] == 1, "an event that nobody has seen is not thrown away"
    assert left["events.audit"] == 1, "what is declared keeps its messages"
    ctl("purge_queue", "--vhost", "ketenaanpak", "events.risk")
    other.rabbitmq.stop()
    other.rabbitmq.start(QUIET)
    assert other.rabbitmq.queues().keys() == {*before, "reply.gateway.1f"}
    elsewhere = ctl("list_queues", "--vhost", "other", "name", "--no-table-headers")
    assert set(elsewhere.split()) == set(former)
    ctl("delete_vhost", "other")
    ctl("delete_queue", "--vhost", "ketenaanpak", "reply.gateway.1f")
    ctl("purge_queue", "--vhost", "ketenaanpak", "events.audit")


def put(parts: Parts) -> None:
    """Leave one persistent event in the audit service's queue."""
    with connect(parts.broker_url("intake")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        message = amqp.Message("{}", delivery_mode=2, user_id="intake")
        channel.basic_publish_confirm(message, "ketenaanpak.events", "intake.tried")


def test_a_frozen_broker_keeps_silent_until_it_is_woken(other: Parts) -> None:
    """Tests of frozen parts would prove nothing."""
    other.rabbitmq.pause()
    assert not other.rabbitmq.greets()
    other.rabbitmq.resume()
    wait_until(other.rabbitmq.greets, 10)


def test_a_service_reaches_its_own_database_only(stack: Parts) -> None:
    """Intake's rights would open the audit log, and the other way round."""
    with pymongo.MongoClient[dict[str, Any]](stack.mongo_url("intake")) as client:
        client.intake.trial.insert_one({"kept": True})
        assert client.intake.trial.delete_many({}).deleted_count == 1
        for foreign in ("audit", "risk", "plans", "notifications", "admin"):
            with pytest.raises(OperationFailure, match="not authorized"):
                client[foreign].trial.find_one({})


def test_the_audit_log_only_grows_also_for_its_own_service(stack: Parts) -> None:
    """A service that is broken into could take back what it recorded."""
    with pymongo.MongoClient[dict[str, Any]](stack.mongo_url("audit")) as client:
        leaves = client.audit.leaves
        leaves.insert_one({"_id": 0, "v": 1})
        leaves.create_index("v")
        for change in (
            lambda: leaves.delete_one({"_id": 0}),
            lambda: leaves.update_one({"_id": 0}, {"$set": {"v": 2}}),
            lambda: leaves.replace_one({"_id": 0}, {"v": 2}),
            leaves.drop,
            lambda: client.drop_database("audit"),
        ):
            with pytest.raises(OperationFailure, match="not authorized"):
                change()
        assert list(leaves.find({})) == [{"_id": 0, "v": 1}]
    with pymongo.MongoClient[dict[str, Any]](stack.mongo_url("auditor")) as client:
        assert client.audit.leaves.find_one({}) == {"_id": 0, "v": 1}
        with pytest.raises(OperationFailure, match="not authorized"):
            client.audit.leaves.insert_one({"_id": 1})


def test_without_a_password_the_database_opens_nothing(stack: Parts) -> None:
    """Any program on the machine could read the cases."""
    port = stack.mongodb.port
    with (
        pymongo.MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        client.list_database_names()


def test_a_killed_database_comes_back_with_what_it_confirmed(stack: Parts) -> None:
    """A power failure would undo an answered command."""
    with pymongo.MongoClient[dict[str, Any]](stack.mongo_url("plans")) as client:
        client.plans.trial.insert_one({"_id": "kept"})
    stack.mongodb.kill()
    stack.mongodb.start(QUIET)
    with pymongo.MongoClient[dict[str, Any]](stack.mongo_url("plans")) as client:
        assert client.plans.trial.find_one({}) == {"_id": "kept"}


def test_opa_decides_by_the_bundle_it_is_given(stack: Parts, tmp_path: Path) -> None:
    """Decisions would be made by rules that nobody can name afterwards."""
    policy = tmp_path / "policy"
    (policy / "rules").mkdir(parents=True)
    (policy / "rules" / "release.rego").write_text(RULE)
    revision = bundle.build(stack.opa_binary, policy, [], tmp_path / "bundle.tar.gz")
    stack.opa.use(tmp_path / "bundle.tar.gz")
    stack.opa.stop()
    assert not stack.opa.healthy()
    stack.opa.start(QUIET)
    answer = requests.post(
        f"{stack.opa_url}/v1/data/ketenaanpak/release/decision",
        json={"input": {"viewer": "p-1"}},
        timeout=5,
    ).json()
    in_force = [reply["manifest"]["revision"] for reply in answer["result"]["bundles"].values()]
    assert answer["result"]["allow"] is True
    assert in_force == [revision]


def test_a_frozen_opa_answers_nothing_until_it_is_woken(stack: Parts) -> None:
    """Tests of a frozen policy service would prove nothing."""
    stack.opa.pause()
    assert not stack.opa.healthy()
    stack.opa.resume()
    wait_until(stack.opa.healthy, 10)


def test_when_a_stack_ends_nothing_of_it_lives(tmp_path: Path) -> None:
    """Every test run and every `make down` would leave an `epmd` behind."""
    with running(tmp_path) as parts:
        ours = processes(parts)
        assert len(ours) > len(parts.programs)
        ports = {port for _, port in listening(ours)}
        Parts(tmp_path).stop()
        wait_until(lambda: not descendants(ours) and not mentioning(tmp_path), 10)
        assert not ports & {port for _, port in listening(all_processes())}
