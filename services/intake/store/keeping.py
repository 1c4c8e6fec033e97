"""Keeping: what one command reads and changes, in its one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.events import make_event
from services.intake.domain.case import Case, Change, Event, Fragment, Session, event_data
from services.intake.domain.command import TABLE
from services.intake.domain.places import Places
from services.intake.store.documents import (
    Document,
    case_document,
    case_owner,
    moment,
    read_case,
    read_session,
    session_document,
    whereabouts_owner,
)
from services.intake.store.fragment_documents import (
    content_context,
    fragment_document,
    read_fragment,
)


class Books:
    """The books of intake, open for one command. Everything goes through its transaction."""

    def __init__(self, runtime: Runtime, session: ClientSession) -> None:
        self._runtime = runtime
        self._transaction = session
        self._cases = runtime.database["cases"]
        self._fragments = runtime.database["fragments"]
        self._versions = runtime.database["versions"]
        self._whereabouts = runtime.database["whereabouts"]
        self._sessions = runtime.database["sessions"]
        self._matches = runtime.database["matches"]
        self._places = runtime.database["places"]

    def case(self, case: str) -> Case:
        """The case, taken for this command; raises Refuse("not_found").

        Commands on one case take turns: `serial` makes a second transaction that looked at the
        same state conflict, also where the two change different documents.
        """
        found: Document | None = self._cases.find_one_and_update(
            {"_id": case},
            {"$inc": {"serial": 1}},
            return_document=ReturnDocument.AFTER,
            session=self._transaction,
        )
        if found is None:
            raise Refuse("not_found")
        return read_case(found)

    def fragment(self, case: str, fragment: str, *, opened: bool = False) -> Fragment:
        """A fragment of the case, with its content when `opened`; raises Refuse("not_found")."""
        found = self._find(case, fragment)
        if found is None:
            raise Refuse("not_found")
        content = None
        if opened and "sealed" in found:
            content = self._runtime.vault.open(
                case_owner(case),
                content_context(fragment, found["content_version"]),
                found["sealed"],
                self._transaction,
            )
        return read_fragment(found, content)

    def find_fragment(self, case: str, fragment: str) -> Fragment | None:
        """A fragment of the case without its content, or None."""
        found = self._find(case, fragment)
        return None if found is None else read_fragment(found, None)

    def session(self, session: str) -> Session | None:
        """A session with its agenda, or None."""
        found = self._sessions.find_one({"_id": session}, session=self._transaction)
        return None if found is None else read_session(found)

    def requests_open(self, case: str) -> bool:
        """Whether a request for information in the case waits for its answer."""
        wanted = {"case": case, "kind": "request", "request.state": "open"}
        return self._fragments.find_one(wanted, {"_id": 1}, session=self._transaction) is not None

    def has_kind(self, case: str, kind: str, since: datetime | None) -> bool:
        """Whether the case has a fragment of this kind, made after `since` where it is given."""
        wanted: Document = {"case": case, "kind": kind}
        if since is not None:
            wanted["at"] = {"$gt": moment(since)}
        return self._fragments.find_one(wanted, {"_id": 1}, session=self._transaction) is not None

    def ids_of_kind(self, case: str, kind: str) -> tuple[str, ...]:
        """The ids of the case's fragments of this kind, oldest first."""
        found = self._fragments.find(
            {"case": case, "kind": kind}, {"_id": 1}, session=self._transaction
        )
        return tuple(one["_id"] for one in found.sort([("at", 1), ("place", 1)]))

    def places(self, agreement: str) -> Places:
        """The places of the agreement, taken for this command.

        Two commands that look at the same places conflict, so that no two take the last one.
        """
        found = self._places.find_one_and_update(
            {"_id": agreement},
            {"$inc": {"serial": 1}, "$setOnInsert": {"now": 0, "ever": 0}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._transaction,
        )
        return Places(agreement, found["now"], found["ever"])

    def first_waiting(self, agreement: str) -> str | None:
        """The case that waits longest for a place, if any waits."""
        found: Document | None = self._cases.find_one(
            {"agreement": agreement, "stage": "waiting"},
            {"_id": 1},
            sort=[("waiting_since", 1), ("_id", 1)],
            session=self._transaction,
        )
        return None if found is None else str(found["_id"])

    def has_contributed(self, case: str, partner: str) -> bool:
        """Whether something in the case comes from the partner and has not been recalled."""
        wanted = {
            "case": case,
            "source": partner,
            "status": "offered",
            "kind": {"$ne": "request"},
        }
        return self._fragments.find_one(wanted, {"_id": 1}, session=self._transaction) is not None

    def introduce(self, case: Case) -> list[Case]:
        """Note who may be in this new case; tells the other cases they may be in, oldest first.

        Two cases of one person that begin at the same moment conflict on the note, so that the
        second to be kept meets the first.
        """
        others: set[str] = set()
        for match in {match for person in case.persons for match in person.matches}:
            known = self._matches.find_one_and_update(
                {"_id": match},
                {"$addToSet": {"cases": case.id}},
                upsert=True,
                return_document=ReturnDocument.BEFORE,
                session=self._transaction,
            )
            others.update(known["cases"] if known else ())
        wanted = {"_id": {"$in": sorted(others)}}
        found = self._cases.find(wanted, session=self._transaction).sort("order", 1)
        return [read_case(document) for document in found]

    def keep(self, change: Change) -> None:
        """Write everything that a command changes."""
        self._keep_case(change)
        if change.session is not None:
            self._sessions.update_one(
                {"_id": change.session.id},
                {"$set": session_document(change.session)},
                upsert=True,
                session=self._transaction,
            )
        for places in change.places:
            taken = {"now": places.now, "ever": places.ever}
            self._places.update_one(
                {"_id": places.agreement}, {"$set": taken}, session=self._transaction
            )
        case = change.outcome.get("case")
        if change.added:
            self._add(str(case), change.added)
        for fragment in change.revised:
            self._revise(str(case), fragment)

    def _keep_case(self, change: Change) -> None:
        """The case, and who has ever been the source of something in it: that is never taken
        back, and no version tells of it.
        """
        update: Document = {}
        if change.case is not None:
            update["$set"] = case_document(change.case)
        sources = sorted({fragment.source for fragment in change.added} - {TABLE})
        if sources:
            update["$addToSet"] = {"contributors": {"$each": sources}}
        if update:
            of_case = {"_id": change.outcome["case"]}
            self._cases.update_one(of_case, update, upsert=True, session=self._transaction)

    def publish(
        self,
        events: tuple[Event, ...],
        staff: Mapping[str, str],
        command: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Put events in the outbox; `command` is the envelope that caused them."""
        for event in events:
            subject = event.case.id if event.case else event.data["session"]
            made = make_event(
                event.name,
                event_data(event, staff),
                at=at,
                subject=subject,
                command_id=command["command_id"],
                decision_id=command["decision_id"],
                traceparent=command["traceparent"],
            )
            self._runtime.outbox.add(made, self._transaction)

    def _find(self, case: str, fragment: str) -> Document | None:
        wanted = {"_id": fragment, "case": case}
        found: Document | None = self._fragments.find_one(wanted, session=self._transaction)
        return found

    def _add(self, case: str, fragments: tuple[Fragment, ...]) -> None:
        documents = [self._new_document(case, fragment) for fragment in fragments]
        self._fragments.insert_many(documents, session=self._transaction)
        apart = [
            self._whereabouts_document(case, fragment)
            for fragment in fragments
            if fragment.kind == "whereabouts"
        ]
        if apart:
            self._whereabouts.insert_many(apart, session=self._transaction)

    def _new_document(self, case: str, fragment: Fragment) -> Document:
        document = {"_id": fragment.id, "case": case, **fragment_document(fragment)}
        if fragment.kind != "whereabouts":
            document |= self._sealed(case, fragment)
        return document

    def _whereabouts_document(self, case: str, fragment: Fragment) -> Document:
        sealed = self._runtime.vault.seal(
            whereabouts_owner(case),
            content_context(fragment.id, fragment.version),
            fragment.content,
            self._transaction,
        )
        return {"_id": fragment.id, "case": case, "recalled": False, "sealed": sealed}

    def _revise(self, case: str, fragment: Fragment) -> None:
        """The new version takes the place of the old one, which is kept as it was, sealed."""
        found = self._find(case, fragment.id)
        if found is None:
            raise Refuse("not_found")
        kept = {**found, "_id": f"{fragment.id}:{found['version']}", "fragment": fragment.id}
        self._versions.insert_one(kept, session=self._transaction)
        changes = fragment_document(fragment)
        if fragment.content is not None:
            changes |= self._sealed(case, fragment)
        self._fragments.update_one(
            {"_id": fragment.id}, {"$set": changes}, session=self._transaction
        )
        if fragment.kind == "whereabouts" and fragment.status == "recalled":
            self._whereabouts.update_one(
                {"_id": fragment.id}, {"$set": {"recalled": True}}, session=self._transaction
            )

    def _sealed(self, case: str, fragment: Fragment) -> Document:
        sealed = self._runtime.vault.seal(
            case_owner(case),
            content_context(fragment.id, fragment.version),
            fragment.content,
            self._transaction,
        )
        return {"sealed": sealed, "content_version": fragment.version}
