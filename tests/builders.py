"""Bodies of commands with sensible content; a test names only what it is about."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.days import day_of
from contracts.vocabulary import AIMS, LIFE_DOMAINS

INSTRUMENTS = Path(__file__).parents[1] / "services" / "risk" / "instruments"


def TODAY() -> date:  # noqa: N802 (a test on another clock puts its own in place of it)
    """The day in Brussels."""
    return day_of(datetime.now(UTC))


def in_days(days: int) -> str:
    """The day so many days from today."""
    return (TODAY() + timedelta(days=days)).isoformat()


def narrative(text: str, *subjects: str) -> dict[str, Any]:
    """A text, its short form, and whom it is about."""
    return {"text": text, "summary": f"kort: {text}", "subjects": list(subjects)}


def person(ref: str, *roles: str, informed: bool = True, **changes: Any) -> dict[str, Any]:
    """A member of the client system."""
    informing = {"state": "informed"} if informed else {"state": "not_possible", "reason": "reden"}
    return {
        "ref": ref,
        "given_name": f"Voornaam-{ref}",
        "family_name": f"Achternaam-{ref}",
        "roles": list(roles),
        "informing": informing,
        **changes,
    }


def national_number(birth_date: str, serial: int = 1) -> str:
    """A national number with right check digits, of somebody born in the twentieth century."""
    digits = f"{birth_date.replace('-', '')[2:]}{serial:03}"
    return f"{digits}{97 - int(digits) % 97:02}"


def criteria(answer: str = "yes") -> dict[str, Any]:
    """The four criteria, each with the same answer."""
    return {
        name: {"answer": answer, "ground": f"grond voor {name}"}
        for name in (
            "lack_of_safety",
            "combined_approach_needed",
            "several_life_domains",
            "help_stuck",
        )
    }


def referral(agreement: str = "sample-brugge", **changes: Any) -> dict[str, Any]:
    """A referral of a victim `a`, a perpetrator `b` and a child `c`."""
    region = {
        "sample-brugge": "31005",
        "sample-kortrijk": "34022",
        "sample-westhoek": "33011",
    }[agreement]
    return {
        "agreement": agreement,
        "region": region,
        "persons": [
            person("a", "victim"),
            person("b", "perpetrator", informed=False),
            person("c", "child", "victim", informed=False),
        ],
        "occurrences": [narrative("wat er gebeurt", "a", "b")],
        "worries": [narrative("wat zorgen baart", "a")],
        "involved_services": [{"service": "School", "text": "volgt op", "subjects": ["c"]}],
        "wishes": [narrative("wat het gezin wil", "a")],
        "criteria": criteria(),
        "precautions": [narrative("wat al gedaan werd", "a")],
        "responsibility_acknowledged": True,
        **changes,
    }


def whereabouts(subject: str, *only_for: str, address: str = "Schuilstraat 1") -> dict[str, Any]:
    """A safe address for the named partners."""
    return {"subject": subject, "address": address, "only_for": list(only_for)}


def item(category: str, *subjects: str, text: str = "een feit", **changes: Any) -> dict[str, Any]:
    """An information item in a category."""
    return {
        "category": category,
        "text": text,
        "summary": f"kort: {text}",
        "item_kind": "fact",
        "as_of": "2026-01-15",
        "obtained_from": {"organisation": "Een dienst", "function": "dossierbehandelaar"},
        "subjects": list(subjects),
        **changes,
    }


def request(to: str, *subjects: str, category: str = "judicial", days: int = 7) -> dict[str, Any]:
    """A question to a partner, due in `days`."""
    return {
        "to": to,
        "category": category,
        "question": "Wat is de stand van zaken?",
        "due": in_days(days),
        "subjects": list(subjects),
    }


def safety_check(judgement: str = "safe") -> dict[str, Any]:
    """How safe it is now."""
    return {"judgement": judgement, "text": "hoe veilig het is", "summary": "kort: veilig"}


def assessment(instrument: str, *subjects: str, **changes: Any) -> dict[str, Any]:
    """An instrument with every precondition met and every answer no, but for those in `answers`."""
    known = json.loads((INSTRUMENTS / f"{instrument}.json").read_text(encoding="utf-8"))
    items = [item["id"] for section in known["sections"] for item in section["items"]]
    return {
        "instrument": instrument,
        "as_of": "2026-01-15",
        "subjects": list(subjects),
        "preconditions": {each["id"]: "yes" for each in known["preconditions"]},
        **changes,
        "answers": dict.fromkeys(items, "no") | changes.get("answers", {}),
    }


def problem_profile(text: str = "wat er speelt") -> dict[str, Any]:
    """A problem in every life domain, and what protects."""
    domains = [{"domain": each, "state": "problem", "text": text} for each in LIFE_DOMAINS]
    return {"domains": domains, "protective_factors": f"wat beschermt: {text}"}


def goal(ref: str, aim: str, *subjects: str, text: str = "een doel") -> dict[str, Any]:
    """A goal of a plan."""
    return {"ref": ref, "aim": aim, **narrative(text, *subjects)}


def action(
    goal: str, follower: str, *, days: int = 14, text: str = "een actie", **changes: Any
) -> dict[str, Any]:
    """An action that its follower carries out."""
    return {
        "goal": goal,
        "text": text,
        "summary": f"kort: {text}",
        "follower": follower,
        "carried_out_by": {"kind": "partner", "partner": follower},
        "due": in_days(days),
        **changes,
    }


def plan(weighing: str, persons: Sequence[str], *followers: str, **changes: Any) -> dict[str, Any]:
    """A version of the plan: one goal for everybody, an action for each follower."""
    return {
        "text": "het plan",
        "summary": "kort: het plan",
        "weighing": weighing,
        "assessments": [],
        "goals": [goal("g", "stop_violence", *persons)],
        "actions": [action("g", follower) for follower in followers],
        **changes,
    }


def conclusion(**changes: Any) -> dict[str, Any]:
    """A conclusion by which the case may be concluded."""
    aims = [{"aim": aim, "outcome": "reached", "text": "wat bereikt is"} for aim in AIMS]
    return {
        "violence_stopped": True,
        "goals_reached": True,
        "text": "hoe het afliep",
        "summary": "kort: hoe het afliep",
        "aims": aims,
        "continuing": [],
        "safety_check": safety_check(),
        **changes,
    }


def follow_up(result: str = "close", **changes: Any) -> dict[str, Any]:
    """A follow-up with nothing new."""
    return {
        "result": result,
        "new_facts": False,
        "under_control": True,
        "text": "hoe het nu gaat",
        "summary": "kort: hoe het nu gaat",
        "safety_check": safety_check(),
        **changes,
    }
