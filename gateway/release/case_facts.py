"""What services say of a case, taken apart into facts for policy and content for release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from chassis.errors import Retry
from contracts.fragments import FACT_FIELDS, KINDS
from contracts.rpc.intake import CaseFacts, Session

CASE_FACTS: Final = tuple(CaseFacts().fields)
"""What policy looks at of a case."""

SESSION_FACTS: Final = tuple(name for name in Session().fields if name != "agenda")
"""What policy looks at of a session."""

WHEREABOUTS: Final = "whereabouts"
"""The kind of fragment that intake keeps apart; no other service has any."""


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A case as its owners told it: facts, and fragments with their content, undecided.

    `referred` are the facts of what the fragments refer to elsewhere: decided with them, and never
    shown. `walled` are the persons who must not hear of the case. They go with a command to the
    service whose events need them; to policy, into the record or into an answer they never go.
    """

    id: str
    facts: Mapping[str, Any]
    fragments: Sequence[Mapping[str, Any]]
    walled: Sequence[str] = ()
    referred: Sequence[Mapping[str, Any]] = ()

    def for_policy(self) -> dict[str, Any]:
        """The facts of the case and of each fragment; no text is among them."""
        decided = [fragment_facts(each) for each in (*self.fragments, *self.referred)]
        return {**self.facts, "fragments": decided}

    def persons(self) -> list[str]:
        """The random ids of the persons that the fragments are about."""
        return sorted({person for each in self.fragments for person in each["subjects"]})


def fragment_facts(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """What policy looks at of a fragment."""
    return {name: fragment[name] for name in FACT_FIELDS}


def case_facts(facts: Any, case_id: str) -> dict[str, Any]:
    """The facts of the case `case_id`, by allow-list.

    Raises Retry("service_unavailable") when `facts` is about another case or malformed.
    """
    if not isinstance(facts, dict) or facts.get("id") != case_id:
        raise Retry("service_unavailable")
    if not isinstance(facts.get("found"), bool):
        raise Retry("service_unavailable")
    return {name: facts[name] for name in CASE_FACTS if name in facts}


def read_case(reply: Any, case_id: str) -> CaseRead:
    """The reply to `intake.read_case` about the case `case_id`.

    Raises Retry("service_unavailable") when it is malformed, or holds a kind of fragment without a
    declared projection.
    """
    read = _read(reply, case_id)
    walled = reply.get("walled")
    if not isinstance(walled, list) or not all(isinstance(person, str) for person in walled):
        raise Retry("service_unavailable")
    return replace(read, walled=tuple(walled))


def read_cases(reply: Any) -> list[CaseRead]:
    """The cases of a page of `intake.list_cases`; malformed ones as in `read_case`."""
    try:
        return [_read(each, each["case"]["id"]) for each in reply["cases"]]
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def fragments_of(case: str, reply: Any) -> list[Mapping[str, Any]]:
    """What `read_fragments` of risk or plans tells of a case, read as strictly as intake's.

    Whereabouts come from intake only: whoever else sends some is not understood.
    """
    if not isinstance(reply, dict) or reply.get("case") != case:
        raise Retry("service_unavailable")
    fragments = _fragments(reply)
    if any(fragment["kind"] == WHEREABOUTS for fragment in fragments):
        raise Retry("service_unavailable")
    return fragments


def _read(reply: Any, case_id: str) -> CaseRead:
    try:
        return CaseRead(case_id, case_facts(reply["case"], case_id), _fragments(reply))
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def _fragments(reply: Any) -> list[Mapping[str, Any]]:
    """The fragments of a reply, each of a known kind, with all its facts and an id of its own."""
    try:
        fragments = list(reply["fragments"])
        for fragment in fragments:
            fragment_facts(fragment)
        sound = all(
            fragment["kind"] in KINDS and isinstance(fragment["content"], dict | None)
            for fragment in fragments
        )
        different = len({fragment["id"] for fragment in fragments}) == len(fragments)
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error
    if not (sound and different):
        raise Retry("service_unavailable")
    return fragments


def read_session(reply: Any, case_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The session `case_id` with its agenda, and the facts of each case on it."""
    try:
        session, cases = reply["session"], reply["cases"]
        if session["id"] != case_id or not isinstance(session["found"], bool):
            raise Retry("service_unavailable")
        return dict(session), [case_facts(case, case["id"]) for case in cases]
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def session_facts(session: Mapping[str, Any], case: str | None = None) -> dict[str, Any]:
    """What policy looks at of a session: of its agenda only whether `case` stands on it."""
    facts = {name: session[name] for name in SESSION_FACTS if name in session}
    if case is None:
        return facts
    agenda = session.get("agenda") or ()
    return {**facts, "lists_case": any(each.get("case") == case for each in agenda)}
