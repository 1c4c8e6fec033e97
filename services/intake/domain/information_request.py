"""Information requests (informatievragen): what is asked of one partner, by when, and how it ended.

The words of a question are content; the rest are codes of its fragment.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from casework.fragment import Fragment
from chassis.errors import Refuse


@dataclass(frozen=True)
class InformationRequest:
    """The codes and days of a request."""

    to: str
    by: str
    due: date
    state: str = "open"
    answered_on: date | None = None
    ground: str | None = None
    item: str | None = None

    @classmethod
    def of(cls, fragment: Fragment) -> Self:
        """The request that a fragment is; raises Refuse("not_found") for any other fragment."""
        if fragment.kind != "request":
            raise Refuse("not_found")
        return cls.read(fragment.codes)

    @classmethod
    def read(cls, codes: Mapping[str, Any]) -> Self:
        """The request in the codes of its fragment."""
        answered_on = codes["answered_on"]
        return cls(
            **{
                **codes,
                "due": date.fromisoformat(codes["due"]),
                "answered_on": answered_on and date.fromisoformat(answered_on),
            }
        )

    def codes(self) -> dict[str, Any]:
        """The codes of its fragment."""
        answered_on = self.answered_on and self.answered_on.isoformat()
        return {**asdict(self), "due": self.due.isoformat(), "answered_on": answered_on}

    def state_on(self, today: date) -> str:
        """The state, `late` while it is open after its due day."""
        return "late" if self.state == "open" and today > self.due else self.state


def present(codes: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A request's codes as released: its state on that day, and no member without a value."""
    known = {name: value for name, value in codes.items() if value is not None}
    return {**known, "state": InformationRequest.read(codes).state_on(today)} if codes else known
