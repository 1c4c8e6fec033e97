"""What a test of a rule is given: a case, a command, a fragment, with sensible facts."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casework.command import Command
from casework.fragment import Fragment
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES
from services.intake.domain.case import Case, Change, ClientPerson, Participant, Session
from services.intake.domain.information_request import InformationRequest

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
VICTIM, PERPETRATOR = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


def counted_ids() -> Callable[[], str]:
    """Ids one after the other: the same in every run."""
    numbers = itertools.count(100)
    return lambda: str(uuid.UUID(int=next(numbers)))


def command(name: str, body: dict[str, Any] | None = None, **changes: Any) -> Command:
    """A command of CAW's team member; the body is loaded by its schema."""
    given = Command(
        name=name,
        person="p-caw",
        partner="caw",
        roles=("team_member",),
        terms={},
        body=COMMAND_BODIES[name]().load(body or {}),
        now=NOW,
        new_id=counted_ids(),
    )
    return replace(given, **changes)


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


def refusal(rule: Callable[[], Change]) -> tuple[str, Any]:
    """The code of the refusal, and the reason where it has one."""
    with pytest.raises(Refuse) as refused:
        rule()
    return refused.value.code, refused.value.members.get("reason")


def names(change: Change) -> list[str]:
    """The names of the events of a change."""
    return [event.name.removeprefix("intake.") for event in change.events]
