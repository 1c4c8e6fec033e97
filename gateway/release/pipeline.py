"""The one release pipeline: facts, decide, record, release.

Whatever content leaves the platform leaves as a `Released`, and only this module can make one
(domain.md, section 7; architecture.md, "Promises"). No decision, no release; no record, no release.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn, final

import orjson

from chassis.errors import CodedError, Refuse
from gateway.release import projection, record
from gateway.release.bus import Bus, Call
from gateway.release.case_facts import CaseRead, read_session, session_facts
from gateway.release.case_lists import CasePager, Row, parse_cursor
from gateway.release.case_query import Question
from gateway.release.cursors import Cursors
from gateway.release.decisions import ActionDecision, CaseDecision
from gateway.release.policy import ActionOutcome, Policy, ReleaseOutcome
from gateway.release.projection import Body, BodyBuilder
from gateway.release.record import Recorder
from gateway.request_context import RequestContext

PERSONS: Final = ("person",)
"""The kinds of fragments by which a list lets a team recognise a case."""


@final
class _Mint:
    """Whoever holds the one instance may make a `Released`; it never leaves this module."""


_MINT: Final = _Mint()


@final
class Released:
    """Bytes that were decided and recorded before they came to be. `tag` is their ETag."""

    __slots__ = ("_body", "_tag")

    def __init__(self, mint: _Mint, body: bytes, tag: str) -> None:
        if mint is not _MINT:
            raise TypeError("only the release pipeline makes a Released")
        self._body = body
        self._tag = tag

    @property
    def body(self) -> bytes:
        """The JSON document."""
        return self._body

    @property
    def tag(self) -> str:
        """A hash of what was released: what a viewer may not see cannot change it."""
        return self._tag


class PageRequest(NamedTuple):
    """Which part of a list is asked for."""

    limit: int
    after: str | None


class Releases:
    """Answers reads. Each method raises Refuse("not_found") for what must seem not to exist."""

    def __init__(self, bus: Bus, policy: Policy, recorder: Recorder, cursors: Cursors) -> None:
        self._bus = bus
        self._policy = policy
        self._recorder = recorder
        self._cursors = cursors

    # --- one case ------------------------------------------------------------------------------

    def case(
        self,
        context: RequestContext,
        resource: str,
        case: str,
        build_body: BodyBuilder,
        *,
        owner: str = "intake",
        kinds: Sequence[str] | None = None,
        fragment: str | None = None,
        refers_to: tuple[str, Sequence[str]] | None = None,
    ) -> Released:
        """What of one case is released now; `kinds` and `fragment` narrow what is asked for.

        `owner` is the service that holds the fragments; `refers_to` as in case_query.Question.
        """
        person = context.viewer.person
        question = Question(case, person, owner, kinds, fragment, refers_to=refers_to)
        read = question.read(self._bus.read_all(context.budget, question.calls()))
        outcome = self._policy.release(context, resource, [read])
        entry = record.release_entry(context, resource, read, outcome, fragment)
        self._recorder.record(context, [entry])
        if entry["outcome"] == "denied":
            _hidden()
        decision = outcome.decision.cases[case]
        try:
            whereabouts = self._open_whereabouts(context, read, decision)
        except CodedError as error:
            self._recorder.record(context, [record.failed_entry(entry, error.code)])
            raise
        shown = projection.fragments(read, decision, whereabouts)
        if fragment is not None and not shown:
            _hidden()
        return _mint(build_body(read, decision, shown))

    def _open_whereabouts(
        self, context: RequestContext, read: CaseRead, decision: CaseDecision
    ) -> Mapping[str, Any]:
        wanted = [
            each["id"]
            for each in read.fragments
            if projection.kept_apart(each) and decision.grants[each["id"]].level == "full"
        ]
        if not wanted:
            return {}
        request = {"case": read.id, "fragments": wanted, "decision_id": context.decision_id}
        reply = self._bus.read(context.budget, "intake", "open_whereabouts", request)
        contents: Mapping[str, Any] = reply["contents"]
        return {fragment: contents[fragment] for fragment in wanted if fragment in contents}

    # --- lists of cases ------------------------------------------------------------------------

    def cases(
        self, context: RequestContext, resource: str, page: PageRequest, *, referrer: bool
    ) -> Released:
        """A page of cases that the viewer takes part in, or of the viewer's own referrals.

        A page shortened by refusals is filled again, and a further page is promised only when it
        holds something, so that refusals cannot be counted.
        """
        outcome = self._permit(context, "list_referrals" if referrer else "list_cases", keep=False)
        terms = outcome.decision.terms
        select = {
            "person": context.viewer.person,
            "parties": terms.get("parties", []),
            "agreements": terms.get("agreements", []),
            "referrer": referrer,
            "kinds": [] if referrer else list(PERSONS),
        }
        begun = self._opened(context, resource, page)
        pager = CasePager(self._bus, self._policy, context, resource, select)
        found = pager.page(page.limit, parse_cursor(begun) if begun else None)
        entries = found.entries or [record.empty_entry(context, resource, outcome)]
        self._recorder.record(context, entries)
        following = found.next.text() if found.next else None
        return self._page(context, resource, resource, [_row(r) for r in found.rows], following)

    # --- what is not content of a case ---------------------------------------------------------

    def permitted(
        self,
        context: RequestContext,
        action: str,
        answer: Callable[[ActionDecision], Body],
        *,
        facts: Mapping[str, Any] | None = None,
    ) -> Released:
        """What `answer` finds once `action` was allowed and recorded."""
        return _mint(answer(self._permit(context, action, facts=facts).decision))

    def page(
        self,
        context: RequestContext,
        action: str,
        name: str,
        page: PageRequest,
        fetch: Callable[[ActionDecision, str | None], tuple[list[Body], str | None]],
        *,
        facts: Mapping[str, Any] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> Released:
        """A page of what `fetch(decision, after)` finds once `action` was allowed and recorded.

        `beside` are members of the answer that `fetch` may fill in.
        """
        after = self._opened(context, action, page)
        outcome = self._permit(context, action, facts=facts)
        rows, following = fetch(outcome.decision, after)
        return self._page(context, action, name, rows, following, beside)

    def session(self, context: RequestContext, session: str) -> Released:
        """When and at which table a session is."""
        found, _ = self._session(context, session)
        return _mint(session_body(found))

    def agenda(self, context: RequestContext, session: str) -> Released:
        """The cases on the agenda that the viewer may know of: references only."""
        found, cases = self._session(context, session)
        reads = [CaseRead(facts["id"], facts, ()) for facts in cases]
        if not reads:
            return _mint({"session": session, "cases": []})
        outcome = self._policy.release(context, "agenda", reads)
        entries = [record.release_entry(context, "agenda", read, outcome) for read in reads]
        self._recorder.record(context, entries)
        attends = {each["case"]: each["referrer_attends"] for each in found.get("agenda") or ()}
        rows = [
            {**_row(row), "referrer_attends": bool(attends.get(row.read.id))}
            for row in _allowed(outcome, reads)
        ]
        return _mint({"session": session, "cases": rows})

    def _session(self, context: RequestContext, session: str) -> tuple[dict[str, Any], list[Any]]:
        call: Call = (
            "intake",
            "read_session",
            {"session": session, "person": context.viewer.person},
        )
        found, cases = read_session(self._bus.read_all(context.budget, [call])[0], session)
        self._permit(context, "read_session", target=session_facts(found), hide=True)
        if not found["found"]:
            _hidden()
        return found, cases

    def message(self, context: RequestContext, about: Mapping[str, str], body: Body) -> Released:
        """What a message of the inbox leads to, if the viewer may still know of it.

        One about a mandate or an agreement that ends leads to no case. One that is not the viewer's
        comes with an id that leads nowhere, and so goes the same way.
        """
        if not about:
            return self.permitted(context, "read_inbox", lambda _: {**body, "about": {}})
        if "session" in about:
            self._session(context, about["session"])
            return _mint({**body, "about": {"session": about["session"]}})
        return self.case(
            context,
            "message",
            about["case"],
            lambda read, _decision, _shown: {**body, "about": {"case": read.id}},
            kinds=(),
        )

    # --- steps that they share -----------------------------------------------------------------

    def _permit(
        self,
        context: RequestContext,
        action: str,
        *,
        facts: Mapping[str, Any] | None = None,
        target: Mapping[str, Any] | None = None,
        hide: bool = False,
        keep: bool = True,
    ) -> ActionOutcome:
        """The decision that allows `action`, recorded unless the caller records more (`keep`)."""
        outcome = self._policy.action(context, action, facts=facts, target=target)
        allow = outcome.decision.allow
        if keep or not allow:
            self._recorder.record(context, [record.action_entry(context, action, outcome)])
        if not allow and (hide or outcome.decision.hide):
            _hidden()
        if not allow:
            raise Refuse("not_allowed", reasons=list(outcome.decision.reasons))
        return outcome

    def _opened(self, context: RequestContext, listing: str, page: PageRequest) -> str | None:
        if page.after is None:
            return None
        return self._cursors.open(context.viewer.person, listing, page.after, context.at)

    def _page(
        self,
        context: RequestContext,
        listing: str,
        name: str,
        rows: list[Body],
        following: str | None,
        beside: Mapping[str, Any] | None = None,
    ) -> Released:
        cursor = None
        if following is not None:
            cursor = self._cursors.make(context.viewer.person, listing, following, context.at)
        # A cursor is sealed anew each time, so the tag is about the rows.
        body = {**(beside or {}), name: rows}
        return _mint({**body, "next": cursor}, {**body, "more": following is not None})


def session_body(session: Mapping[str, Any]) -> Body:
    """A session without its agenda."""
    shown = ("id", "agreement", "table", "starts_at", "version")
    return {name: session.get(name) for name in shown}


def _allowed(outcome: ReleaseOutcome, reads: Sequence[CaseRead]) -> list[Row]:
    rows = [Row(read, outcome.decision.cases[read.id]) for read in reads]
    return [row for row in rows if row.decision.allow]


def _row(row: Row) -> Body:
    body = projection.reference(row.read, row.decision)
    shown = projection.fragments(row.read, row.decision, {})
    return {**body, "fragments": shown} if shown else body


def _hidden() -> NoReturn:
    raise Refuse("not_found")


def _mint(body: Body, seen: Body | None = None) -> Released:
    released = orjson.dumps(body)
    tagged = released if seen is None else orjson.dumps(seen)
    return Released(_MINT, released, hashlib.sha256(tagged).hexdigest()[:32])
