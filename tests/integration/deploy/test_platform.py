"""The two commands of a person: up and down, twice, interrupted, after a crash."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from deploy.local import find
from deploy.local.errors import ActionableError
from deploy.local.platform import POLICY, ROOT, Platform, build_bundle
from deploy.local.ports import Ports, is_free
from deploy.local.program import Program
from deploy.local.progress import Progress
from deploy.local.settings import SERVICES
from tests.integration.deploy.processes import descendants, listening, mentioning
from tests.waiting import wait_until

EVERYTHING = ["gateway", *SERVICES, "rabbitmq", "epmd", "mongodb", "opa"]


class Machine:
    """A person's terminal: a state folder, a port, and the commands typed there."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = Ports(state).of("gateway")
        self.env = os.environ | {
            "KETENAANPAK_STATE": str(state),
            "KETENAANPAK_PORT": str(self.port),
        }
        self.typed: list[subprocess.Popen[str]] = []

    def begin(self, command: str) -> subprocess.Popen[str]:
        """Type a command and do not wait."""
        # Also where the tests themselves were started by something that ignores these signals.
        listening = ["env", "--default-signal=INT,TERM,HUP"]
        argv = [*listening, sys.executable, "-m", "deploy.local.run", command]
        out = subprocess.PIPE
        process = subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=out, stderr=out, text=True)
        self.typed.append(process)
        return process

    def type(self, command: str) -> tuple[int, str, str]:
        """Type a command; give its exit status, what it printed and what it reported meanwhile."""
        process = self.begin(command)
        out, reply = process.communicate(timeout=180)
        return process.returncode, out, reply

    def platform(self) -> Platform:
        """What another command sees of this folder."""
        return Platform(self.state, port=self.port)

    def left(self) -> set[int]:
        """The living processes that have to do with this folder."""
        return mentioning(self.state)

    def clear(self) -> None:
        """End whatever a failed test left."""
        for process in self.typed:
            with process:
                process.kill()
        self.platform().kill()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine on which nothing runs, and on which nothing runs afterwards."""
    created = Machine(tmp_path / "var")
    yield created
    created.clear()


def programs(platform: Platform) -> set[int]:
    """The process ids of everything that was started, and of what that started."""
    every = [platform.gateway, *map(platform.service, SERVICES), *platform.parts.programs]
    return descendants({program.pid for program in every if program.pid is not None})


def test_up_and_down_as_a_person_types_them(machine: Machine) -> None:
    """The README's commands would not do what it says."""
    status, out, reply = machine.type("up")
    assert (status, out) == (0, f"the platform is up: http://127.0.0.1:{machine.port}/v1/docs\n")
    assert [line.split()[0] for line in reply.splitlines() if " ok " in line] == [
        *("policy", "rabbitmq", "mongodb", "opa", "migrations"),
        *SERVICES,
        "gateway",
    ]
    assert machine.type("status")[1].split() == EVERYTHING
    check_a_running_platform(machine)
    check_that_up_again_changes_nothing(machine)
    check_that_a_crash_is_no_obstacle_to_down(machine)


def check_a_running_platform(machine: Machine) -> None:
    """Ready, on loopback only, and no secret where a neighbour could read it."""
    url = machine.platform().gateway_url
    ready = requests.get(f"{url}/readyz", timeout=5)
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    running = programs(machine.platform())
    assert {address for address, _ in listening(running)} <= {"127.0.0.1", "::1"}
    assert machine.port in {port for _, port in listening(running)}
    folder = machine.state / "secrets"
    secrets = [path.read_bytes() for path in folder.iterdir() if path.is_file()]
    assert len(secrets) > 20
    for process in running:
        reply = Path(f"/proc/{process}/cmdline").read_bytes()
        reply += Path(f"/proc/{process}/environ").read_bytes()
        assert not [secret for secret in secrets if secret in reply]
    for path in (machine.state / "log").iterdir():
        assert not [secret for secret in secrets if secret in path.read_bytes()], path


def check_that_up_again_changes_nothing(machine: Machine) -> None:
    """A second `make up` would restart what others are using."""
    before = programs(machine.platform())
    assert machine.type("up")[0] == 0
    assert programs(machine.platform()) == before


