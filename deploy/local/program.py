"""A process of the local run: started, recorded on disk, found by later commands, stopped."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.local.errors import ActionableError
from deploy.local.ports import is_free
from deploy.local.progress import Progress

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def started_at(pid: int) -> int | None:
    """Give the kernel's start tick of a living process, None when there is none.

    A process id alone is given out again; together with its start it names one process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else int(fields[19])


def _state(stat: Path) -> str:
    """The kernel's letter for the state of a thread, empty when it is gone."""
    try:
        text = stat.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return text[text.rindex(")") + 2]


def _this_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Program:
    """One process with its children (a process group), and the record of it on disk.

    `run` is the folder of records; any process that uses the same folder and `name` controls the
    same program. With `die_with_parent` the kernel kills it when the thread that started it ends,
    so that killed tests leave nothing behind.
    """

    def __init__(self, name: str, run: Path, log: Path, *, die_with_parent: bool = False) -> None:
        self.name = name
        self.log = log
        self.record = run / f"{name}.json"
        self.die_with_parent = die_with_parent
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        kept = self._recorded()
        begin = None if kept is None else started_at(kept["pid"])
        if kept is not None and begin is not None and begin == kept["started"]:
            return int(kept["pid"])
        if self._child is not None:
            self._child.poll()
        return None

    @property
    def running(self) -> bool:
        """Whether the process lives (a paused one does)."""
        return self.pid is not None

    def launch(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> None:
        """Start the process unless it runs; its output is appended to the log."""
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.record.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_die_with_parent if self.die_with_parent else None,
            )
        pid = self._child.pid
        draft = self.record.with_suffix(".new")
        record = {"pid": pid, "started": started_at(pid), "boot": _this_boot(), "argv": list(argv)}
        draft.write_text(json.dumps(record))
        draft.rename(self.record)

    def _recorded(self) -> dict[str, Any] | None:
        """What was recorded at the start, unless the machine has been rebooted since."""
        try:
            kept: dict[str, Any] = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return kept if kept["boot"] == _this_boot() else None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when `ready()` holds.

        Raises ActionableError with the end of the log when the program ends or the time is over.
        """
        limit = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise ActionableError(f"{self.name} ended while starting", self.log_excerpt())
            if time.monotonic() > limit:
                raise ActionableError(
                    f"{self.name} was not ready in {seconds:.0f} s", self.log_excerpt()
                )
            time.sleep(0.05)

    def log_excerpt(self) -> str:
        """Name the log and quote its end."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n    ".join([f"read {self.log}; it ends with:", *lines[-12:]])

    def pause(self) -> None:
        """Freeze it (SIGSTOP): it keeps its ports and does not respond."""
        self._signal(signal.SIGSTOP)
        # The threads of a busy program stop one after the other, some time after the signal.
        limit = time.monotonic() + 2
        while self._moves() and time.monotonic() < limit:
            time.sleep(0.005)

    def _moves(self) -> bool:
        """Whether a thread of the process is not stopped yet."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return any(_state(stat) not in ("T", "") for stat in stats)

    def resume(self) -> None:
        """Resume it after `pause` (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def stop(self, seconds: float = 20.0) -> None:
        """Terminate it (SIGTERM), and kill it when it takes longer than `seconds`."""
        self.ask_to_stop()
        limit = time.monotonic() + seconds
        while self.running and time.monotonic() < limit:
            time.sleep(0.02)
        self.kill()

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return at once (a frozen program is resumed)."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            self.resume()

    def kill(self) -> None:
        """Kill it and its children (SIGKILL)."""
        self._signal(signal.SIGKILL)
        while self.running:
            time.sleep(0.01)
        if self._child is not None:
            self._child.wait()  # else it stays a zombie, and Python warns of it
            self._child = None
        self.record.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        group = self._group()
        if group is not None:
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                return

    def _group(self) -> int | None:
        """The process group, also when its leader is gone and only children are left."""
        kept = self._recorded()
        if kept is None:
            return None
        pid = int(kept["pid"])
        begin = started_at(pid)
        if begin == kept["started"]:
            return pid
        # The leader is gone. The kernel does not give out its number while its group has
        # members, so unless a newer process bears the number, the group is still ours.
        return pid if begin is None else None


class BackingService(ABC):
    """A backing service whose server is one program on a loopback port."""

    program: Program
    port: int

    @abstractmethod
    def start(self, progress: Progress) -> None:
        """Start it and return when it can be used; nothing happens when it runs."""

    def stop(self) -> None:
        """Stop it gracefully."""
        self.program.stop(30.0)

    def kill(self) -> None:
        """Kill it, as a power failure would."""
        self.program.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing is answered."""
        self.program.pause()

    def resume(self) -> None:
        """Resume it after `pause`."""
        self.program.resume()

    def expect_free_port(self, name: str, *ports: int) -> None:
        """Raise ActionableError when another program listens on one of its ports."""
        for port in ports or (self.port,):
            if not is_free(port):
                raise ActionableError(
                    f"port {port}, kept for {name}, is taken by another program",
                    "stop that program, or run `make demo`, which starts afresh",
                )


def answers_ok(url: str, seconds: float) -> bool:
    """Say whether GET, past any proxy, is answered with 200 within so many seconds."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=seconds) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
