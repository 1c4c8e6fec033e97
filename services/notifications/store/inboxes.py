"""Inboxes: messages, and apart from them, sealed, what each one leads to."""

from collections.abc import Callable, Iterable

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from chassis.mongo import Document, guarded, make_collections, make_index
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from services.notifications.domain.messages import Message, Place

_ABOUT = "about"


class Inboxes:
    """The inboxes of all persons. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "messages", "leads")
        make_index(runtime.database, "messages", "person", "at", "_id")
        make_index(runtime.database, "messages", "once", unique=True)
        self._runtime = runtime
        self._messages = runtime.database["messages"]
        self._leads = runtime.database["leads"]

    def deliver(
        self,
        messages: Iterable[Message],
        cause: tuple[str, ...],
        about: dict[str, str],
        session: ClientSession,
    ) -> None:
        """Put each message in its inbox, unless this cause did so before.

        What they lead to is sealed for the person told, and stands in a collection of its own.
        """
        for message in messages:
            # A hash, so that nobody can join a person to a case by the events of other services.
            once = keyed_hash(self._runtime.config.hash_key, "once", *cause, message.person)
            document = self._document(message, once)
            put = self._messages.update_one(
                {"once": once}, {"$setOnInsert": document}, upsert=True, session=session
            )
            if put.upserted_id is not None:
                self._leads.insert_one(self._lead(message, about, session), session=session)

    def page(self, person: str, after: Place | None, limit: int) -> list[Message]:
        """At most `limit` messages of a person, newest first, that come after a place."""
        wanted: Document = {"person": person}
        if after is not None:
            # The first condition alone lets the index begin at the place, however deep it is.
            wanted["at"] = {"$lte": after.at}
            wanted["$or"] = [{"at": {"$lt": after.at}}, {"_id": {"$lt": after.id}}]
        newest_first = [("at", DESCENDING), ("_id", DESCENDING)]
        with guarded():
            found = self._messages.find(wanted, sort=newest_first, limit=limit)
            return [_message(document) for document in found]

    def open(self, person: str, message: str) -> tuple[Message, dict[str, str]] | None:
        """A message of this person and what it leads to; None when it is not theirs."""
        with guarded():
            found = self._messages.find_one({"_id": message, "person": person})
            lead = self._leads.find_one({"_id": message})
        if found is None or lead is None:
            return None
        opened = _message(found)
        return opened, self._runtime.vault.open(person, _context(opened), lead["sealed"])

    def change(self, command: Document, rule: Callable[[Message | None], Message]) -> Document:
        """Perform a command on the person's message `target`, once; gives its outcome."""

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

    def _document(self, message: Message, once: str) -> Document:
        return {
            "_id": message.id,
            "person": message.person,
            "task": message.task,
            "at": message.at,
            "read": message.read,
            "version": message.version,
            "once": once,
        }

    def _lead(self, message: Message, about: dict[str, str], session: ClientSession) -> Document:
        sealed = self._runtime.vault.seal(message.person, _context(message), about, session)
        return {"_id": message.id, "sealed": sealed}


def _context(message: Message) -> str:
    return f"{_ABOUT}:{message.id}"


def _message(document: Document) -> Message:
    return Message(
        document["_id"],
        document["person"],
        document["task"],
        document["at"],
        document["read"],
        document["version"],
    )
