"""What the kernel says about processes: who lives, and where somebody listens."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def descendants(ancestors: set[int]) -> set[int]:
    """Living processes and all their living descendants."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            text = stat.read_text()
            fields = text[text.rindex(")") + 2 :].split()
            if fields[0] not in "ZX":
                parents[int(stat.parent.name)] = int(fields[1])
    found = ancestors & parents.keys()
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def all_processes() -> set[int]:
    """Every living process of the machine."""
    return {int(path.name) for path in Path("/proc").glob("[0-9]*")}


def mentioning(folder: Path) -> set[int]:
    """The living processes whose command line or environment names a folder."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            reply = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(folder).encode() in reply and int(process.name) != os.getpid():
                found.add(int(process.name))
    return found


def listening(processes: set[int]) -> set[tuple[str, int]]:
    """Every (address, port) on which one of these processes accepts connections."""
    sockets = {name for process in processes for name in _sockets(process)}
    return {(address, port) for address, port, inode in _table() if f"socket:[{inode}]" in sockets}


def _sockets(process: int) -> Iterator[str]:
    with suppress(OSError):
        for entry in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                yield os.readlink(entry)


def _table() -> Iterator[tuple[str, int, str]]:
    for path in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in path.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                address, _, port = fields[1].partition(":")
                yield _readable(address), int(port, 16), fields[9]


def _readable(address: str) -> str:
    # The kernel prints addresses as 32-bit words in the machine's own byte order.
    words = struct.pack(f"={len(address) // 8}I", *_words(address))
    family = socket.AF_INET if len(words) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, words)


def _words(address: str) -> list[int]:
    return [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
