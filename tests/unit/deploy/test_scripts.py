"""What a person types first: help, and errors that say what to do."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.__main__ import main as demonstrate
from deploy.local import run
from deploy.local.errors import ActionableError
from deploy.local.platform import Platform
from deploy.local.ports import Ports
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
DEBIAN = ROOT / "deploy" / "local" / "debian.sh"


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """An environment in which the named programs are shell lines and nothing else is on PATH."""
    folder.mkdir()
    for tool in ("env", "tail", "mktemp", "rm", "mv", "tee", "chmod", "cat"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    for name, line in programs.items():
        script = folder / name.replace("_", "-")
        script.write_text(f"#!/bin/bash\n{line}\n")
        script.chmod(0o755)
    return {"PATH": str(folder)}


def debian(env: dict[str, str], *packages: str) -> subprocess.CompletedProcess[str]:
    """Run the script that installs Debian packages."""
    return subprocess.run(
        ["/bin/bash", str(DEBIAN), *packages],
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


NOTHING = "exit 1"
INSTALLED = "printf installed"
SUDO = """
case "$1 $2" in
  "mv /usr"*|"rm -f"|"chmod 755") : ;;  # this machine is left as it is
  "tee /usr"*) cat >/dev/null ;;  # read, so that who writes does not meet a closed pipe
  "-n true") : ;;
  *) exec "$@" ;;
esac
"""


def test_what_is_installed_is_left_alone(tmp_path: Path) -> None:
    """Every start would need root and the network."""
    env = machine(tmp_path / "bin", dpkg_query=INSTALLED, apt_get="echo called; exit 1")
    done = debian(env, "rabbitmq-server", "libssl3t64|libssl3")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_root_or_sudo_it_says_what_to_type(tmp_path: Path) -> None:
    """A person without rights would see an error of apt-get about a lock file."""
    env = machine(
        tmp_path / "bin",
        dpkg_query=NOTHING,
        apt_get=NOTHING,
        apt_cache='test "$2" != libssl3t64',
        id="echo 1000",
    )
    done = debian(env, "rabbitmq-server", "libssl3t64|libssl3")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "stopped: the packages rabbitmq-server libssl3 are missing, and only root may install them",
        "  do this: run as root: apt-get install --no-install-recommends rabbitmq-server libssl3",
    ]


def test_on_another_system_it_says_so(tmp_path: Path) -> None:
    """A person on Fedora would see "command not found"."""
    done = debian(machine(tmp_path / "bin", dpkg_query=NOTHING), "rabbitmq-server")
    assert done.returncode == 1
    assert "this is not a Debian system" in done.stderr


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    """A person on a train would read twenty lines of apt-get."""
    env = machine(
        tmp_path / "bin",
        dpkg_query=NOTHING,
        id="echo 1000",
        sudo=SUDO,
        apt_get='echo "Could not resolve deb.example"; exit 100',
        apt_cache="exit 0",
    )
    done = debian(env, "rabbitmq-server")
    assert done.returncode == 1
    assert "Could not resolve deb.example" in done.stderr
    assert done.stderr.splitlines()[-2:] == [
        "stopped: the package lists could not be fetched",
        "  do this: check the network, then run the command again",
    ]


@pytest.mark.parametrize("script", ["debian.sh", "bootstrap.sh"])
def test_the_scripts_are_correct_bash(script: str) -> None:
    """The first command on a new machine would end in a syntax error."""
    done = subprocess.run(
        ["/bin/bash", "-n", str(ROOT / "deploy" / "local" / script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_make_alone_prints_help() -> None:
    """A newcomer would start something instead of reading what there is."""
    make = shutil.which("make")
    if make is not None:
        argv = [make, "-C", str(ROOT), "--no-print-directory"]
        reply = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        for target in ("demo", "up", "down", "logs", "people", "token", "test", "bench"):
            assert f"make {target} " in reply


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_in_words(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error would end in a traceback."""
    monkeypatch.setenv("KETENAANPAK_PORT", port)
    with pytest.raises(ActionableError, match="KETENAANPAK_PORT"):
        run.local_platform()


def test_commands_answer_a_typing_error_with_their_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A person would have to read the code to learn the commands."""
    assert run.main(["upp"]) == 2
    assert capsys.readouterr().err == "usage: python -m deploy.local.run up|down|status|logs\n"


def test_stopping_where_nothing_runs_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make down` twice would frighten a person."""
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    assert run.main(["down"]) == 0
    assert run.main(["status"]) == 0
    assert capsys.readouterr().out == "everything is stopped\nnothing is running\n"


