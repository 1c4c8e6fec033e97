"""Prints a line for each step of starting and stopping, with the time it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

HEARTBEAT = 10.0
"""Seconds after which a step that takes long prints that it goes on."""


class Progress:
    """Prints to `out`; `Progress(None)` prints nothing."""

    def __init__(self, out: TextIO | None = sys.stderr) -> None:
        self.out = out

    def say(self, text: str) -> None:
        """Print one line."""
        if self.out is not None:
            print(text, file=self.out, flush=True)

    @contextmanager
    def step(self, name: str, text: str) -> Iterator[None]:
        """Print `name text seconds` when the block is done, and every 10 seconds meanwhile."""
        began = time.monotonic()
        done = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(name, text, done, began), daemon=True)
        pulse.start()
        mark = "failed"
        try:
            yield
            mark = "ok"
        finally:
            done.set()
            pulse.join()
            self.say(f"  {name:<14} {text:<48} {mark:>6} {time.monotonic() - began:6.1f} s")

    def _pulse(self, name: str, text: str, done: threading.Event, began: float) -> None:
        while not done.wait(HEARTBEAT):
            elapsed = time.monotonic() - began
            self.say(f"  {name:<14} {text:<48}    ... {elapsed:6.1f} s")
