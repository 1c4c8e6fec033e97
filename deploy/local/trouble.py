"""What is told to a person when the local run cannot go on."""

from __future__ import annotations


class Trouble(Exception):
    """Something outside the platform stops the run: what happened, and what to do about it."""

    def __init__(self, happened: str, remedy: str) -> None:
        super().__init__(happened)
        self.happened = happened
        self.remedy = remedy

    def __str__(self) -> str:
        """Two lines, ready for a terminal."""
        return f"stopped: {self.happened}\n  do this: {self.remedy}"
