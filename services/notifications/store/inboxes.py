"""MongoDB: inboxes of messages, and sealed, in a collection of its own, the subject of each."""

from collections.abc import Callable, Iterable

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from chassis.mongo import Document, guarded, make_collections, make_index
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from services.notifications.domain.messages import Message, PageCursor


class Inboxes:
    """The inboxes of all persons. Creating it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "messages", "leads")
        make_index(runtime.database, "messages", "person", "at", "_id")
        make_index(runtime.database, "messages", "once", unique=True)
        self._runtime = runtime
        self._messages = runtime.database["messages"]
        self._subjects = runtime.database["leads"]

    def deliver(
        self,
        messages: Iterable[Message],
        dedup_key: tuple[str, ...],
        subject: dict[str, str],
        session: ClientSession,
    ) -> None:
        """Put each message in its inbox, once per deduplication key and person.

        The subject is sealed for the recipient and stored in a collection of its own; that of a
        message that leads to nothing is empty.
        """
        for message in messages:
            # A hash, so that a person cannot be joined to a case by the events of other services.
            once = keyed_hash(self._runtime.config.hash_key, "once", *dedup_key, message.person)
            inserted = self._messages.update_one(
                {"once": once},
                {"$setOnInsert": _document(message, once)},
                upsert=True,
                session=session,
            )
            if inserted.upserted_id is not None:
                sealed = self._runtime.vault.seal(
                    message.person, _context(message), subject if message.opens else {}, session
                )
                self._subjects.insert_one({"_id": message.id, "sealed": sealed}, session=session)

    def page(self, person: str, after: PageCursor | None, limit: int) -> list[Message]:
        """At most `limit` messages of a person, newest first, that come after a cursor."""
        wanted: Document = {"person": person}
        if after is not None:
            # The first condition alone lets the index scan begin at the cursor.
            wanted["at"] = {"$lte": after.at}
            wanted["$or"] = [{"at": {"$lt": after.at}}, {"_id": {"$lt": after.id}}]
        newest_first = [("at", DESCENDING), ("_id", DESCENDING)]
        with guarded():
            found = self._messages.find(wanted, sort=newest_first, limit=limit)
            return [_message(document) for document in found]

    def open(self, person: str, message: str) -> tuple[Message, dict[str, str]] | None:
        """A message of this person and its subject; None when it is not theirs."""
        with guarded():
            found = self._messages.find_one({"_id": message, "person": person})
            subject = self._subjects.find_one({"_id": message})
        if found is None or subject is None:
            return None
        opened = _message(found)
        return opened, self._runtime.vault.open(person, _context(opened), subject["sealed"])

    def change(self, command: Document, rule: Callable[[Message | None], Message]) -> Document:
        """Perform a command on the person's message `target`, once; returns its outcome."""

        def action(session: ClientSession) -> Document:
            theirs = {"_id": command["target"], "person": command["person"]}
            found = self._messages.find_one(theirs, session=session)
            changed = rule(None if found is None else _message(found))
            self._messages.update_one(
                theirs,
                {"$set": {"read": changed.read, "version": changed.version}},
                session=session,
            )
            return {"id": changed.id, "version": changed.version, "state": "read"}

        body = {name: command[name] for name in ("target", "if_match", "body")}
        return self._runtime.commands.perform(command["command_id"], body, action)


def _context(message: Message) -> str:
    return f"about:{message.id}"


def _document(message: Message, once: str) -> Document:
    return {
        "_id": message.id,
        "person": message.person,
        "task": message.task,
        "at": message.at,
        "read": message.read,
        "version": message.version,
        "urgent": message.urgent,
        "once": once,
    }


def _message(document: Document) -> Message:
    return Message(
        document["_id"],
        document["person"],
        document["task"],
        document["at"],
        document["read"],
        document["version"],
        # Messages from before there were urgent ones say nothing of it.
        document.get("urgent", False),
    )
