"""The case (dossier), what a command changes of it, and what every case command checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from casework.case import check_subjects, not_participant
from casework.change import Event
from casework.command import unmet
from casework.fragment import Fragment
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.places import Places
from services.intake.domain.wall import Lifting, Wall, walled_persons


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
class Evaluation:
    """The session during which the team looks back on a case."""

    begins: datetime
    ends: datetime
    session: str | None = None

    def at(self, session: "Session") -> bool:
        """Whether it is at this session; one stored by an earlier version names none."""
        return self.session == session.id if self.session else self.begins == session.starts_at


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
    agreements that have counted it among the cases they took. `match_days` are the working days
    within which somebody says whether a weak match is the same person.
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
    walls: tuple[Wall, ...] = ()
    liftings: tuple[Lifting, ...] = ()
    match_days: int = 1

    def participant(self, partner: str) -> Participant:
        """The partner as participant of this case; raises Refuse when it takes no part."""
        for participant in self.participants:
            if participant.partner == partner:
                return participant
        raise not_participant()

    @property
    def everybody(self) -> tuple[str, ...]:
        """The random ids of the whole client system."""
        return tuple(person.id for person in self.persons)

    @property
    def walled(self) -> tuple[str, ...]:
        """The persons who must not learn of the case."""
        return walled_persons(self.walls)

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
        check_subjects(self.everybody, subjects)

    def check_contributing(self) -> None:
        """Raises Refuse unless informing is settled, before which no partner contributes."""
        if not (self.victim_informed or self.informing_confirmed):
            raise unmet(
                Reason.INFORMING_NOT_SETTLED,
                "no victim is informed, and the chair has not confirmed why",
            )


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
    cancelled: bool = False

    def lists(self, case: str) -> bool:
        """Whether the case is on the agenda."""
        return any(entry.case == case for entry in self.agenda)


@dataclass(frozen=True)
class Change:
    """All that a command changes, to be stored in one transaction, and what it answers.

    `case` is the case that the command is about as it is afterwards, also where nothing of it
    changed; None for a command about no case. `others` are further cases that it changes,
    `former_session` is the session as it was before it was set right: it is kept.
    """

    result: Mapping[str, Any]
    case: Case | None = None
    added: tuple[Fragment, ...] = ()
    revised: tuple[Fragment, ...] = ()
    others: tuple[Case, ...] = ()
    session: Session | None = None
    former_session: Session | None = None
    places: tuple[Places, ...] = ()
    events: tuple[Event, ...] = ()


def result_of(case: Case, **members: Any) -> dict[str, Any]:
    """What a command about a case answers: ids and state, never content."""
    return {"id": case.id, "case": case.id, "stage": case.stage, "version": case.version} | members


def fragment_result(case: Case, fragment: Fragment, state: str | None = None) -> dict[str, Any]:
    """What a command answers that made or changed a fragment."""
    state = state or fragment.status
    return result_of(case, id=fragment.id, version=fragment.version, state=state)


def with_events(change: Change, more: tuple[Event, ...]) -> Change:
    """The same change, with more that happened."""
    return replace(change, events=(*change.events, *more))


def event_facts(case: Case) -> dict[str, Any]:
    """What every event about the case holds, so that its subscribers need not ask intake."""
    return {
        "case": case.id,
        "agreement": case.agreement,
        "stage": case.stage,
        "submitted_by": case.submitted_by,
        "participants": [participant.partner for participant in case.participants],
        "walled": list(case.walled),
        "director": case.director,
    }
