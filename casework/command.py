"""A command that policy allowed, as the rules of a service are given it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from chassis.errors import Refuse
from contracts.days import day_of
from contracts.reasons import Reason

Fault = dict[str, Any]
"""What is wrong with a member of a body, as `fault` makes it."""

TABLE: Final = "table"
"""The source of what the team makes together (domain.md, section 5)."""


@dataclass(frozen=True)
class Command:
    """Who asks for what, on which terms, and when: rules check what must be true, never who may.

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
    roles: tuple[str, ...] = ()
    target: str | None = None
    if_match: int | None = None

    @property
    def own_partner(self) -> str:
        """The partner that the person acts for; raises Refuse("not_allowed") without one."""
        if self.partner is None:
            raise Refuse("not_allowed", "only on behalf of a partner")
        return self.partner

    @property
    def speaker(self) -> str:
        """The partner that speaks, or the table (overlegtafel) where no partner does."""
        return self.partner or TABLE

    @property
    def today(self) -> date:
        """The day in Brussels."""
        return day_of(self.now)

    def given(self, *members: str) -> dict[str, Any]:
        """Those of the members that the body has."""
        return {member: self.body[member] for member in members if member in self.body}

    def check_version(self, found: int) -> None:
        """Raises Refuse unless the caller named the version of the document that it changes."""
        if self.if_match is None:
            raise Refuse("precondition_required", "name the version that you have read")
        if self.if_match != found:
            raise Refuse("precondition_failed", "the document has a newer version")

    def check_another_proposed(self, step: str, proposed_by: str | None) -> None:
        """Raises Refuse for the person who proposed it, where the agreement wants another one.

        `step` is one of `same_person_may` in the terms; nobody knows who proposed what is older
        than this rule (None).
        """
        if self.person == proposed_by and not self.terms["same_person_may"][step]:
            raise unmet(Reason.OWN_PROPOSAL, "somebody else than who proposed it decides")


def unmet(reason: Reason, detail: str, **members: Any) -> Refuse:
    """The refusal of a command whose precondition does not hold."""
    return Refuse("precondition_unmet", detail, reason=reason, **members)


def invalid(pointer: str, code: str, **bounds: Any) -> Refuse:
    """The refusal of a member that does not fit what is known; see `fault`."""
    return Refuse("validation_failed", errors=[fault(pointer, code, **bounds)])


def fault(
    pointer: str,
    code: str,
    *,
    least: str | None = None,
    most: str | None = None,
    choices: Iterable[str] = (),
) -> Fault:
    """What is wrong at `pointer` (a JSON pointer): one of the codes of contracts/faults.py.

    `least` and `most` are the bounds of a `range`, `choices` what may be chosen instead.
    """
    bounds = {"least": least, "most": most, "choices": list(choices)}
    given = {name: value for name, value in bounds.items() if value}
    return {"pointer": pointer, "code": code, **given}
