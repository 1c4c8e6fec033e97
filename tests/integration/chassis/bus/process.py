"""A sample service in a process of its own, as `python -m chassis.run` starts it."""

import base64
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.parts import Parts
from deploy.local.ports import Ports
from tests.waiting import wait_until

ROOT = Path(__file__).parents[4]
SAMPLES = "tests.integration.chassis.bus.samples"
BUS_KEYS = "b1:" + base64.b64encode(bytes(range(32))).decode()


class Running:
    """The process of one service: its health page, its log, and ways to disturb it."""

    def __init__(self, parts: Parts, module: str, name: str, folder: Path) -> None:
        self.name = name
        self.port = Ports(folder).of(f"{name}-health")
        self.log = folder / f"{name}.jsonl"
        self._argv = [sys.executable, "-m", "chassis.run", f"{SAMPLES}.{module}"]
        self._environment = {
            "PATH": os.environ["PATH"],
            "KETENAANPAK_BROKER_URL": parts.broker_url(name),
            "KETENAANPAK_MONGO_URL": parts.mongo_url(name),
            "KETENAANPAK_BUS_KEYS": BUS_KEYS,
            "KETENAANPAK_MASTER_KEYS": BUS_KEYS,
            "KETENAANPAK_HASH_KEY": base64.b64encode(bytes(32)).decode(),
            "KETENAANPAK_HEALTH_PORT": str(self.port),
        }
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *, ready: bool = True) -> None:
        """Start it; with `ready`, return when it says that it is."""
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                self._argv, env=self._environment, cwd=ROOT, stdout=out, stderr=out
            )
        if ready:
            wait_until(self.is_ready, 20, f"{self.name} ready")

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=6) as page:
                return page.status, page.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    def is_ready(self) -> bool:
        """Whether it answers and says that every part is well."""
        assert self.alive, self.log.read_text()
        return self.get("/readyz")[0] == 200

    @property
    def alive(self) -> bool:
        """Whether the process lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._child is not None
        return self._child.pid

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        assert self._child is not None
        self._child.terminate()
        return self._child.wait(20)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait(10)

    def wait(self, seconds: float) -> int:
        """Its exit code when it ends by itself."""
        assert self._child is not None
        return self._child.wait(seconds)

    def pause(self) -> None:
        """Freeze it."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def lines(self) -> list[dict[str, Any]]:
        """The lines of its log; each must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def running(
    parts: Parts, module: str, name: str, folder: Path, *, ready: bool = True
) -> Iterator[Running]:
    """A sample service for the length of a block; whatever happened, it ends with the block."""
    process = Running(parts, module, name, folder)
    try:
        process.start(ready=ready)
        yield process
    finally:
        process.kill()
