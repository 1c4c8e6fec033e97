"""What one command reads and writes of intake, all in its one MongoDB transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession

from casework.command import TABLE
from casework.fragment_store import IN_ORDER, FragmentStore
from casework.moments import moment
from chassis.errors import Refuse
from chassis.runtime import Runtime
from services.intake.domain.case import Case, Change, Session
from services.intake.domain.identity import RULES, Strength, stronger
from services.intake.domain.matching import Alike
from services.intake.domain.places import Places
from services.intake.domain.staff import staff_matches
from services.intake.domain.walling import StaffMatch
from services.intake.store.case_documents import (
    Document,
    case_document,
    read_case,
    read_session,
    session_document,
)
from services.intake.store.layout import LAYOUT, WHEREABOUTS
from services.intake.store.staff import StaffStore
from services.intake.store.whereabouts import WhereaboutsStore


class IntakeTransaction:
    """The cases, fragments, sessions and places of intake, open for one command."""

    def __init__(self, runtime: Runtime, session: ClientSession) -> None:
        self._runtime = runtime
        self._session = session
        self._cases = runtime.database["cases"]
        self._fragments = runtime.database["fragments"]
        self._sessions = runtime.database["sessions"]
        self._former_sessions = runtime.database["former_sessions"]
        self._matches = runtime.database["matches"]
        self._places = runtime.database["places"]
        self._loaded: dict[str, Case] = {}

    def fragments(self, case: str) -> FragmentStore:
        """The fragments of a case."""
        return FragmentStore(self._runtime, self._session, case, LAYOUT)

    def lock_case(self, case: str) -> Case:
        """The case, taken for this command; raises Refuse("not_found").

        Commands on one case follow each other: `serial` makes a second transaction that looked at
        the same state conflict, also where the two change different documents.
        """
        found: Document | None = self._cases.find_one_and_update(
            {"_id": case},
            {"$inc": {"serial": 1}},
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        if found is None:
            raise Refuse("not_found")
        self._loaded[case] = read_case(found)
        return self._loaded[case]

    def session(self, session: str) -> Session | None:
        """A session with its agenda, or None."""
        found = self._sessions.find_one({"_id": session}, session=self._session)
        return None if found is None else read_session(found)

    def requests_open(self, case: str, besides: str | None = None) -> bool:
        """Whether an information request in the case, other than one, waits for its answer."""
        others = {} if besides is None else {"_id": {"$ne": besides}}
        return self.fragments(case).exists({"kind": "request", "request.state": "open", **others})

    def sessions_of(self, cases: Sequence[str]) -> list[Session]:
        """The sessions with one of the cases on their agenda, in the order of their time."""
        wanted = {"agenda.case": {"$in": list(cases)}}
        found = self._sessions.find(wanted, session=self._session).sort("order", 1)
        return [read_session(document) for document in found]

    def has_kind(self, case: str, kind: str, since: datetime | None) -> bool:
        """Whether the case has a fragment of this kind, made after `since` where it is given."""
        later = {} if since is None else {"at": {"$gt": moment(since)}}
        return self.fragments(case).exists({"kind": kind, **later})

    def has_contributed(self, case: str, partner: str, apart_from: str | None = None) -> bool:
        """Whether something in the case comes from the partner and has not been recalled.

        `apart_from` is a fragment that does not count.
        """
        live = {"source": partner, "status": "offered", "kind": {"$ne": "request"}}
        live |= {"_id": {"$ne": apart_from}}
        return self.fragments(case).exists(live)

    def ids_of_kind(self, case: str, kind: str) -> tuple[str, ...]:
        """The ids of the case's fragments of this kind that are not recalled, oldest first."""
        wanted = {"case": case, "kind": kind, "status": {"$ne": "recalled"}}
        found = self._fragments.find(wanted, {"_id": 1}, session=self._session)
        return tuple(one["_id"] for one in found.sort(IN_ORDER))

    def lock_places(self, agreement: str) -> Places:
        """The places of the agreement, taken for this command.

        Two commands that look at the same places conflict, so that no two take the last one.
        """
        found = self._places.find_one_and_update(
            {"_id": agreement},
            {"$inc": {"serial": 1}, "$setOnInsert": {"now": 0, "ever": 0}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return Places(agreement, found["now"], found["ever"])

    def first_waiting(self, agreement: str) -> str | None:
        """The case that waits longest for a place, if any waits."""
        found: Document | None = self._cases.find_one(
            {"agreement": agreement, "stage": "waiting"},
            {"_id": 1},
            sort=[("waiting_since", 1), ("_id", 1)],
            session=self._session,
        )
        return None if found is None else str(found["_id"])

    def note_matches(self, case: Case, looks_for: Mapping[str, Strength]) -> list[Alike]:
        """Note who may be in this new case; gives the other cases they may be in, oldest first.

        `looks_for` are the keyed matches under which the persons of the case may be known. Two
        cases of one person that begin at the same moment conflict on a note, so that the second to
        be stored meets the first: what is looked for is written, too.
        """
        marks = {match for person in case.persons for match in person.matches}
        if not marks | looks_for.keys():
            return []
        self._matches.bulk_write(
            [
                UpdateOne({"_id": match}, _noted(case.id, match in marks), upsert=True)
                for match in sorted(marks | looks_for.keys())
            ],
            session=self._session,
        )
        strengths: dict[str, Strength] = {}
        for known in self._matches.find({"_id": {"$in": sorted(looks_for)}}, session=self._session):
            for other in set(known.get("cases", ())) - {case.id}:
                strengths[other] = stronger(looks_for[known["_id"]], strengths.get(other))
        wanted = {"_id": {"$in": sorted(strengths)}}
        found = self._cases.find(wanted, session=self._session).sort("order", 1)
        return [Alike(read_case(document), strengths[document["_id"]]) for document in found]

    def staff_matching(self, case: Case) -> tuple[StaffMatch, ...]:
        """Who of the staff may be in the client system; the case has been noted by then."""
        return staff_matches(case, StaffStore(self._runtime, self._session).matching(case))

    def write(self, change: Change) -> None:
        """Store everything that a command changes."""
        if change.case is not None:
            self._write_case(change.case, change)
            self._write_fragments(change.case.id, change)
        for other in change.others:
            self._write_case(other, Change({}))
        if change.former_session is not None:
            former = session_document(change.former_session)
            kept = {"session": change.former_session.id, **former}
            self._former_sessions.insert_one(kept, session=self._session)
        if change.session is not None:
            self._sessions.update_one(
                {"_id": change.session.id},
                _kept_in_place(session_document(change.session)),
                upsert=True,
                session=self._session,
            )
        for places in change.places:
            counts = {"now": places.now, "ever": places.ever}
            self._places.update_one(
                {"_id": places.agreement}, {"$set": counts}, session=self._session
            )

    def _write_case(self, case: Case, change: Change) -> None:
        """Write the case where it changed, and who was ever the source of something in it.

        The latter is never taken back, and leaves the version as it is.
        """
        update: dict[str, Any] = {}
        if case != self._loaded.get(case.id):
            update |= _kept_in_place(case_document(case))
        if case.id not in self._loaded:
            update["$set"]["match_rules"] = RULES
        sources = sorted({fragment.source for fragment in change.added} - {TABLE})
        if sources:
            update["$addToSet"] = {"contributors": {"$each": sources}}
        if update:
            self._cases.update_one({"_id": case.id}, update, upsert=True, session=self._session)

    def _write_fragments(self, case: str, change: Change) -> None:
        fragments = self.fragments(case)
        fragments.add(change.added, apart=(WHEREABOUTS,))
        fragments.revise(change.revised)
        WhereaboutsStore(self._runtime).write(case, change.added, change.revised, self._session)


def _noted(case: str, is_mark: bool) -> Document:
    """How a match is written: with the case that has it, or only so that others conflict on it."""
    return {"$addToSet": {"cases": case}} if is_mark else {"$inc": {"serial": 1}}


def _kept_in_place(document: Document) -> dict[str, Any]:
    """The update that stores the document, without moving it in the lists that show it.

    Its `order` is that of when it was first stored: whoever pages through a list meets each row
    once, whatever becomes of the row meanwhile.
    """
    changes = {name: value for name, value in document.items() if name != "order"}
    return {"$set": changes, "$setOnInsert": {"order": document["order"]}}
