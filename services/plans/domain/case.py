"""The case as policy saw it, its fragments, and what a command about it changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from chassis.errors import Refuse
from services.plans.domain.command import TABLE, Command, unmet

OutcomeKind = Literal["plan_versions", "conclusions", "follow_ups"]


@dataclass(frozen=True)
class Case:
    """What a decided command tells of its case; plans keeps none of it.

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

    def check_participants(self, partners: Iterable[str]) -> None:
        """Raises Refuse when a partner takes no part in the case."""
        others = sorted(set(partners) - set(self.participants))
        if others:
            detail = "the partner does not take part in this case"
            raise unmet("not_a_participant", detail, partners=others)


@dataclass(frozen=True)
class Fragment:
    """A part of a case that can be released (domain.md, section 5).

    `codes` are the ids, codes and days (ISO 8601) that rules look at; they stand in clear and
    are told as part of the content. `content` is None where a rule does not look at it, or leaves
    it as it is. `of` is the fragment that it goes with. `place` orders fragments of one moment.
    """

    id: str
    kind: str
    subjects: tuple[str, ...]
    at: datetime
    content: Mapping[str, Any] | None
    codes: Mapping[str, Any] = field(default_factory=dict)
    category: str = "joint"
    source: str = TABLE
    addressed_to: tuple[str, ...] = ()
    of: str | None = None
    version: int = 1
    place: int = 0

    @property
    def state(self) -> str:
        """How a plan or an action stands."""
        return str(self.codes["state"])


@dataclass(frozen=True)
class Outcome:
    """An immutable document that intake may rest a step on: what it says, once and for all."""

    kind: OutcomeKind
    id: str
    closed_at: datetime
    said: Mapping[str, Any]


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
    state: str = "offered"
    added: tuple[Fragment, ...] = ()
    revised: tuple[Fragment, ...] = ()
    outcome: Outcome | None = None
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


def settled(
    kind: OutcomeKind,
    document: Mapping[str, Any] | None,
    last: Mapping[OutcomeKind, tuple[int, str]],
) -> dict[str, Any]:
    """The closed document as its outcome; raises Refuse("not_found") when there is none to tell.

    `last` is what was closed or adopted last, by turn and id: it stands when it is the last of its
    kind, and a conclusion only for the plan that it was drawn on.
    """
    if document is None:
        raise Refuse("not_found", "nothing closed of this case has this id")
    stands = last[kind][1] == document["_id"]
    if kind == "conclusions":
        stands = stands and last["plan_versions"] < last[kind]
    told = {**document, "id": document["_id"], "stands": stands}
    if document.get("next_on") is not None:
        told["next_on"] = date.fromisoformat(document["next_on"])
    return told


def noted(case: Case, command: Command, kind: str, **content: Any) -> Fragment:
    """A new fragment of the table about everybody in the client system."""
    return Fragment(command.new_id(), kind, case.persons, command.now, content)


def checked(case: Case, command: Command, of: Fragment) -> Fragment:
    """The safety check (veiligheidscheck) that stands with a fragment."""
    return Fragment(
        id=command.new_id(),
        kind="safety_check",
        subjects=case.persons,
        at=command.now,
        content={"of": of.id, **command.body["safety_check"]},
        category="safety",
        of=of.id,
        place=1,
    )
