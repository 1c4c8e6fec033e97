"""Fragments: the parts of a case, as rules see and change them (domain.md, section 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casework.command import TABLE, Command
from chassis.errors import Refuse
from contracts.reasons import Reason


@dataclass(frozen=True)
class Fragment:
    """A part of a case that can be released.

    `codes` are the ids, codes and days (ISO 8601) that rules look at: they are stored in clear and
    released as part of the content. `content` is None where a rule does not look at it, or leaves
    it as it is. `of` is the fragment that it goes with; `place` orders fragments of one moment.
    """

    id: str
    kind: str
    subjects: tuple[str, ...]
    at: datetime
    content: Mapping[str, Any] | None
    codes: Mapping[str, Any] = field(default_factory=dict)
    category: str = "joint"
    source: str = TABLE
    only_for: tuple[str, ...] = ()
    withhold_from: tuple[str, ...] = ()
    addressed_to: tuple[str, ...] = ()
    of: str | None = None
    status: str = "offered"
    version: int = 1
    place: int = 0

    @property
    def state(self) -> str:
        """The state of what has one: a plan, an action, a weighing."""
        return str(self.codes["state"])

    def check_own(self, command: Command) -> None:
        """Raises Refuse unless the person's partner is the source of the fragment."""
        if self.source != command.own_partner:
            raise Refuse(
                "not_allowed", "only the source changes what it offered", reason=Reason.NOT_SOURCE
            )

    def check_live(self) -> None:
        """Raises Refuse("already_recalled") when the source took it back."""
        if self.status == "recalled":
            raise Refuse("already_recalled", "it has been recalled")


def of_the_table(
    command: Command, kind: str, subjects: Sequence[str], content: Mapping[str, Any], **codes: Any
) -> Fragment:
    """A new fragment that the team makes together, about these members of the client system."""
    return Fragment(command.new_id(), kind, tuple(subjects), command.now, content, codes)


def revise(fragment: Fragment, **changes: Any) -> Fragment:
    """A new version; the former one is kept, and no longer released."""
    return replace(fragment, version=fragment.version + 1, **changes)


def recall(fragment: Fragment) -> Fragment:
    """The fragment as its source takes it back: nothing of its content is released from now on."""
    return revise(fragment, status="recalled", content=None)


def supersede(new: Fragment, former: Sequence[Fragment]) -> Fragment:
    """`new` as the next version of the one it takes the place of; itself when there is none.

    For what somebody says once and may say otherwise later, such as a position.
    """
    if not former:
        return new
    [old] = former
    return replace(new, id=old.id, at=old.at, version=old.version + 1)
