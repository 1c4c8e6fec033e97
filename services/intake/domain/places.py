"""The places (dossierplafond) that an agreement has, and the cases that take them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casework.command import unmet
from contracts.reasons import Reason


@dataclass(frozen=True)
class Places:
    """How many cases of an agreement are taken now, and how many ever were."""

    agreement: str
    now: int = 0
    ever: int = 0

    def free(self, cap: Mapping[str, Any]) -> bool:
        """Whether one more case has a place under the agreement's cap."""
        taken = self.now if cap["counts"] == "concurrent" else self.ever
        return bool(taken < cap["number"])

    def take(self, cap: Mapping[str, Any], *, counted: bool) -> "Places":
        """One more case takes a place; raises Refuse when none is free.

        A case that was `counted` before is no new one where the agreement counts the cases that
        it ever took.
        """
        if not (counted and cap["counts"] == "total") and not self.free(cap):
            raise unmet(Reason.CAP_REACHED, "the agreement has no place for one more case")
        return replace(self, now=self.now + 1, ever=self.ever + (not counted))

    def give_back(self) -> "Places":
        """A case gives its place back."""
        return replace(self, now=self.now - 1)
