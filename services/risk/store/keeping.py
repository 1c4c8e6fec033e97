"""Keeping: what one command reads and changes, in its one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession

from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.events import make_event
from services.risk.domain.case import Case, Change, Event, Fragment, event_data
from services.risk.store.documents import (
    Document,
    content_context,
    fragment_document,
    outcome_document,
    read_fragment,
)

_FACTS_ONLY = {"sealed": False}


class Books:
    """The books of risk about one case, open for one command, all in its transaction."""

    def __init__(self, runtime: Runtime, session: ClientSession, case: Case) -> None:
        self._runtime = runtime
        self._transaction = session
        self._case = case
        self._fragments = runtime.database["fragments"]
        self._versions = runtime.database["versions"]
        self._serials = runtime.database["serials"]
        self._weighings = runtime.database["weighings"]
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
        found = self._fragments.find(wanted, _FACTS_ONLY, session=self._transaction)
        return [read_fragment(one) for one in found.sort([("at", 1), ("place", 1)])]

    def fragment(self, kind: str, fragment: str | None) -> Fragment:
        """A fragment of the case, of this kind, unopened; raises Refuse("not_found")."""
        wanted = {"_id": fragment, "case": self._case.id, "kind": kind}
        found = self._fragments.find_one(wanted, _FACTS_ONLY, session=self._transaction)
        if found is None:
            raise Refuse("not_found")
        return read_fragment(found)

    def keep(self, change: Change) -> None:
        """Write everything that a command changes."""
        if change.added:
            documents = [self._new_document(one) for one in change.added]
            self._fragments.insert_many(documents, session=self._transaction)
        if change.revised:
            self._revise(change.revised)
        if change.closed is not None:
            document = outcome_document(change.closed, self._turn)
            self._weighings.insert_one(document, session=self._transaction)

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

    def _new_document(self, fragment: Fragment) -> Document:
        known = {"_id": fragment.id, "case": self._case.id}
        return known | fragment_document(fragment) | self._sealed(fragment)

    def _revise(self, fragments: Sequence[Fragment]) -> None:
        """New versions take the place of the old ones, which are kept as they were, sealed."""
        wanted = {"_id": {"$in": [one.id for one in fragments]}, "case": self._case.id}
        kept = [
            {**found, "_id": f"{found['_id']}:{found['version']}", "fragment": found["_id"]}
            for found in self._fragments.find(wanted, session=self._transaction)
        ]
        self._versions.insert_many(kept, session=self._transaction)
        revisions = [UpdateOne({"_id": one.id}, {"$set": self._revision(one)}) for one in fragments]
        self._fragments.bulk_write(revisions, session=self._transaction)

    def _revision(self, fragment: Fragment) -> Document:
        """What changes in the document; content that a rule left alone stays as it is."""
        facts = fragment_document(fragment)
        return facts if fragment.content is None else facts | self._sealed(fragment)

    def _sealed(self, fragment: Fragment) -> Document:
        sealed = self._runtime.vault.seal(
            self._case.id,
            content_context(fragment.id, fragment.version),
            fragment.content,
            self._transaction,
        )
        return {"sealed": sealed, "content_version": fragment.version}
