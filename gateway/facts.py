"""What intake says of a case, taken apart into facts for policy and content for release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.errors import Retry
from contracts.fragments import FACT_FIELDS, KINDS
from contracts.rpc.intake import CaseFacts, Session

CASE_FACTS: Final = tuple(CaseFacts().fields)
"""What policy looks at of a case."""

SESSION_FACTS: Final = tuple(name for name in Session().fields if name != "agenda")
"""What policy looks at of a session."""


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A case as intake told it: facts, and fragments with their content. Nothing is decided yet."""

    id: str
    facts: Mapping[str, Any]
    fragments: Sequence[Mapping[str, Any]]

    def for_policy(self) -> dict[str, Any]:
        """The facts of the case and of each fragment; no text is among them."""
        return {**self.facts, "fragments": [fragment_facts(each) for each in self.fragments]}

    def persons(self) -> list[str]:
        """The random ids of the persons that the fragments are about."""
        return sorted({person for each in self.fragments for person in each["subjects"]})


def fragment_facts(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """What policy looks at of a fragment."""
    return {name: fragment[name] for name in FACT_FIELDS}


def case_facts(told: Any, asked: str) -> dict[str, Any]:
    """The facts of the case `asked`, by allow-list.

    Raises Retry("service_unavailable") when `told` is about another case or malformed.
    """
    if not isinstance(told, dict) or told.get("id") != asked:
        raise Retry("service_unavailable")
    if not isinstance(told.get("found"), bool):
        raise Retry("service_unavailable")
    return {name: told[name] for name in CASE_FACTS if name in told}


def read_case(reply: Any, asked: str) -> CaseRead:
    """The reply to `intake.read_case` about the case `asked`.

    Raises Retry("service_unavailable") when it is malformed, or holds a kind of fragment without a
    declared projection.
    """
    try:
        facts = case_facts(reply["case"], asked)
        fragments = list(reply["fragments"])
        for fragment in fragments:
            fragment_facts(fragment)
        sound = all(fragment["kind"] in KINDS for fragment in fragments)
        different = len({fragment["id"] for fragment in fragments}) == len(fragments)
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error
    if not (sound and different):
        raise Retry("service_unavailable")
    return CaseRead(asked, facts, fragments)


def read_cases(reply: Any) -> list[CaseRead]:
    """The cases of a page of `intake.list_cases`; malformed ones as in `read_case`."""
    try:
        return [read_case(each, each["case"]["id"]) for each in reply["cases"]]
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def read_session(reply: Any, asked: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The session `asked` with its agenda, and the facts of each case on it."""
    try:
        session, cases = reply["session"], reply["cases"]
        if session["id"] != asked or not isinstance(session["found"], bool):
            raise Retry("service_unavailable")
        return dict(session), [case_facts(case, case["id"]) for case in cases]
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def session_facts(session: Mapping[str, Any]) -> dict[str, Any]:
    """What policy looks at of a session; its agenda is not among it."""
    return {name: session[name] for name in SESSION_FACTS if name in session}
