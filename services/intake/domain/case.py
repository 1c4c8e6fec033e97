"""The case (dossier), what a command changes in it, and the rules that every case command keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from contracts.reasons import Reason
from chassis.errors import Refuse
from services.intake.domain.command import TABLE, Command, unmet
from services.intake.domain.places import Places

CONTRIBUTING: Final = ("forming", "weighing", "waiting", "accepted", "active")
"""The stages in which partners contribute."""


@dataclass(frozen=True)
class Participant:
    """A partner that takes part, and its answer to the call for contributions."""

    partner: str
    since: datetime
    answered: str | None = None


@dataclass(frozen=True)
class Guest:
    """The referrer's one visit to a session."""

    session: str
    until: datetime


@dataclass(frozen=True)
class Conflict:
    """A conflict of interest that a person declared."""

    person: str
    interest: str


@dataclass(frozen=True)
class Evaluation:
    """The session during which the team looks back on a case."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Emergency:
    """An emergency access (noodtoegang): its id, whose it is, until when, who reviewed it."""

    grant: str
    person: str
    partner: str
    until: datetime
    reviewed_by: str | None = None


@dataclass(frozen=True)
class ClientPerson:
    """A member of the client system: the random id within this case, and keyed matches."""

    id: str
    matches: tuple[str, ...] = ()
    victim: bool = False


@dataclass(frozen=True)
class Case:
    """What intake owns of a case; `version` grows with what all participants may see change.

    `mandated_by` are the involved services that mandated the director; `counted_under` are the
    agreements that have counted it among the cases they took.
    """

    id: str
    agreement: str
    region: str
    stage: str
    version: int
    submitted_by: str
    referrer: str
    submitted_at: datetime
    participants: tuple[Participant, ...]
    persons: tuple[ClientPerson, ...]
    victim_informed: bool
    informing_confirmed: bool = False
    crisis: bool = False
    evaluations: tuple[Evaluation, ...] = ()
    director: str | None = None
    mandated_by: tuple[str, ...] = ()
    counted_under: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    reopened_at: datetime | None = None
    follow_up_on: date | None = None
    emergencies: tuple[Emergency, ...] = ()
    followers: tuple[str, ...] = ()
    guest: Guest | None = None
    session: str | None = None
    conflicts: tuple[Conflict, ...] = ()

    def participant(self, partner: str) -> Participant:
        """The partner as participant of this case; raises Refuse when it takes no part."""
        for participant in self.participants:
            if participant.partner == partner:
                return participant
        raise unmet(Reason.NOT_A_PARTICIPANT, "the partner does not take part in this case")

    @property
    def everybody(self) -> tuple[str, ...]:
        """The random ids of the whole client system."""
        return tuple(person.id for person in self.persons)

    def counts_under(self, agreement: str) -> bool:
        """Whether the agreement has counted this case before."""
        return agreement in self.counted_under

    def counting_under(self, agreement: str) -> tuple[str, ...]:
        """The agreements that have counted this case, with this one."""
        return tuple(dict.fromkeys((*self.counted_under, agreement)))

    def takes_part(self, partner: str) -> bool:
        return any(participant.partner == partner for participant in self.participants)

    def check_decided_on(self, stage: str, version: int) -> None:
        """Raises Refuse when the case is no longer what policy saw when it decided."""
        if (stage, version) != (self.stage, self.version):
            raise Refuse("facts_changed", "the case has changed since this was decided")

    def check_subjects(self, subjects: Iterable[str]) -> None:
        """Raises Refuse when a subject is no member of the client system."""
        unknown = sorted(set(subjects) - {person.id for person in self.persons})
        if unknown:
            raise Refuse("unknown_subject", "not in the client system", subjects=unknown)

    def check_contributing(self) -> None:
        """Raises Refuse unless partners may contribute: the stage, and informing is settled."""
        if self.stage not in CONTRIBUTING:
            raise unmet(Reason.STAGE, "partners contribute from forming until the case is concluded")
        if not (self.victim_informed or self.informing_confirmed):
            raise unmet(
                "informing_not_settled",
                "no victim is informed, and the chair has not confirmed why",
            )


@dataclass(frozen=True)
class Request:
    """The codes and days of an information request (informatievraag); its words are content."""

    to: str
    by: str
    due: date
    state: str = "open"
    answered_on: date | None = None
    ground: str | None = None
    item: str | None = None

    def state_on(self, today: date) -> str:
        """The state, `late` while it is open after its due day (in UTC)."""
        return "late" if self.state == "open" and today > self.due else self.state


@dataclass(frozen=True)
class Fragment:
    """A part of a case that can be released (domain.md, section 5).

    `content` is None where a rule does not look at it, or leaves it as it is. `place` orders
    fragments of the same moment.
    """

    id: str
    kind: str
    category: str
    source: str
    subjects: tuple[str, ...]
    at: datetime
    content: Mapping[str, Any] | None
    only_for: tuple[str, ...] = ()
    withhold_from: tuple[str, ...] = ()
    addressed_to: tuple[str, ...] = ()
    status: str = "offered"
    version: int = 1
    place: int = 0
    request: Request | None = None

    def check_own(self, command: Command) -> None:
        """Raises Refuse unless the fragment is one that the person's partner offered."""
        if self.source != command.own_partner:
            raise Refuse("not_allowed", "only the source changes what it offered")


