"""The places (dossierplafond) that an agreement has, and the cases that take them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.intake.domain.command import unmet


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

    def take(self) -> "Places":
        """One more case is taken, for the first time."""
        return replace(self, now=self.now + 1, ever=self.ever + 1)

    def take_again(self, cap: Mapping[str, Any]) -> "Places":
        """A case that had a place before takes one; raises Refuse when none is free.

        Where the agreement counts the cases that it ever took, it has been counted already.
        """
        if cap["counts"] == "concurrent" and not self.free(cap):
            raise no_place()
        return replace(self, now=self.now + 1)

    def give_back(self) -> "Places":
        """A case gives its place back."""
        return replace(self, now=self.now - 1)


def no_place() -> Exception:
    """The refusal when the cap is reached."""
    return unmet("cap_reached", "the agreement has no place for one more case")