def check_that_a_crash_is_no_obstacle_to_down(machine: Machine) -> None:
    """After a crash, parts would stay behind and hold their ports."""
    platform = machine.platform()
    ports = {port for _, port in listening(programs(platform))}
    victims: tuple[Program, ...] = (
        platform.gateway,
        platform.service("audit"),
        platform.parts.rabbitmq.program,
    )
    for victim in victims:
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
    status, out, _ = machine.type("down")
    assert (status, out) == (0, "everything is stopped\n")
    wait_until(lambda: not machine.left(), 10)
    assert all(is_free(port) for port in ports)
    assert machine.type("status")[1] == "nothing is running\n"
    assert machine.type("down")[:2] == (0, "everything is stopped\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_start_leaves_nothing_behind(
    machine: Machine, number: signal.Signals
) -> None:
    """Ctrl-C during `make demo` would leave a broker that blocks the next one."""
    process = machine.begin("up")
    broker = machine.state / "run" / "rabbitmq.json"
    wait_until(broker.exists, 60)
    process.send_signal(number)
    out, reply = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert reply.splitlines()[-1] == "stopping everything that was started"
    wait_until(lambda: not machine.left(), 10)


def test_starting_afresh_forgets_the_earlier_run_and_goes_back_in_time(tmp_path: Path) -> None:
    """A second `make demo` would find the first one's cases, or a clock that cannot go back."""
    platform = Platform(tmp_path, die_with_parent=True)
    try:
        platform.start(fresh=True)
        (tmp_path / "bench.json").write_text("{}")
        first = platform.token("p-a119106f")
        kept = platform.parts.secrets.password("mongo-intake")
        back = timedelta(days=-240)
        platform.start(fresh=True, offset=back)
        assert (tmp_path / "bench.json").exists()
        assert platform.parts.secrets.password("mongo-intake") != kept
        assert abs(platform.clock.now() - datetime.now(UTC) - back) < timedelta(seconds=5)
        headers = {"Purpose-Of-Use": "case_consultation"}
        url = f"{platform.gateway_url}/v1/cases"
        stale = requests.get(url, headers=headers | {"Authorization": f"Bearer {first}"}, timeout=5)
        assert stale.status_code == 401
        fresh = {"Authorization": f"Bearer {platform.token('p-a119106f')}"}
        assert requests.get(url, headers=headers | fresh, timeout=5).status_code == 200
        platform.clock.move_to(datetime.now(UTC))
        assert abs(platform.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
        assert requests.get(url, headers=headers | fresh, timeout=5).status_code == 401
    finally:
        platform.kill()


def test_a_service_that_is_stopped_comes_back_ready(tmp_path: Path) -> None:
    """Tests of bad days, and operators, restart one service at a time."""
    platform = Platform(tmp_path, die_with_parent=True)
    try:
        platform.start(fresh=True)
        risk = platform.service("risk")
        pid = risk.pid
        risk.stop()
        assert not risk.ready()
        assert "risk" not in platform.running
        risk.start()
        assert risk.ready()
        assert risk.pid != pid
    finally:
        platform.kill()


def test_data_that_contradict_themselves_are_named_to_the_operator(tmp_path: Path) -> None:
    """After an upgrade that checks more, an operator would read a traceback and know nothing."""
    name = "agreements/sample-brugge.json"
    agreement = json.loads((POLICY / "data" / name).read_text())
    agreement["parties"][0]["type"] = "youth_carx"
    (tmp_path / "agreements").mkdir()
    (tmp_path / name).write_text(json.dumps(agreement))

    with pytest.raises(ActionableError) as stopped:
        build_bundle(
            find.opa(Progress(None)),
            [POLICY / "data", tmp_path],
            tmp_path / "bundle.tar.gz",
        )

    assert "sample-brugge: parties/opgroeien: type 'youth_carx' has no row" in stopped.value.problem
    assert str(tmp_path) in stopped.value.remedy
    assert not (tmp_path / "bundle.tar.gz").exists()
