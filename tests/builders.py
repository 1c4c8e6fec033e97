"""Bodies of commands with sensible content; a test names only what it is about."""

from datetime import date, timedelta
from typing import Any

TODAY = date.today


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
    region = {"sample-brugge": "31005", "sample-kortrijk": "34022"}[agreement]
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
        "as_of": TODAY().isoformat(),
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
        "due": (TODAY() + timedelta(days=days)).isoformat(),
        "subjects": list(subjects),
    }
