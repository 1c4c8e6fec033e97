"""Risk and plans as intake meets them: what they closed, and days on which they are away."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chassis.errors import RemoteError, Unreachable

CLOSED = datetime(2030, 1, 1, tzinfo=UTC).isoformat()

SAYS: Mapping[str, Mapping[str, Any]] = {
    "weighing": {"conclusion": "take", "assessments": 1, "problem_profile": True},
    "plan": {"covers": [], "version": 1, "followers": ["ggz"], "services": []},
    "conclusion": {
        "covers": [],
        "proposed_by": "p-director",
        "unsafe": False,
        "violence_stopped": True,
        "goals_reached": True,
        "followers": ["ggz"],
    },
    "follow_up": {
        "covers": [],
        "proposed_by": "p-director",
        "unsafe": False,
        "result": "close",
        "ground": None,
        "next_on": None,
    },
}


class Closed:
    """Answers calls for outcomes as their owners do, and who `followers` of a service are."""

    def __init__(self) -> None:
        self.away = False
        self.followers: list[str] = []
        self._documents: dict[tuple[str, str], dict[str, Any]] = {}

    def document(self, kind: str, case: str, **changes: Any) -> str:
        """Something closed for a case; returns its id."""
        outcome = str(uuid.uuid4())
        always = {"id": outcome, "case": case, "closed_at": CLOSED, "stands": True}
        document = {**always, **SAYS[kind], **changes}
        self._documents[f"{kind}_outcome", outcome] = document
        return outcome

    def call(self, service: str, method: str, payload: Mapping[str, Any], timeout: float) -> Any:
        """What the owner of the outcome answers."""
        assert service == ("risk" if method == "weighing_outcome" else "plans")
        if self.away:
            raise Unreachable
        if method == "service_followers":
            return {**payload, "followers": self.followers}
        document = self._documents.get((method, payload["outcome"]))
        if document is None or document["case"] != payload["case"]:
            raise RemoteError("not_found")
        return document
