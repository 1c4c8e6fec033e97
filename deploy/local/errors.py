"""The error of the local run and the operators' command, for a person to act on."""

from __future__ import annotations


class ActionableError(Exception):
    """A problem outside the platform's code, and the remedy; as text two lines for a terminal."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"stopped: {self.problem}\n  do this: {self.remedy}"
