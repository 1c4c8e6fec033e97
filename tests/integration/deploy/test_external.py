"""Parts that run already and are named in the environment are used, and left alone."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import pymongo
import pytest
from typer.testing import CliRunner

from deploy.local.errors import ActionableError
from deploy.local.parts import Parts, running
from deploy.local.ports import Ports
from deploy.local.progress import Progress
from deploy.opa import bundle
from ops.cli import app

QUIET = Progress(None)


def write_rule(policy: Path, answer: str) -> None:
    """A policy of one rule."""
    (policy / "rules").mkdir()
    (policy / "rules" / "rule.rego").write_text(f"package rules\n\nanswer := {answer}\n")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Somebody's broker (with its management API), replica set and policy server."""
    folder = tmp_path_factory.mktemp("theirs")
    write_rule(folder, "42")
    bundle_file = folder / "bundle.tar.gz"
    with running(folder) as parts:
        bundle.build(parts.opa_binary, folder, [], bundle_file)
        parts.opa.use(bundle_file)
        parts.opa.stop()
        parts.opa.start(QUIET)
        yield parts


@pytest.fixture(scope="module")
def management(theirs: Parts) -> str:
    """The address of their broker's management API, with an administrator's login."""
    broker = theirs.rabbitmq
    port = Ports(theirs.state).of("management")
    listener = f'[{{port, {port}}}, {{ip, "127.0.0.1"}}]'
    setting = f"rabbitmq_management, tcp_config, {listener}, [{{persistent, true}}]"
    broker.ctl("eval", f"application:set_env({setting}).")
    broker.ctl("add_user", "boss", "their-password")
    broker.ctl("set_user_tags", "boss", "administrator")
    plugins = next(
        Path(place) / "rabbitmq-plugins"
        for place in ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin")
        if (Path(place) / "rabbitmq-plugins").exists()
    )
    subprocess.run(
        [str(plugins), "--node", broker.node, "enable", "rabbitmq_management"],
        env=broker.environment(),
        capture_output=True,
        check=True,
    )
    return f"http://boss:their-password@127.0.0.1:{port}"


def test_a_named_broker_is_given_our_definitions_and_keeps_running(
    theirs: Parts, management: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a broker already would get a second one, or ours without its queues."""
    monkeypatch.setenv("KETENAANPAK_RABBITMQ_URL", management)
    ours = Parts(tmp_path)
    ours.start(("rabbitmq",))
    parsed = urlsplit(ours.broker_url("gateway"))
    assert parsed.port == theirs.rabbitmq.port
    assert parsed.password != urlsplit(theirs.broker_url("gateway")).password
    with amqp.Connection(
        f"{parsed.hostname}:{parsed.port}",
        userid=parsed.username,
        password=parsed.password,
        virtual_host="ketenaanpak",
    ) as connection:
        connection.channel().exchange_declare("nameko-rpc", "topic", passive=True)
    ours.stop()
    assert theirs.rabbitmq.program.running
    assert not ours.rabbitmq.program.record.exists()


def test_queues_of_a_named_broker_are_named_and_left_alone(
    theirs: Parts, management: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept on a broker of somebody else is not ours to remove."""
    theirs.rabbitmq.ctl("set_permissions", "--vhost", "ketenaanpak", "boss", ".*", ".*", ".*")
    url = f"127.0.0.1:{theirs.rabbitmq.port}"
    with amqp.Connection(
        url, userid="boss", password="their-password", virtual_host="ketenaanpak"
    ) as connection:
        connection.channel().queue_declare("events.risk", durable=True, auto_delete=False)
    monkeypatch.setenv("KETENAANPAK_RABBITMQ_URL", management)
    ours = Parts(tmp_path)
    ours.start(("rabbitmq",))
    assert "events.risk" in theirs.rabbitmq.queues()
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    compared = CliRunner().invoke(app, ["topology", "compare"])
    assert "queue events.risk is not declared" in compared.stdout.splitlines()
    looked = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert "rabbitmqctl delete_queue --vhost ketenaanpak QUEUE" in looked.stdout


def test_a_named_broker_that_does_not_answer_is_reported_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error in an address would end in a traceback."""
    port = Ports(tmp_path).of("nobody")
    monkeypatch.setenv("KETENAANPAK_RABBITMQ_URL", f"http://a:b@127.0.0.1:{port}")
    with pytest.raises(ActionableError, match="KETENAANPAK_RABBITMQ_URL refuses") as reply:
        Parts(tmp_path).start(("rabbitmq",))
    assert "unset KETENAANPAK_RABBITMQ_URL" in reply.value.remedy


def test_a_named_database_gets_our_users_and_nothing_is_deleted_there(
    theirs: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting the demonstration afresh would wipe somebody's database."""
    monkeypatch.setenv("KETENAANPAK_MONGODB_URL", theirs.mongodb.admin_url())
    ours = Parts(tmp_path)
    ours.check_prerequisites(Progress(None))
    ours.start(("mongodb",))
    with pymongo.MongoClient[dict[str, Any]](ours.mongo_url("risk")) as client:
        client.risk.trial.insert_one({"_id": 1})
    with pytest.raises(ActionableError, match="already holds risk"):
        ours.check_prerequisites(Progress(None))
    ours.stop()
    with pymongo.MongoClient[dict[str, Any]](theirs.mongodb.admin_url()) as client:
        assert client.risk.trial.find_one({}) == {"_id": 1}


def test_a_named_policy_server_must_decide_by_our_rules(
    theirs: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Releases would be decided by rules of which the record knows nothing."""
    monkeypatch.setenv("KETENAANPAK_OPA_URL", theirs.opa_url)
    same = Parts(tmp_path / "same", theirs.opa.bundle)
    same.start(("opa",))
    assert same.opa_url == theirs.opa_url
    write_rule(tmp_path, "43")
    bundle.build(theirs.opa_binary, tmp_path, [], tmp_path / "other.tar.gz")
    with pytest.raises(ActionableError, match="other rules than ours"):
        Parts(tmp_path / "other", tmp_path / "other.tar.gz").start(("opa",))
