"""Keeping: what one command reads and changes, in its one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.events import make_event
from services.plans.domain.case import Case, Change, Event, Fragment, event_data
from services.plans.store.documents import (
    Document,
    content_context,
    fragment_document,
    outcome_document,
    read_fragment,
)


class Books:
    """The books of plans about one case, open for one command, all in its transaction."""

    def __init__(self, runtime: Runtime, session: ClientSession, case: Case) -> None:
        self._runtime = runtime
        self._transaction = session
        self._case = case
        self._fragments = runtime.database["fragments"]
        self._versions = runtime.database["versions"]
        self._serials = runtime.database["serials"]
        self._turn = 0

    def take_turn(self) -> None:
        """Take the case for this command.

        Commands on one case take turns: `serial` makes a second transaction that looked at the
        same state conflict, also where the two change different documents.
        """
        turn = self._serials.find_one_and_update(
            {"_id": self._case.id},
            {"$inc": {"serial": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._transaction,
        )
        self._turn = turn["serial"]

    def of_kind(self, kind: str) -> list[Fragment]:
        """The fragments of a kind that the case has, in the order of their time, unopened."""
        wanted = {"case": self._case.id, "kind": kind}
        found = self._fragments.find(wanted, {"sealed": False}, session=self._transaction)
        return [read_fragment(one, None) for one in found.sort([("at", 1), ("place", 1)])]

    def find(self, kind: str, fragment: str | None, *, opened: bool = False) -> Fragment | None:
        """A fragment of the case, of this kind, with its content when `opened`; or None."""
        found = self._find(fragment)
        if found is None or found["kind"] != kind:
            return None
        return read_fragment(found, self._open(found) if opened else None)

    def fragment(self, kind: str, fragment: str | None, *, opened: bool = False) -> Fragment:
        """The same; raises Refuse("not_found") when there is none."""
        found = self.find(kind, fragment, opened=opened)
        if found is None:
            raise Refuse("not_found")
        return found

    def keep(self, change: Change) -> None:
        """Write everything that a command changes."""
        if change.added:
            documents = [self._new_document(one) for one in change.added]
            self._fragments.insert_many(documents, session=self._transaction)
        for fragment in change.revised:
            self._revise(fragment)
        if change.outcome is not None:
            document = outcome_document(self._case.id, change.outcome, self._turn)
            outcomes = self._runtime.database[change.outcome.kind]
            outcomes.insert_one(document, session=self._transaction)

    def publish(self, events: tuple[Event, ...], command: Mapping[str, Any], at: datetime) -> None:
        """Put events in the outbox; `command` is the envelope that caused them."""
        for event in events:
            made = make_event(
                event.name,
                event_data(self._case, event),
                at=at,
                subject=self._case.id,
                command_id=command["command_id"],
                decision_id=command["decision_id"],
                traceparent=command["traceparent"],
            )
            self._runtime.outbox.add(made, self._transaction)

    def _find(self, fragment: str | None) -> Document | None:
        wanted = {"_id": fragment, "case": self._case.id}
        found: Document | None = self._fragments.find_one(wanted, session=self._transaction)
        return found

    def _new_document(self, fragment: Fragment) -> Document:
        known = {"_id": fragment.id, "case": self._case.id}
        return known | fragment_document(fragment) | self._sealed(fragment)

    def _revise(self, fragment: Fragment) -> None:
        """The new version takes the place of the old one, which is kept as it was, sealed."""
        found = self._find(fragment.id)
        if found is None:
            raise Refuse("not_found")
        kept = {**found, "_id": f"{fragment.id}:{found['version']}", "fragment": fragment.id}
        self._versions.insert_one(kept, session=self._transaction)
        changes = fragment_document(fragment)
        if fragment.content is not None:
            changes |= self._sealed(fragment)
        self._fragments.update_one(
            {"_id": fragment.id}, {"$set": changes}, session=self._transaction
        )

    def _sealed(self, fragment: Fragment) -> Document:
        sealed = self._runtime.vault.seal(
            self._case.id,
            content_context(fragment.id, fragment.version),
            fragment.content,
            self._transaction,
        )
        return {"sealed": sealed, "content_version": fragment.version}

    def _open(self, document: Document) -> Any:
        return self._runtime.vault.open(
            self._case.id,
            content_context(document["_id"], document["content_version"]),
            document["sealed"],
            self._transaction,
        )
