"""Questions as the gateway asks them, about one case in forming."""

import uuid
from typing import Any

from deploy.local.sample_persons import sample_persons

PEOPLE = sample_persons()
PARTIES = (
    "opgroeien",
    "vertrouwenscentrum",
    "stad-gemeente",
    "caw",
    "parket",
    "justitiehuis",
    "sociaal-huis",
    "lokale-politie",
    "ggz",
)
NOW = "2026-03-10T09:00:00.123456+00:00"


def fragment(category: str, **changes: Any) -> dict[str, Any]:
    """The facts of a fragment that the table made."""
    return {
        "id": str(uuid.uuid4()),
        "kind": "item",
        "category": category,
        "source": "table",
        "subjects": [str(uuid.uuid4())],
        "only_for": [],
        "withhold_from": [],
        "addressed_to": [],
        "of": None,
        "status": "offered",
    } | changes


def case(**changes: Any) -> dict[str, Any]:
    """The facts of a case that CAW referred and in which all parties take part."""
    return {
        "id": str(uuid.uuid4()),
        "found": True,
        "agreement": "sample-brugge",
        "region": "31005",
        "stage": "forming",
        "version": 3,
        "submitted_by": "caw",
        "referrer": PEOPLE["caw-worker"].id,
        "submitted_at": NOW,
        "participants": [{"partner": each, "since": NOW, "answered": None} for each in PARTIES],
        "persons": [str(uuid.uuid4())],
        "director": None,
        "follow_up_on": None,
        "contributors": ["caw"],
        "followers": [],
        "crisis": False,
        "victim_informed": True,
        "informing_confirmed": False,
        "evaluating": False,
        "guest": None,
        "emergency": None,
        "conflicts": [],
        "session": None,
    } | changes


def viewer(who: str) -> dict[str, Any]:
    """A sample person by key, or a stranger by any other word."""
    person = PEOPLE[who].id if who in PEOPLE else who
    return {"person": person, "mandate": None}


def release(who: str, *cases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the gateway asks before it releases."""
    return {
        "now": NOW,
        "purpose": "case_consultation",
        "resource": "case",
        "viewer": viewer(who),
        "cases": list(cases),
    } | changes


def action(who: str, name: str, **changes: Any) -> dict[str, Any]:
    """What the gateway asks before it sends a command."""
    return {
        "now": NOW,
        "purpose": "case_consultation",
        "viewer": viewer(who),
        "action": name,
        "facts": {},
        "agreement": None,
        "case": case(),
        "target": None,
    } | changes