@dataclass(frozen=True)
class AgendaEntry:
    """A case on an agenda."""

    case: str
    referrer_attends: bool
    put_by: str


@dataclass(frozen=True)
class Session:
    """One meeting of a table (overlegtafel) with its agenda."""

    id: str
    agreement: str
    table: str
    starts_at: datetime
    version: int = 1
    agenda: tuple[AgendaEntry, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that happened: to a case, or to a session when `case` is None."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    case: Case | None = None


@dataclass(frozen=True)
class Change:
    """All that a command changes, to be kept in one transaction, and what it answers."""

    outcome: Mapping[str, Any]
    case: Case | None = None
    added: tuple[Fragment, ...] = ()
    revised: tuple[Fragment, ...] = ()
    session: Session | None = None
    places: tuple[Places, ...] = ()
    events: tuple[Event, ...] = ()


def outcome(case: Case, **members: Any) -> dict[str, Any]:
    """What a command about a case answers: ids and state, never content."""
    return {"id": case.id, "case": case.id, "stage": case.stage, "version": case.version} | members


def with_events(change: Change, more: tuple[Event, ...]) -> Change:
    """The same change, with more that happened."""
    return replace(change, events=(*change.events, *more))


def walled(case: Case, staff: Mapping[str, str]) -> tuple[str, ...]:
    """Persons who must not hear of the case: a declared interest, or in the client system."""
    matches = {match for person in case.persons for match in person.matches}
    same = {person for person, match in staff.items() if match in matches}
    return tuple(sorted(same | {conflict.person for conflict in case.conflicts}))


def event_data(event: Event, staff: Mapping[str, str]) -> dict[str, Any]:
    """The data of an event: what a hearer needs to react without asking, in ids and codes."""
    if event.case is None:
        return dict(event.data)
    case = event.case
    facts = {
        "case": case.id,
        "agreement": case.agreement,
        "stage": case.stage,
        "submitted_by": case.submitted_by,
        "participants": [participant.partner for participant in case.participants],
        "walled": list(walled(case, staff)),
        "director": case.director,
    }
    return facts | dict(event.data)


def of_the_table(command: Command, kind: str, case: Case, content: Mapping[str, Any]) -> Fragment:
    """A fragment about the whole client system that the team makes together."""
    return Fragment(
        id=command.new_id(),
        kind=kind,
        category="joint",
        source=TABLE,
        subjects=case.everybody,
        at=command.now,
        content=content,
    )


def fragment_event(name: str, case: Case, fragment: Fragment) -> Event:
    """An event about a fragment, by its id, category and source."""
    data = {
        "fragment": fragment.id,
        "category": fragment.category,
        "partner": fragment.source,
    }
    return Event(name, data, case)