def test_logs_before_the_first_start_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make logs` would wait for files that nobody writes."""
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    assert run.main(["logs"]) == 1
    assert capsys.readouterr().err == (
        "stopped: there are no logs yet\n  do this: start the platform: make up\n"
    )


def test_a_taken_port_is_reported_before_anything_starts(tmp_path: Path) -> None:
    """A person would wait for the broker to learn that the port was never free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        platform = Platform(tmp_path, port=port)
        with pytest.raises(ActionableError) as reply:
            platform.start()
        assert reply.value.problem == (
            f"port {port}, on which the gateway would listen, is taken by process {os.getpid()}"
            f" ({Path('/proc/self/comm').read_text().strip()})"
        )
        assert f"KETENAANPAK_PORT={port + 1} make demo" in reply.value.remedy
        assert platform.running == []


def test_two_commands_at_once_do_not_start_two_platforms(tmp_path: Path) -> None:
    """Two impatient people would get two brokers on one folder."""
    platform = Platform(tmp_path)
    with (tmp_path / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ActionableError, match="another command is starting or stopping"):
            platform.start()


def test_a_failed_start_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle of `make demo` would leave processes behind."""
    platform = Platform(tmp_path)

    def half(*_: object, **__: object) -> None:
        platform.gateway.launch(["/bin/sleep", "300"], {})
        raise KeyboardInterrupt

    monkeypatch.setattr(platform, "start", half)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        with (
            pytest.raises(KeyboardInterrupt),
            run.started(platform, run.Progress(None), fresh=True),
        ):
            raise AssertionError("the block runs although the start was interrupted")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    wait_until(lambda: platform.running == [], 5)


@pytest.fixture
def signals() -> Iterator[None]:
    """The handlers of this process are afterwards what they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signals: None) -> Iterator[Platform]:
    """A run of this machine that somebody works with: its gateway, its data, its ports."""
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    platform = Platform(tmp_path, die_with_parent=True)
    platform.gateway.launch(["/bin/sleep", "300"], {})
    (tmp_path / "mongodb").mkdir()
    (tmp_path / "mongodb" / "cases").write_text("of many families")
    yield platform
    platform.kill()


def is_as_it_was(earlier: Platform, ports: str) -> bool:
    """Whether the run still runs, with its data and on its ports."""
    return (
        earlier.gateway.running
        and (earlier.state / "mongodb" / "cases").read_text() == "of many families"
        and (earlier.state / "ports.json").read_text() == ports
    )


@pytest.mark.parametrize("command", [demonstrate, lambda: run.main(["up"])], ids=["demo", "up"])
def test_a_port_of_others_does_not_cost_the_platform_that_runs(
    earlier: Platform, command: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`KETENAANPAK_PORT=… make demo` would wipe the cases and then say that the port is taken."""
    before = (earlier.state / "ports.json").read_text()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("KETENAANPAK_PORT", str(taken.getsockname()[1]))
        assert command() == 1
    assert is_as_it_was(earlier, before)


def test_a_second_command_does_not_stop_what_the_first_one_starts(
    earlier: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who types `make demo` twice would end the first one in its middle."""
    before = (earlier.state / "ports.json").read_text()
    monkeypatch.setenv("KETENAANPAK_PORT", str(earlier.port))
    with (earlier.state / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert demonstrate() == 1
    assert "another command is starting or stopping" in capsys.readouterr().err
    assert is_as_it_was(earlier, before)


def test_what_a_fresh_start_lacks_is_reported_before_anything_is_wiped(
    earlier: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without network the platform would be gone, and no new one could be installed."""
    before = (earlier.state / "ports.json").read_text()
    monkeypatch.setenv("KETENAANPAK_PORT", str(earlier.port))

    def away(_progress: object) -> Path:
        raise ActionableError("no network", "connect")

    monkeypatch.setattr("deploy.local.find.mongod", away)
    assert demonstrate() == 1
    assert is_as_it_was(earlier, before)


def test_up_on_another_port_says_where_the_platform_is(
    earlier: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make up` would wait two minutes for a gateway that listens elsewhere, then end it."""
    before = (earlier.state / "ports.json").read_text()
    monkeypatch.setenv("KETENAANPAK_PORT", str(Ports(earlier.state / "other").of("gateway")))
    assert run.main(["up"]) == 1
    assert f"the platform runs already, on port {earlier.port}" in capsys.readouterr().err
    assert is_as_it_was(earlier, before)
