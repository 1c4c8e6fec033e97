"""Loopback ports of one local run, chosen once and kept in its state folder."""

from __future__ import annotations

import json
import os
import random
import socket
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""

CHOICE = range(20000, 32000)
"""Below the range that the kernel gives to outgoing connections, so that nobody takes a port
while its owner is stopped; and away from 35672-35682, which RabbitMQ's tools bind."""


def is_free(port: int) -> bool:
    """Say whether this loopback port can be listened on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_answered(port: int) -> bool:
    """Say whether connections are accepted on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def holder(port: int) -> str:
    """Name the process that listens on a loopback port, as far as this user may know it."""
    sockets = _listening(port)
    for process in Path("/proc").glob("[0-9]*"):
        # Not readable: processes of other users, and those that end meanwhile.
        with suppress(OSError):
            if any(_names(entry) in sockets for entry in (process / "fd").iterdir()):
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
    return "another program"


def _names(entry: Path) -> str:
    try:
        return os.readlink(entry)
    except FileNotFoundError:
        return ""


def _listening(port: int) -> set[str]:
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port and fields[3] == LISTEN:
                sockets.add(f"socket:[{fields[9]}]")
    return sockets


class Ports:
    """The ports of one state folder: the same name gives the same port for as long as it lives."""

    def __init__(self, state: Path) -> None:
        self.path = state / "ports.json"

    def of(self, name: str) -> int:
        """Give the port kept for `name`, or choose a free one and keep it."""
        kept = self._read()
        if name not in kept:
            self.keep(name, self._choose(set(kept.values())))
        return self._read()[name]

    def keep(self, name: str, port: int) -> None:
        """Keep a port that was chosen elsewhere for `name`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self._read() | {name: port}, indent=1))

    def _read(self) -> dict[str, int]:
        if not self.path.exists():
            return {}
        kept: dict[str, int] = json.loads(self.path.read_text())
        return kept

    @staticmethod
    def _choose(taken: set[int]) -> int:
        while True:
            # Not seedable: two runs with the same seed would choose the same ports.
            port = random.SystemRandom().choice(CHOICE)
            if port not in taken and is_free(port):
                return port
