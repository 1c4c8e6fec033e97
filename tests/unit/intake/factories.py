"""What a test of a rule is given: a case, a command, a fragment, with sensible facts."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from casework.fragment import Fragment
from services.intake.domain.case import Case, Change, ClientPerson, Participant, Session
from services.intake.domain.information_request import InformationRequest
from services.intake.domain.wall import Wall
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM


def case(**changes: Any) -> Case:
    """A case in forming, of a victim and a perpetrator, in which three partners take part."""
    given = Case(
        id=str(uuid.UUID(int=10)),
        agreement="sample-brugge",
        region="31005",
        stage="forming",
        version=4,
        submitted_by="caw",
        referrer="p-worker",
        submitted_at=NOW,
        participants=tuple(Participant(one, NOW) for one in ("caw", "parket", "ggz")),
        persons=(ClientPerson(VICTIM, ("m1",)), ClientPerson(PERPETRATOR)),
        victim_informed=True,
    )
    return replace(given, **changes)


def wall(person: str, **changes: Any) -> Wall:
    """A wall around a person who declared to be kin, and acts for the police."""
    given = Wall(
        id=str(uuid.uuid5(uuid.UUID(int=40), person)),
        person=person,
        cause="kin",
        at=NOW,
        partners=("lokale-politie",),
        raised_by=person,
        raised_for="lokale-politie",
    )
    return replace(given, **changes)


def answered(answer: str = "nothing_known") -> tuple[Participant, ...]:
    """The participants, all of whom have answered."""
    return tuple(replace(one, answered=answer) for one in case().participants)


def item(**changes: Any) -> Fragment:
    """An item that CAW offered."""
    given = Fragment(
        id=str(uuid.UUID(int=20)),
        kind="item",
        category="safety",
        source="caw",
        subjects=(VICTIM,),
        at=NOW,
        content={"text": "oud", "summary": "oud"},
    )
    return replace(given, **changes)


def information_request(**changes: Any) -> Fragment:
    """A question of the prosecutor's office to CAW."""
    request = InformationRequest(to="caw", by="parket", due=date(2026, 3, 9))
    return Fragment(
        id=str(uuid.UUID(int=21)),
        kind="request",
        category="safety",
        source="parket",
        subjects=(VICTIM,),
        at=NOW,
        content={"question": "Wat is de stand?"},
        addressed_to=("caw",),
        codes=replace(request, **changes).codes(),
    )


def session(**changes: Any) -> Session:
    """A session with nothing on its agenda."""
    given = Session(str(uuid.UUID(int=30)), "sample-brugge", "table-brugge", NOW)
    return replace(given, **changes)


def names(change: Change) -> list[str]:
    """The names of the events of a change."""
    return [event.name.removeprefix("intake.") for event in change.events]
