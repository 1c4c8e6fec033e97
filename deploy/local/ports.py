"""Loopback ports of one local run, chosen once and kept in its state folder."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path

HOST = "127.0.0.1"

CHOICE = range(20000, 32000)
"""Below the range that the kernel gives to outgoing connections, so that nobody takes a port
while its owner is stopped; and away from 35672-35682, which RabbitMQ's tools bind."""


def is_free(port: int) -> bool:
    """Say whether somebody could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_answered(port: int) -> bool:
    """Say whether somebody accepts connections on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


class Ports:
    """The ports of one state folder: the same name gives the same port for as long as it lives."""

    def __init__(self, state: Path) -> None:
        self.path = state / "ports.json"

    def of(self, name: str) -> int:
        """Give the port kept for `name`, or choose a free one and keep it."""
        kept = self._read()
        if name not in kept:
            kept[name] = self._choose(set(kept.values()))
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(kept, indent=1))
        return kept[name]

    def _read(self) -> dict[str, int]:
        if not self.path.exists():
            return {}
        kept: dict[str, int] = json.loads(self.path.read_text())
        return kept

    @staticmethod
    def _choose(taken: set[int]) -> int:
        while True:
            port = random.choice(CHOICE)  # noqa: S311 - spreads stacks, guards nothing
            if port not in taken and is_free(port):
                return port
