"""The case as policy saw it, its fragments, and what a command about it changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from chassis.errors import Refuse
from services.risk.domain.command import Command, unmet

TABLE: Final = "table"
"""The source of what the team makes together (domain.md, section 5)."""


@dataclass(frozen=True)
class Case:
    """What a decided command tells of its case; risk keeps none of it.

    `persons` are the random ids of the client system, `walled` those who must not hear of it.
    """

    id: str
    agreement: str
    stage: str
    submitted_by: str
    participants: tuple[str, ...]
    persons: tuple[str, ...]
    walled: tuple[str, ...]
    director: str | None = None

    def check_subjects(self, subjects: Iterable[str]) -> None:
        """Raises Refuse when a subject is no member of the client system."""
        unknown = sorted(set(subjects) - set(self.persons))
        if unknown:
            raise Refuse("unknown_subject", "not in the client system", subjects=unknown)

    def check_participant(self, partner: str) -> None:
        """Raises Refuse when the partner takes no part in the case."""
        if partner not in self.participants:
            raise unmet("not_a_participant", "the partner does not take part in this case")


@dataclass(frozen=True)
class Fragment:
    """A part of a case that can be released (domain.md, section 5).

    `codes` are the ids and codes that rules look at; they stand in clear and are told as part of
    the content. `content` is None where a rule does not look at it, or leaves it as it is. `place`
    orders fragments of the same moment.
    """

    id: str
    kind: str
    subjects: tuple[str, ...]
    at: datetime
    content: Mapping[str, Any] | None
    codes: Mapping[str, Any] = field(default_factory=dict)
    category: str = "joint"
    source: str = TABLE
    status: str = "offered"
    version: int = 1
    place: int = 0

    def check_own(self, command: Command) -> None:
        """Raises Refuse unless the fragment is one that the person's partner offered."""
        if self.source != command.own_partner:
            raise Refuse("not_allowed", "only the source changes what it offered")


@dataclass(frozen=True)
class Outcome:
    """What a closed weighing (weging) says, once and for all: intake may rest a step on it.

    `assessments` are those that it rests on; `problem_profile` is whether there is one.
    """

    id: str
    case: str
    closed_at: datetime
    conclusion: str
    assessments: tuple[str, ...]
    problem_profile: bool


@dataclass(frozen=True)
class Event:
    """Something that happened to a case."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """All that a command changes, to be kept in one transaction.

    `about` is the fragment that it made or changed, `state` how that stands now.
    """

    about: Fragment
    state: str
    added: tuple[Fragment, ...] = ()
    revised: tuple[Fragment, ...] = ()
    closed: Outcome | None = None
    events: tuple[Event, ...] = ()


def told(case: Case, change: Change) -> dict[str, Any]:
    """What a command answers: ids and state, never content."""
    return {
        "id": change.about.id,
        "case": case.id,
        "stage": case.stage,
        "version": change.about.version,
        "state": change.state,
    }


def event_data(case: Case, event: Event) -> dict[str, Any]:
    """The data of an event: what a hearer needs to react without asking, in ids and codes."""
    facts = {
        "case": case.id,
        "agreement": case.agreement,
        "stage": case.stage,
        "submitted_by": case.submitted_by,
        "participants": list(case.participants),
        "walled": list(case.walled),
        "director": case.director,
    }
    return facts | dict(event.data)
