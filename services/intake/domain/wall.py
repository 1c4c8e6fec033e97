"""The conflict wall: who must not learn of a case, why, and what is still asked about it.

A wall holds from the transaction that raises it until it is lifted, also while somebody has yet to
say whether it is right (domain.md, section 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Cause = Literal["same_person", "kin", "other_interest"]
"""The person is in the client system, is kin of somebody in it, or has another interest."""


@dataclass(frozen=True)
class Wall:
    """A person who must not learn of the case.

    `partners` are those for which the person acts. `raised_by` is who knew of the tie, `raised_for`
    the partner of that person; a match with members of the client system (`members`, their random
    ids) has neither, and a `strength`. One that is `open` waits until `due` for somebody who says
    whether it is right; it has a fragment of its id, which says what is asked.
    """

    id: str
    person: str
    cause: Cause
    at: datetime
    partners: tuple[str, ...] = ()
    state: Literal["standing", "open", "lifted"] = "standing"
    strength: Literal["strong", "weak"] | None = None
    members: tuple[str, ...] = ()
    raised_by: str | None = None
    raised_for: str | None = None
    due: date | None = None

    @property
    def holds(self) -> bool:
        """Whether the case is hidden from the person by it."""
        return self.state != "lifted"


@dataclass(frozen=True)
class Lifting:
    """A proposal to lift the walls that stand around a person, with a fragment of its id.

    It may concern somebody without any: whoever proposes does not learn whether there is one.
    """

    id: str
    person: str
    at: datetime
    raised_by: str
    raised_for: str | None
    due: date
    state: Literal["open", "agreed", "refused"] = "open"


def walled_persons(walls: Iterable[Wall]) -> tuple[str, ...]:
    """The persons who must not learn of a case with these walls, in order."""
    return tuple(sorted({wall.person for wall in walls if wall.holds}))
