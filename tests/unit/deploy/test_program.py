"""Programs of the local run: whoever started them, whatever happened, they can be ended."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import ActionableError
from deploy.local.program import Program, started_at
from tests.waiting import wait_until

ENV = {"PATH": os.environ["PATH"]}
SLEEP = ["/bin/sleep", "300"]


def program(folder: Path, name: str = "sleeper", **options: bool) -> Program:
    """A program whose record and log are in `folder`."""
    return Program(name, folder / "run", folder / "log" / f"{name}.log", **options)


def state_of(pid: int) -> str:
    """The letter with which the kernel says what a process does."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return stat[stat.rindex(")") + 2]


def test_another_command_finds_and_stops_what_one_command_started(tmp_path: Path) -> None:
    """`make down` would leave processes behind if only their starter could end them."""
    first = program(tmp_path)
    first.launch(SLEEP, ENV)
    second = program(tmp_path)
    assert second.running
    assert second.pid == first.pid
    second.stop()
    assert not first.running
    assert not second.running
    assert not second.record.exists()


def test_starting_twice_starts_one(tmp_path: Path) -> None:
    """A second `make up` would double every process."""
    first = program(tmp_path)
    first.launch(SLEEP, ENV)
    pid = first.pid
    program(tmp_path).launch(SLEEP, ENV)
    assert first.pid == pid
    first.kill()


def test_a_number_that_was_given_out_again_is_left_alone(tmp_path: Path) -> None:
    """Stopping after a crash would kill an innocent process that bears the old number."""
    innocent = subprocess.Popen(SLEEP)
    stale = program(tmp_path)
    stale.launch(["/bin/true"], ENV)
    wait_until(lambda: not stale.running, 5)
    record = json.loads(stale.record.read_text())
    stale.record.write_text(json.dumps(record | {"pid": innocent.pid, "started": 1}))
    again = program(tmp_path)
    assert not again.running
    again.stop()
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_a_record_of_an_earlier_boot_names_nobody(tmp_path: Path) -> None:
    """After a restart of the machine the old numbers belong to others."""
    living = program(tmp_path)
    living.launch(SLEEP, ENV)
    record = json.loads(living.record.read_text())
    living.record.write_text(json.dumps(record | {"boot": "another"}))
    assert not program(tmp_path).running
    living.record.write_text(json.dumps(record))
    living.kill()


def test_children_end_with_their_program(tmp_path: Path) -> None:
    """A killed gateway would leave its workers on the port."""
    parent = program(tmp_path)
    parent.launch(["/bin/sh", "-c", "sleep 300 & echo $!; wait"], ENV)
    child = int(wait_until(lambda: parent.log.exists() and parent.log.read_text().strip(), 5))
    parent.kill()
    wait_until(lambda: started_at(child) is None, 5)


def test_children_end_also_when_their_program_is_gone_already(tmp_path: Path) -> None:
    """A crash of the parent would hide its children from `make down`."""
    parent = program(tmp_path)
    parent.launch(["/bin/sh", "-c", "sleep 300 & echo $!; wait"], ENV)
    child = int(wait_until(lambda: parent.log.exists() and parent.log.read_text().strip(), 5))
    pid = parent.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not parent.running, 5)
    program(tmp_path).stop()
    wait_until(lambda: started_at(child) is None, 5)


def test_a_frozen_program_lives_and_can_be_stopped(tmp_path: Path) -> None:
    """A test that froze a part could not clean up after itself."""
    frozen = program(tmp_path)
    frozen.launch(SLEEP, ENV)
    pid = frozen.pid
    assert pid is not None
    frozen.pause()
    wait_until(lambda: state_of(pid) == "T", 5)
    assert frozen.running
    frozen.resume()
    wait_until(lambda: state_of(pid) != "T", 5)
    frozen.pause()
    frozen.stop()
    assert not frozen.running


def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    """`make down` would wait for ever for a process that ignores it."""
    deaf = program(tmp_path)
    deaf.launch(["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"], ENV)
    wait_until(lambda: deaf.log.exists() and "deaf" in deaf.log.read_text(), 5)
    deaf.stop(seconds=0.3)
    assert not deaf.running


def test_a_program_that_ends_while_starting_says_why(tmp_path: Path) -> None:
    """A person would see only that something did not start."""
    broken = program(tmp_path)
    broken.launch(["/bin/sh", "-c", "echo no such setting: X >&2; exit 3"], ENV)
    with pytest.raises(ActionableError) as reply:
        broken.wait_until(lambda: False, 5)
    assert str(reply.value).splitlines() == [
        "stopped: sleeper ended while starting",
        f"  do this: read {broken.log}; it ends with:",
        "    no such setting: X",
    ]


def test_a_program_that_never_gets_ready_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """`make demo` would hang without a word."""
    slow = program(tmp_path)
    slow.launch(SLEEP, ENV)
    with pytest.raises(ActionableError, match="was not ready in 0 s"):
        slow.wait_until(lambda: False, 0.1)
    slow.kill()


def test_a_tied_program_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """A test run that is killed would leave brokers and databases on the machine."""
    script = (
        "import sys, time; from pathlib import Path; from deploy.local.program import Program\n"
        f"here = Path({str(tmp_path)!r})\n"
        "p = Program('tied', here, here / 'log', die_with_parent=True)\n"
        f"p.launch({SLEEP!r}, {{}}); print(p.pid, flush=True); sys.stdin.read()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    assert starter.stdin is not None
    pid = int(starter.stdout.readline())
    assert started_at(pid) is not None
    starter.kill()
    starter.wait()
    starter.stdout.close()
    starter.stdin.close()
    wait_until(lambda: started_at(pid) is None, 5)
