"""What intake reads for somebody: facts and content, always in the same few queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pymongo import DESCENDING

from casework.queries import FragmentQueries, FragmentsRead
from chassis.mongo import guarded
from chassis.runtime import Runtime
from services.intake.domain.walling import QUESTION, kept_from_partners_of
from services.intake.store.case_documents import (
    Document,
    case_facts,
    read_case,
    session_facts,
    visited_session,
)
from services.intake.store.layout import LAYOUT
from services.intake.store.whereabouts import WhereaboutsStore

_NOTHING = FragmentsRead([], False)


class IntakeQueries:
    """Answers reads, as JSON."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cases = runtime.database["cases"]
        self._sessions = runtime.database["sessions"]
        self._fragments = FragmentQueries(runtime, LAYOUT)
        self._whereabouts = WhereaboutsStore(runtime)

    def read_case(
        self,
        case: str,
        person: str,
        kinds: Sequence[str] | None,
        fragment: str | None,
        content: bool,
    ) -> Document:
        """A case and its fragments in the order of their moment; an unknown id costs as much."""
        with guarded():
            found = self._cases.find_one({"_id": case})
            read = self._fragments.of_case(case, kinds, fragment, content=content)
            [facts] = self._facts({case: found}, person)
        walled: list[str] = []
        if found:
            stored = read_case(found)
            walled = list(stored.walled)
            for each in read.fragments:
                if each["kind"] == QUESTION:
                    each["walled"] = list(kept_from_partners_of(stored, each["id"]))
        return {"case": facts, **read._asdict(), "walled": walled}

    def list_cases(
        self,
        person: str,
        parties: Iterable[Sequence[str]],
        agreements: Iterable[str],
        referrer: bool,
        kinds: Sequence[str],
        after: str | None,
        limit: int,
    ) -> Document:
        """A page of cases, newest first, without those that are walled off from the person."""
        branches = (
            [{"referrer": person}]
            if referrer
            else [
                *({"agreement": one, "participants.partner": partner} for one, partner in parties),
                *({"agreement": one} for one in agreements),
            ]
        )
        found = self._page("cases", branches, after, limit, {"conflicts.person": {"$ne": person}})
        page = found[:limit]
        fragments = self._fragments.of_cases([one["_id"] for one in page], kinds)
        with guarded():
            facts = self._facts({one["_id"]: one for one in page}, person)
        return {
            "cases": [
                {
                    "case": of_case,
                    "order": one["order"],
                    **fragments.get(one["_id"], _NOTHING)._asdict(),
                }
                for one, of_case in zip(page, facts, strict=True)
            ],
            "next": page[-1]["order"] if len(found) > limit else None,
        }

    def open_whereabouts(self, case: str, fragments: Sequence[str]) -> dict[str, Document]:
        """The content of whereabouts by id, without those recalled meanwhile."""
        return self._whereabouts.open(case, fragments)

    def read_session(self, session: str, person: str) -> Document:
        """A session and the facts of each case on its agenda, in that order.

        A referrer comes whose visit to this session has not been given back.
        """
        with guarded():
            facts = session_facts(self._sessions.find_one({"_id": session}), session)
            agenda = [entry["case"] for entry in facts["agenda"]]
            cases = {one["_id"]: one for one in self._cases.find({"_id": {"$in": agenda}})}
            listed = self._facts({case: cases.get(case) for case in agenda}, person)
        visited = {one["_id"] for one in cases.values() if _is_visited(one, session)}
        entries = [
            {**one, "referrer_attends": one["referrer_attends"] and one["case"] in visited}
            for one in facts["agenda"]
        ]
        return {
            "session": {**facts, "agenda": entries},
            "cases": listed,
        }

    def list_sessions(self, agreements: Iterable[str], after: str | None, limit: int) -> Document:
        """A page of sessions without their agenda, latest first by their first schedule."""
        branches = [{"agreement": one} for one in agreements]
        found = self._page("sessions", branches, after, limit, {})
        page = found[:limit]
        return {
            "sessions": [{**session_facts(one, one["_id"]), "agenda": []} for one in page],
            "next": page[-1]["order"] if len(found) > limit else None,
        }

    def _page(
        self,
        collection: str,
        branches: list[Document],
        after: str | None,
        limit: int,
        also: Document,
    ) -> list[Document]:
        """One more than `limit`, to know whether there is a next page.

        Each branch is an index scan in the order asked for, so that the server merges them and
        reads no more than the page, however many there are.
        """
        if not branches:
            return []
        before: Document = {} if after is None else {"order": {"$lt": after}}
        wanted = {"$or": [{**branch, **before} for branch in branches], **also}
        with guarded():
            return list(
                self._runtime.database[collection]
                .find(wanted)
                .sort("order", DESCENDING)
                .limit(limit + 1)
            )

    def _facts(self, found: Mapping[str, Document | None], person: str) -> list[Document]:
        """The facts of each case for `person`; the sessions that the person visits are asked once.

        When a visit is, its session says, whenever that was moved.
        """
        now: datetime = self._runtime.clock.now()
        visited = {session for one in found.values() if (session := visited_session(one, person))}
        sessions = self._sessions.find({"_id": {"$in": list(visited)}}) if visited else ()
        begins = {one["_id"]: one["starts_at"] for one in sessions}
        return [case_facts(one, case, person, now, begins) for case, one in found.items()]


def _is_visited(case: Document, session: str) -> bool:
    return case["guest"] is not None and case["guest"]["session"] == session
