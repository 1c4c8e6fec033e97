"""What a rule is given besides the state it looks at: who asks, on which terms, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chassis.errors import Refuse


@dataclass(frozen=True)
class Command:
    """A command that policy allowed: rules check what must be true, never who may.

    `body` has been loaded by its schema; `terms` are what the agreement says about this command;
    `new_id` makes random ids.
    """

    name: str
    person: str
    partner: str | None
    terms: Mapping[str, Any]
    body: Mapping[str, Any]
    now: datetime
    new_id: Callable[[], str]
    target: str | None = None
    if_match: int | None = None

    @property
    def own_partner(self) -> str:
        """The partner that the person acts for; raises Refuse when it acts for none."""
        if self.partner is None:
            raise Refuse("not_allowed", "only on behalf of a partner")
        return self.partner

    def given(self, *members: str) -> dict[str, Any]:
        """Those of the members that the body has."""
        return {member: self.body[member] for member in members if member in self.body}

    def check_version(self, found: int) -> None:
        """Raises Refuse unless the caller named the version of the document that it changes."""
        if self.if_match is None:
            raise Refuse("precondition_required", "name the version that you have read")
        if self.if_match != found:
            raise Refuse("precondition_failed", "the document has a newer version")

    def check_past(self, pointer: str, day: date) -> None:
        """Raises Refuse for a day that has not come yet, wherever on earth the caller is."""
        latest = self.now.date() + timedelta(days=1)
        if day > latest:
            raise invalid(pointer, f"Must be less than or equal to {latest.isoformat()}.")


def unmet(reason: str, detail: str, **members: Any) -> Refuse:
    """The refusal of a command whose precondition does not hold; `reason` is a stable code."""
    return Refuse("precondition_unmet", detail, reason=reason, **members)


def invalid(pointer: str, detail: str) -> Refuse:
    """The refusal of a member that does not fit what is known; `pointer` is a JSON pointer."""
    return Refuse("validation_failed", errors=[{"pointer": pointer, "detail": detail}])
