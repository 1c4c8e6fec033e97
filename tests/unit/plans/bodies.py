"""Bodies of the commands of plans, with sensible content; a test names only what it is about."""

import uuid
from typing import Any

from tests.builders import in_days

WEIGHING = str(uuid.UUID(int=40))
SESSION = str(uuid.UUID(int=50))
DUE = in_days(7)


def words(text: str) -> dict[str, Any]:
    """A text and its short form."""
    return {"text": text, "summary": f"kort: {text}"}


def check(judgement: str = "safe") -> dict[str, Any]:
    """A safety check."""
    return {"judgement": judgement, **words("hoe veilig het is")}


def goal(*subjects: str, ref: str = "g1") -> dict[str, Any]:
    """A goal for members of the client system."""
    return {"ref": ref, "aim": "stop_violence", "subjects": list(subjects), **words(f"doel {ref}")}


def action(follower: str = "caw", goal: str = "g1", **changes: Any) -> dict[str, Any]:
    """An action that the follower carries out itself."""
    return {
        "goal": goal,
        "follower": follower,
        "carried_out_by": {"kind": "partner", "partner": follower},
        "due": DUE,
        **words(f"actie van {follower}"),
        **changes,
    }


def plan(*subjects: str, **changes: Any) -> dict[str, Any]:
    """A version with one goal for these members, and an action of CAW and of the prosecutor."""
    return {
        "weighing": WEIGHING,
        "assessments": [],
        "goals": [goal(*subjects)],
        "actions": [action("caw"), action("parket")],
        **words("het plan"),
        **changes,
    }


def contact(*subjects: str, **changes: Any) -> dict[str, Any]:
    """A contact of the director with members of the family."""
    return {
        "party": "client",
        "subjects": list(subjects),
        "on": "2026-03-02",
        **words("gesprek"),
        **changes,
    }


def trajectory(*subjects: str, **changes: Any) -> dict[str, Any]:
    """A trajectory of help."""
    return {
        "kind": "help",
        "state": "running",
        "service": "Thuisbegeleiding",
        "since": "2026-01-05",
        "subjects": list(subjects),
        **words("traject"),
        **changes,
    }


def report(**changes: Any) -> dict[str, Any]:
    """A report to the team."""
    return {"safety_check": check(), **words("stand van zaken"), **changes}


def conclusion(**changes: Any) -> dict[str, Any]:
    """A conclusion after which nothing of the violence is left."""
    aims = ("stop_violence", "prevent_recurrence", "strengthen_protective_factors")
    return {
        "violence_stopped": True,
        "goals_reached": True,
        "aims": [{"aim": one, "outcome": "reached", "text": f"over {one}"} for one in aims],
        "continuing": [{"what": "begeleiding", "with_whom": "huisarts"}],
        "safety_check": check(),
        **words("besluit"),
        **changes,
    }


def follow_up(result: str = "close", **changes: Any) -> dict[str, Any]:
    """A follow-up that found no new facts."""
    return {
        "result": result,
        "new_facts": False,
        "under_control": True,
        "safety_check": check(),
        **words("opvolging"),
        **changes,
    }


def evaluation(**changes: Any) -> dict[str, Any]:
    """How the table looks back."""
    return {"session": SESSION, "safety_check": check(), **words("evaluatie"), **changes}
