"""Sends commands to risk as the gateway would, after a decision that allowed them."""

from typing import Any, Final

from services.risk.application import Risk
from tests.integration.envelopes import envelope as any_envelope
from tests.integration.envelopes import new_id
from tests.unit.risk.factories import PARTNERS, closing, filled_in, profile

TERMS: Final = {"close_weighing": {"quorum": 2}}


def envelope(name: str, body: dict[str, Any], case: str, **changes: Any) -> dict[str, Any]:
    """A command as it travels, decided on a case that is being weighed.

    The client system is `changes["persons"]`, or the subjects that the body names.
    """
    persons = changes.pop("persons", None) or body.get("subjects") or [new_id()]
    return any_envelope(
        body,
        **{
            "terms": TERMS.get(name, {}),
            "case": case,
            "decided_on": {
                "stage": "weighing",
                "version": 3,
                "submitted_by": "caw",
                "participants": list(PARTNERS),
                "persons": list(persons),
                "director": None,
                "walled": ["p-kin"],
            },
        }
        | changes,
    )


class Client:
    """Commands and reads on one risk."""

    def __init__(self, risk: Risk) -> None:
        self.risk = risk

    def send(self, name: str, body: dict[str, Any], case: str, **changes: Any) -> dict[str, Any]:
        """Perform a command; returns its outcome or raises what it raises."""
        return self.risk.perform(name, envelope(name, body, case, **changes))

    def read(self, case: str, *kinds: str, **narrowing: Any) -> list[dict[str, Any]]:
        """The fragments of a case, those of the kinds that are named or all."""
        query = {"kinds": list(kinds) or None, "fragment": None, "content": True} | narrowing
        reply: list[dict[str, Any]] = self.risk.queries.read_fragments(case, **query)["fragments"]
        return reply

    def fragment(self, case: str, fragment: str) -> dict[str, Any]:
        """One fragment of a case."""
        [reply] = self.read(case, fragment=fragment)
        return reply

    def assess(self, case: str, **changes: Any) -> str:
        """Fill in an ODARA; returns the assessment's id."""
        partner = changes.pop("partner", "caw")
        body = filled_in(**changes)
        reply: str = self.send("record_assessment", body, case, partner=partner)["id"]
        return reply

    def recall(self, case: str, assessment: str, **changes: Any) -> dict[str, Any]:
        """Take an assessment back as it was recorded."""
        return self.send(
            "recall_assessment", {}, case, **({"target": assessment, "if_match": 1} | changes)
        )

    def weigh(self, case: str, *partners: str) -> str:
        """Open a weighing in which these partners accept; returns the weighing's id."""
        weighing: str = self.send("open_weighing", {}, case, partner=None)["id"]
        for partner in partners:
            self.say(case, weighing, partner)
        return weighing

    def say(self, case: str, weighing: str, partner: str, **body: Any) -> dict[str, Any]:
        """Take a position, by default to accept."""
        said = {"position": "accept"} | body
        return self.send("take_weighing_position", said, case, partner=partner, target=weighing)

    def describe(self, case: str, weighing: str, text: str = "zo is het") -> dict[str, Any]:
        """Write the problem profile, naming the present version."""
        return self._on(case, weighing, "write_problem_profile", profile(text))

    def close(self, case: str, weighing: str, *assessments: str, **body: Any) -> dict[str, Any]:
        """Close the weighing, by default to take the case, naming the present version."""
        said = closing("take", *assessments) | body
        return self._on(case, weighing, "close_weighing", said)

    def outcome(self, case: str, weighing: str) -> dict[str, Any]:
        """What intake is answered about a weighing."""
        return self.risk.weighing_outcome(case, weighing)

    def _on(self, case: str, weighing: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        version = self.fragment(case, weighing)["version"]
        return self.send(name, body, case, partner=None, target=weighing, if_match=version)
