"""Secrets of one local run, generated once and readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets as random_source
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class Secrets:
    """A folder with one file per secret (mode 0600); nothing here has a default value."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def path(self, name: str, make: Callable[[], str]) -> Path:
        """Give the file of the secret `name`, filled by `make` when it is not there yet."""
        path = self.folder / name
        if not path.exists():
            self._write(path, make())
        return path

    def text(self, name: str, make: Callable[[], str]) -> str:
        """Give the secret itself."""
        return self.path(name, make).read_text()

    def password(self, name: str) -> str:
        """Give a random password without characters that a URL would have to escape."""
        return self.text(name, lambda: random_source.token_urlsafe(24))

    def key(self, name: str) -> str:
        """Give 32 random bytes in base64."""
        return self.text(name, new_key)

    def key_ring(self, name: str) -> str:
        """Give a ring `id:base64key` of one random key."""
        return self.text(name, lambda: f"k1:{new_key()}")

    def write_for(self, process: str, name: str, value: str) -> Path:
        """Write a file that one process reads the secret `name` from, and give its path."""
        folder = self.folder / "given" / process
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name.lower()
        path.unlink(missing_ok=True)
        self._write(path, value)
        return path

    @staticmethod
    def _write(path: Path, value: str) -> None:
        # Written to a temporary file and linked, so that of two processes started at the same
        # time one writes the secret and the other reads it whole.
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)


def new_key() -> str:
    """Make 32 random bytes in base64."""
    return base64.b64encode(random_source.token_bytes(32)).decode()
