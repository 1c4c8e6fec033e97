"""Reading: facts and content of cases, always in the same few queries, whatever is found."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from pymongo import DESCENDING

from chassis.errors import Mangled
from chassis.mongo import guarded
from chassis.runtime import Runtime
from services.intake.domain.case import walled
from services.intake.store.documents import (
    Document,
    case_owner,
    read_case,
    told_case,
    told_session,
    whereabouts_owner,
)
from services.intake.store.fragment_documents import content_context, told_fragment

_FACTS_ONLY = {"sealed": False}
_ONE_ANSWER = 5_000


class Reading:
    """What intake tells, as JSON. `staff` gives the keyed match of persons with a mandate."""

    def __init__(self, runtime: Runtime, staff: Mapping[str, str]) -> None:
        self._runtime = runtime
        self._staff = staff
        self._cases = runtime.database["cases"]
        self._fragments = runtime.database["fragments"]
        self._whereabouts = runtime.database["whereabouts"]
        self._sessions = runtime.database["sessions"]

    def case(
        self,
        case: str,
        person: str,
        kinds: Sequence[str] | None,
        fragment: str | None,
        content: bool,
        now: datetime,
    ) -> Document:
        """A case and its fragments in the order of their moment; an unknown id costs as much."""
        wanted: Document = {"case": case}
        if kinds is not None:
            wanted["kind"] = {"$in": list(kinds)}
        if fragment is not None:
            wanted["_id"] = fragment
        with guarded():
            found = self._cases.find_one({"_id": case})
            fragments = list(
                self._fragments.find(wanted, None if content else _FACTS_ONLY)
                .sort([("at", 1), ("place", 1)])
                .batch_size(_ONE_ANSWER)
            )
            if content and not fragments:
                self._ask_for_key(case)
            return {
                "case": self._told(found, case, person, now),
                "fragments": [self._tell(one, content, now.date()) for one in fragments],
                "destroyed": False,
                "walled": list(walled(read_case(found), self._staff)) if found else [],
            }

    def cases(
        self,
        person: str,
        parties: Iterable[Sequence[str]],
        agreements: Iterable[str],
        referrer: bool,
        kinds: Sequence[str],
        after: str | None,
        limit: int,
        now: datetime,
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
        found = self._page("cases", branches, after, limit, self._open_to(person))
        page = found[:limit]
        fragments = self._fragments_of([one["_id"] for one in page], kinds, now.date())
        return {
            "cases": [
                {
                    "case": self._told(one, one["_id"], person, now),
                    "fragments": fragments.get(one["_id"], []),
                    "destroyed": False,
                }
                for one in page
            ],
            "next": page[-1]["order"] if len(found) > limit else None,
        }

    def open_whereabouts(self, case: str, fragments: Sequence[str]) -> dict[str, Document]:
        """The content of whereabouts by id, without those recalled meanwhile."""
        wanted = {"_id": {"$in": list(fragments)}, "case": case, "recalled": False}
        with guarded():
            return {
                one["_id"]: self._runtime.vault.open(
                    whereabouts_owner(case), content_context(one["_id"], 1), one["sealed"]
                )
                for one in self._whereabouts.find(wanted)
            }

    def session(self, session: str, person: str, now: datetime) -> Document:
        """A session and the facts of each case on its agenda, in that order."""
        with guarded():
            found = self._sessions.find_one({"_id": session})
            told = told_session(found, session)
            agenda = [entry["case"] for entry in told["agenda"]]
            cases = {one["_id"]: one for one in self._cases.find({"_id": {"$in": agenda}})}
        return {
            "session": told,
            "cases": [self._told(cases.get(case), case, person, now) for case in agenda],
        }

    def sessions(self, agreements: Iterable[str], after: str | None, limit: int) -> Document:
        """A page of sessions without their agenda, latest first."""
        branches = [{"agreement": one} for one in agreements]
        found = self._page("sessions", branches, after, limit, {})
        page = found[:limit]
        return {
            "sessions": [{**told_session(one, one["_id"]), "agenda": []} for one in page],
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

    def _open_to(self, person: str) -> Document:
        """Leaves out the cases that a person has an interest in, or is part of."""
        wall: Document = {"conflicts.person": {"$ne": person}}
        if person in self._staff:
            wall["persons.matches"] = {"$ne": self._staff[person]}
        return wall

    def _fragments_of(
        self, cases: list[str], kinds: Sequence[str], today: date
    ) -> dict[str, list[Document]]:
        if not kinds:
            return {}
        wanted = {"case": {"$in": cases}, "kind": {"$in": list(kinds)}}
        fragments: dict[str, list[Document]] = {}
        with guarded():
            found = sorted(self._fragments.find(wanted), key=lambda one: (one["at"], one["place"]))
            for one in found:
                fragments.setdefault(one["case"], []).append(self._tell(one, True, today))
        return fragments

    def _told(self, document: Document | None, case: str, person: str, now: datetime) -> Document:
        return told_case(document, case, person, self._staff.get(person), now)

    def _tell(self, document: Document, content: bool, today: date) -> Document:
        opened: Mapping[str, Any] | None = None
        if content and document["status"] == "offered" and "sealed" in document:
            opened = self._runtime.vault.open(
                case_owner(document["case"]),
                content_context(document["_id"], document["content_version"]),
                document["sealed"],
            )
        return told_fragment(document, opened, today)

    def _ask_for_key(self, case: str) -> None:
        """Looks for the case's key as opening content would: an unknown id is no cheaper."""
        with suppress(Mangled):
            self._runtime.vault.open(case_owner(case), "none", b"")
