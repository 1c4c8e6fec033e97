"""The facts of a session and of the cases on its agenda, read strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.errors import Retry
from contracts.rpc.intake import Session
from gateway.release.bus import Call
from gateway.release.case_facts import FetchedCase, case_facts

SESSION_FACTS: Final = tuple(name for name in Session().fields if name != "agenda")
"""What policy looks at of a session."""

_SHOWN: Final = ("id", "agreement", "table", "starts_at", "version", "cancelled")


@dataclass(frozen=True, slots=True)
class FetchedSession:
    """A session as intake described it, undecided; `cases` are those on its agenda, facts only."""

    id: str
    facts: Mapping[str, Any]
    agenda: Sequence[Mapping[str, Any]]
    cases: Sequence[FetchedCase]

    def for_policy(self, case: str | None = None) -> dict[str, Any]:
        """Its facts; of its agenda only whether `case` is on it, where one is given."""
        facts = {name: self.facts[name] for name in SESSION_FACTS if name in self.facts}
        if case is None:
            return facts
        return {**facts, "lists_case": any(each.get("case") == case for each in self.agenda)}


def session_call(session: str, person: str) -> Call:
    """The call that asks intake for a session."""
    return ("intake", "read_session", {"session": session, "person": person})


def read_session(session: str, reply: Any) -> FetchedSession:
    """The session in a reply; Retry("service_unavailable") if it is another one or malformed."""
    try:
        facts, cases = reply["session"], reply["cases"]
        if facts["id"] != session or not isinstance(facts["found"], bool):
            raise Retry("service_unavailable")
        listed = [FetchedCase(each["id"], case_facts(each, each["id"]), ()) for each in cases]
        return FetchedSession(session, facts, facts.get("agenda") or (), listed)
    except (KeyError, TypeError, AttributeError) as error:
        raise Retry("service_unavailable") from error


def session_body(session: Mapping[str, Any]) -> dict[str, Any]:
    """A session without its agenda, as it is shown."""
    return {name: session.get(name) for name in _SHOWN}
