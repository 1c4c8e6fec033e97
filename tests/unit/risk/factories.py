"""What a test of a rule about a case is given: the case, a command, what the table said before."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casework.case import CaseSnapshot
from casework.command import Command
from casework.fragment import Fragment
from contracts import vocabulary as words
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM
from tests.unit.casework.factories import command as any_command
from tests.unit.risk.instruments import answers, everybody, published

PARTNERS = ("caw", "parket", "lokale-politie", "ggz")


def command(name: str, body: Mapping[str, Any] | None = None, **changes: Any) -> Command:
    """A command of CAW's team member, on the terms of an agreement with a quorum of two."""
    terms = {"quorum": 2} if name == "close_weighing" else {}
    return any_command(name, body, **({"terms": terms} | changes))


def case(**changes: Any) -> CaseSnapshot:
    """A case that is being weighed, of a victim and a perpetrator, with four partners."""
    given = CaseSnapshot(
        id=str(uuid.UUID(int=10)),
        agreement="sample-brugge",
        stage="weighing",
        submitted_by="caw",
        participants=PARTNERS,
        persons=(VICTIM, PERPETRATOR),
        walled=("p-kin",),
    )
    return replace(given, **changes)


def filled_in(
    name: str = "odara", default: str = "no", answered: Mapping[str, str] = {}, **changes: Any
) -> dict[str, Any]:
    """The body of an assessment: the same answer to every item, but for those that are named."""
    instrument = published(name)
    return {
        "instrument": name,
        "as_of": "2026-03-01",
        "subjects": [PERPETRATOR],
        "preconditions": everybody(instrument),
        "answers": answers(instrument, default, **answered),
    } | changes


def profile(text: str = "zo is het") -> dict[str, Any]:
    """The body of a problem profile, with every life domain."""
    return {
        "domains": [
            {"domain": domain, "state": "unknown", "text": text} for domain in words.LIFE_DOMAINS
        ],
        "protective_factors": text,
    }


def closing(conclusion: str = "take", *assessments: str) -> dict[str, Any]:
    """The body with which a weighing is closed."""
    return {
        "conclusion": conclusion,
        "reasons": "omdat het zo is",
        "assessments": list(assessments),
    }


def fragment(number: int, kind: str, **changes: Any) -> Fragment:
    """A fragment that was kept before, unopened as rules see it."""
    given = Fragment(
        id=str(uuid.UUID(int=number)),
        kind=kind,
        subjects=(VICTIM, PERPETRATOR),
        at=NOW,
        content=None,
    )
    return replace(given, **changes)


def weighing(**changes: Any) -> Fragment:
    """A weighing that is open."""
    return fragment(30, "weighing", **({"codes": {"state": "open"}} | changes))


def position(partner: str, number: int, of: Fragment | None = None) -> Fragment:
    """The position of a partner in a weighing, by default the open one."""
    codes = {"weighing": (of or weighing()).id, "partner": partner, "position": "accept"}
    return fragment(number, "weighing_position", codes=codes)


def profiled(of: Fragment | None = None) -> Fragment:
    """The problem profile of a weighing, by default the open one."""
    return fragment(50, "problem_profile", codes={"weighing": (of or weighing()).id})


def assessment(**changes: Any) -> Fragment:
    """An assessment by CAW."""
    given = fragment(60, "assessment", category="safety", source="caw", subjects=(PERPETRATOR,))
    return replace(given, codes={"instrument": "odara"}, **changes)
