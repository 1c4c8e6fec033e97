"""The one release pipeline: fetch facts, decide, record, project, release.

Whatever content leaves the platform leaves as a `Released`, and only this module can make one
(domain.md, section 7; architecture.md, "Promises"). No decision, no release; no record, no release.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, final

import orjson

from chassis.errors import Refuse
from gateway.release.bus import Bus
from gateway.release.case_facts import CaseFetcher, CaseQuery
from gateway.release.case_lists import CasePager
from gateway.release.content import ContentFetcher, fetched_content
from gateway.release.cursors import Cursors
from gateway.release.decisions import ActionDecision
from gateway.release.policy import Policy
from gateway.release.projection import Body, BodyBuilder, project_case, reference_body
from gateway.release.record import Recorder, empty_entry
from gateway.release.session_facts import FetchedSession, read_session, session_body, session_call
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


Rows = tuple[list[Body], str | None]
"""Rows of a list, and where the next page begins, None at the end."""


class PageRequest(NamedTuple):
    """Which part of a list is asked for."""

    limit: int
    after: str | None


class Releases:
    """Answers reads. Each method raises Refuse("not_found") for what must seem not to exist."""

    def __init__(self, bus: Bus, policy: Policy, recorder: Recorder, cursors: Cursors) -> None:
        self._bus = bus
        self._cases = CaseFetcher(bus)
        self._policy = policy
        self._recorder = recorder
        self._content = ContentFetcher(bus)
        self._cursors = cursors

    # --- one case ------------------------------------------------------------------------------

    def case(
        self, context: RequestContext, resource: str, query: CaseQuery, build_body: BodyBuilder
    ) -> Released:
        """What of one case is released now, as `build_body` shows it."""
        fetched = self._cases.fetch_case(context, query)
        [decided] = self._policy.release(context, resource, [fetched])
        with self._recorder.case(context, decided, resource, query.fragment):
            contents = self._content.fetch_content(context, decided)
            body = build_body(project_case(decided, contents))
            return _mint(body)

    # --- lists of cases ------------------------------------------------------------------------

    def cases(
        self, context: RequestContext, resource: str, page: PageRequest, *, referrer: bool
    ) -> Released:
        """A page of cases that the viewer takes part in, or of the viewer's own referrals.

        A page shortened by refusals is filled again, and a further page is promised only when it
        holds something, so that refusals cannot be counted.
        """
        permission = self._policy.action(context, "list_referrals" if referrer else "list_cases")
        if not permission.decision.allow:
            self._recorder.action(context, permission)
        terms = permission.decision.terms
        select = {
            "person": context.viewer.person,
            "parties": terms.get("parties", []),
            "agreements": terms.get("agreements", []),
            "referrer": referrer,
            "kinds": [] if referrer else list(PERSONS),
        }
        pager = CasePager(self._bus, self._policy, context, resource, select)
        found = pager.page(page.limit, self._opened(context, resource, page))
        allowed = self._recorder.cases(context, found.decided, resource)
        if not found.decided:
            self._recorder.record(context, [empty_entry(context, permission, resource)])
        rows = [reference_body(project_case(each, fetched_content(each))) for each in allowed]
        return self._page(context, resource, resource, rows, found.next)

    # --- what is not content of a case ---------------------------------------------------------

    def permitted(
        self, context: RequestContext, action: str, answer: Callable[[ActionDecision], Body]
    ) -> Released:
        """What `answer` finds once `action` was allowed and recorded."""
        return _mint(answer(self._permit(context, action)))

    def page(
        self,
        context: RequestContext,
        action: str,
        name: str,
        page: PageRequest,
        fetch: Callable[[ActionDecision, str | None], Rows],
        *,
        facts: Mapping[str, Any] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> Released:
        """A page of what `fetch(decision, after)` finds once `action` was allowed and recorded.

        `beside` are members of the answer that `fetch` may fill in.
        """
        after = self._opened(context, action, page)
        rows, following = fetch(self._permit(context, action, facts=facts), after)
        return self._page(context, action, name, rows, following, beside)

    def session(self, context: RequestContext, session: str) -> Released:
        """When and at which table a session is."""
        return _mint(session_body(self._session(context, session).facts))

    def agenda(self, context: RequestContext, session: str) -> Released:
        """The cases on the agenda that the viewer may know of: references only."""
        found = self._session(context, session)
        if not found.cases:
            return _mint({"session": session, "cases": []})
        decided = self._policy.release(context, "agenda", found.cases)
        allowed = self._recorder.cases(context, decided, "agenda")
        attends = {each["case"]: bool(each["referrer_attends"]) for each in found.agenda}
        rows = [
            {
                **reference_body(project_case(each, {})),
                "referrer_attends": attends.get(each.case.id, False),
            }
            for each in allowed
        ]
        return _mint({"session": session, "cases": rows})

    def message(self, context: RequestContext, about: Mapping[str, str], body: Body) -> Released:
        """What a message of the inbox leads to, if the viewer may still know of it.

        One about a mandate or an agreement that ends leads to no case. One that is not the viewer's
        comes with an id that leads nowhere, and so takes the same way.
        """
        if not about:
            return self.permitted(context, "read_inbox", lambda _: {**body, "about": {}})
        if "session" in about:
            self._session(context, about["session"])
            return _mint({**body, "about": {"session": about["session"]}})
        query = CaseQuery(about["case"], kinds=())
        return self.case(
            context, "message", query, lambda case: {**body, "about": {"case": case.id}}
        )

    # --- steps that they share -----------------------------------------------------------------

    def _permit(
        self, context: RequestContext, action: str, facts: Mapping[str, Any] | None = None
    ) -> ActionDecision:
        """The recorded decision that allows `action`."""
        decided = self._policy.action(context, action, facts=facts)
        self._recorder.action(context, decided)
        return decided.decision

    def _session(self, context: RequestContext, session: str) -> FetchedSession:
        call = session_call(session, context.viewer.person)
        found = read_session(session, *self._bus.read(context.budget, call))
        decided = self._policy.action(context, "read_session", target=found.for_policy())
        self._recorder.action(context, decided, hide=True)
        if not found.facts["found"]:
            raise Refuse("not_found")
        return found

    def _opened(self, context: RequestContext, listing: str, page: PageRequest) -> str | None:
        """The text in the cursor that a page was asked for with."""
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


def _mint(body: Body, tagged: Body | None = None) -> Released:
    """`body` as bytes; its tag is a hash of `tagged`, or of `body` itself."""
    released = orjson.dumps(body)
    hashed = released if tagged is None else orjson.dumps(tagged)
    return Released(_MINT, released, hashlib.sha256(hashed).hexdigest()[:32])
