"""The facts and content of a case, fetched from their owners at the same time, read strictly.

Risk and plans keep no case: what they have of one is decided together with intake's facts of it.
The calls are the same whether anybody knows of the case or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from chassis.errors import Retry
from contracts.fragment_projections import FACT_FIELDS, KINDS
from contracts.rpc.intake import CaseFacts
from gateway.release.bus import Bus, Call
from gateway.request_context import RequestContext

CASE_FACTS: Final = tuple(CaseFacts().fields)
"""What policy looks at of a case."""

WHEREABOUTS: Final = "whereabouts"
"""The kind of fragment whose content intake keeps apart; no other service has any."""

_FACTS_ONLY: Final[Mapping[str, Any]] = {"fragment": None, "content": False}

References = Sequence[tuple[str, Sequence[str]]]
"""Services, and of each the kinds of its fragments."""


@dataclass(frozen=True)
class CaseQuery:
    """What is fetched of a case; `kinds` and `fragment` narrow what `owner` answers.

    `refers_to` are the fragments that those of `owner`, or a command, name: their facts only.
    Where intake owns both, `kinds` narrow what is fetched, and no `fragment`.
    """

    case: str
    owner: str = "intake"
    kinds: Sequence[str] | None = None
    fragment: str | None = None
    content: bool = True
    refers_to: References = ()

    @property
    def of_intake(self) -> tuple[str, ...]:
        """The kinds that are referred to and that intake owns: they come with the case."""
        return tuple(kind for owner, kinds in self.refers_to if owner == "intake" for kind in kinds)

    def calls(self, person: str) -> list[Call]:
        """The calls to make at once; where others own the fragments, intake gives facts only."""
        narrowed = {
            "kinds": None if self.kinds is None else list(self.kinds),
            "fragment": self.fragment,
            "content": self.content,
        }
        of_intake = narrowed
        if self.owner != "intake":
            of_intake = {**_FACTS_ONLY, "kinds": list(self.of_intake)}
        elif self.of_intake:
            of_intake = {**narrowed, "kinds": [*(self.kinds or ()), *self.of_intake]}
        calls: list[Call] = [
            ("intake", "read_case", {"case": self.case, "person": person, **of_intake})
        ]
        if self.owner != "intake":
            calls.append((self.owner, "read_fragments", {"case": self.case, **narrowed}))
        for owner, kinds in self.refers_to:
            if owner != "intake":
                named = {"case": self.case, **_FACTS_ONLY, "kinds": list(kinds)}
                calls.append((owner, "read_fragments", named))
        return calls


@dataclass(frozen=True, slots=True)
class FetchedCase:
    """A case as its owners described it: facts, and fragments with their content, undecided.

    `referred` are the facts of what is referred to beside the fragments: decided with them, and
    never shown. `walled` are the persons who must not learn of the case: they go with a command to
    the service whose events need them, and never into an answer; policy is told with what is asked
    about a wall, and not otherwise.
    `destroyed`: the key of the fragments was destroyed, and they come without content. `order` is
    the place of the case in the list that it comes from.
    """

    id: str
    facts: Mapping[str, Any]
    fragments: Sequence[Mapping[str, Any]]
    walled: Sequence[str] = ()
    referred: Sequence[Mapping[str, Any]] = ()
    destroyed: bool = False
    order: str = ""


class CaseFetcher:
    """Fetches cases for the pipeline."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def fetch_case(self, context: RequestContext, query: CaseQuery) -> FetchedCase:
        """The case of `query`. Raises Retry("service_unavailable") as `read_case`."""
        calls = query.calls(context.viewer.person)
        return read_case(query, self._bus.read(context.budget, *calls))


def read_case(query: CaseQuery, replies: Sequence[Any]) -> FetchedCase:
    """The case in the replies to the calls of `query`.

    Raises Retry("service_unavailable") when one is malformed, is about another case, or holds a
    kind of fragment without a declared projection.
    """
    reply, *further = replies
    case = _case(reply, query.case)
    walled = reply.get("walled")
    if not isinstance(walled, list) or not all(isinstance(person, str) for person in walled):
        raise Retry("service_unavailable")
    case = replace(case, walled=tuple(walled))
    referred = [each for each in case.fragments if each["kind"] in query.of_intake]
    kept = [each for each in case.fragments if each["kind"] not in query.of_intake]
    case = replace(case, fragments=kept)
    held = [_held_elsewhere(query.case, each) for each in further]
    if query.owner != "intake":
        own, *held = held
        case = replace(case, fragments=own.fragments, destroyed=own.destroyed)
    return replace(case, referred=[*referred, *(one for each in held for one in each.fragments)])


def read_cases(reply: Any) -> list[FetchedCase]:
    """The cases of a page of `intake.list_cases`; malformed ones as in `read_case`."""
    try:
        return [
            replace(_case(each, each["case"]["id"]), order=str(each["order"]))
            for each in reply["cases"]
        ]
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def case_facts(facts: Any, case_id: str) -> dict[str, Any]:
    """The facts of the case `case_id`, by allow-list.

    Raises Retry("service_unavailable") when `facts` is about another case or malformed.
    """
    if not isinstance(facts, dict) or facts.get("id") != case_id:
        raise Retry("service_unavailable")
    if not isinstance(facts.get("found"), bool):
        raise Retry("service_unavailable")
    return {name: facts[name] for name in CASE_FACTS if name in facts}


class _Held(NamedTuple):
    fragments: list[Mapping[str, Any]]
    destroyed: bool


def _case(reply: Any, case_id: str) -> FetchedCase:
    try:
        facts, held = case_facts(reply["case"], case_id), _held(reply)
        return FetchedCase(case_id, facts, held.fragments, destroyed=held.destroyed)
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def _held_elsewhere(case: str, reply: Any) -> _Held:
    """The fragments that risk or plans have of a case, read as strictly as intake's.

    Whereabouts come from intake only: a reply of another service that has some is not understood.
    """
    if not isinstance(reply, dict) or reply.get("case") != case:
        raise Retry("service_unavailable")
    held = _held(reply)
    if any(fragment["kind"] == WHEREABOUTS for fragment in held.fragments):
        raise Retry("service_unavailable")
    return held


def _held(reply: Any) -> _Held:
    """The fragments of a reply, each of a known kind, with all its facts and an id of its own."""
    try:
        fragments, destroyed = list(reply["fragments"]), reply["destroyed"]
        sound = all(
            fragment["kind"] in KINDS
            and not (KINDS[fragment["kind"]].attached and fragment["of"] is None)
            and isinstance(fragment["content"], dict | None)
            and all(name in fragment for name in FACT_FIELDS)
            for fragment in fragments
        )
        different = len({fragment["id"] for fragment in fragments}) == len(fragments)
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error
    if not (sound and different and isinstance(destroyed, bool)):
        raise Retry("service_unavailable")
    return _Held(fragments, destroyed)
