"""Entries as the gateway sends them; a test names only what it is about."""

import random
import uuid
from typing import Any

from contracts.vocabulary import CATEGORIES, LEVELS

MOMENT = "2026-03-02T09:30:00+00:00"


def new_id() -> str:
    """A random id."""
    return str(uuid.uuid4())


def fragments(count: int) -> list[dict[str, str]]:
    """What policy said of some fragments."""
    return [
        {
            "id": new_id(),
            "category": CATEGORIES[number % len(CATEGORIES)],
            "level": LEVELS[number % len(LEVELS)],
        }
        for number in range(count)
    ]


def entry(**changes: Any) -> dict[str, Any]:
    """A release that a police officer was given."""
    return {
        "entry_id": new_id(),
        "kind": "release",
        "time": MOMENT,
        "decision_id": new_id(),
        "command_id": None,
        "action": "read_case",
        "person": "p-police",
        "partner": "lokale-politie",
        "roles": ["team_member"],
        "on_behalf_of": None,
        "purpose": "case_consultation",
        "agreement": "sample-brugge",
        "agreement_version": "3",
        "policy_revision": "r1",
        "case": new_id(),
        "case_persons": [new_id(), new_id()],
        "fragments": fragments(3),
        "outcome": "withheld",
        "reasons": ["need_to_know"],
        "emergency": False,
        "input": {"purpose": "case_consultation", "cases": []},
        "result": {"allow": True, "fragments": {}},
        **changes,
    }


def action(**changes: Any) -> dict[str, Any]:
    """A command that a policy decision let pass."""
    return entry(
        kind="action",
        action="offer_item",
        command_id=new_id(),
        case_persons=[],
        fragments=[],
        outcome="permitted",
        reasons=[],
        **changes,
    )


def full_entry(count: int = 40) -> dict[str, Any]:
    """A release of a case with many fragments, with as large a decision as the real ones have."""
    shown = fragments(count)
    facts = [
        {
            "kind": "item",
            "source": "lokale-politie",
            "subjects": [new_id()],
            "only_for": [],
            "withhold_from": [],
            "addressed_to": None,
            "of": None,
            "status": "offered",
            "id": each["id"],
            "category": each["category"],
        }
        for each in shown
    ]
    given = {
        each["id"]: {"level": each["level"], "reasons": [random.choice(("own", "need_to_know"))]}
        for each in shown
    }
    return entry(
        fragments=shown, input={"cases": [{"fragments": facts}]}, result={"fragments": given}
    )
