"""One command, one MongoDB transaction: its id, what it changes, and its events in the outbox."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from casework import fragment_store
from casework.case import CaseSnapshot
from casework.change import Change, Event, Outcome, result_of
from casework.command import Command
from casework.day_bounds import check_days
from casework.envelope import Cause, Envelope, case_snapshot, identity, load_command
from casework.fragment_documents import FragmentLayout
from casework.fragment_store import FragmentStore
from chassis.keyed_locks import KeyedLocks
from chassis.mongo import Session, Store, make_collections, make_index
from chassis.runtime import Runtime
from contracts.events import make_event


class CaseTransaction:
    """What one command reads and writes about one case of which its service keeps fragments only.

    Commands on one case follow each other: `lock` makes a second transaction that looked at the
    same state conflict, also where the two change different documents.
    """

    def __init__(
        self, runtime: Runtime, session: Session, case: str, layout: FragmentLayout
    ) -> None:
        self.fragments = FragmentStore(runtime, session, case, layout)
        self._database = runtime.database
        self._session = session
        self._case = case
        self._turn = 0

    def lock(self) -> None:
        """Take the case for this command."""
        counter = self._database["serials"].find_one_and_update(
            {"_id": self._case},
            {"$inc": {"serial": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        self._turn = counter["serial"]

    def write(self, change: Change) -> None:
        """Store everything that the command changes."""
        self.fragments.add(change.added)
        self.fragments.revise(change.revised)
        if change.outcome is not None:
            self._close(change.outcome)

    def _close(self, outcome: Outcome) -> None:
        """Store a closed outcome for good; `turn` orders those of a case."""
        document = {"_id": outcome.id, "case": self._case, "turn": self._turn, **outcome.members}
        self._database[outcome.kind].insert_one(document, session=self._session)


def prepare(database: Store, *outcomes: str) -> None:
    """Make the collections and indexes of a service that stores fragments of cases; repeatable.

    `outcomes` are the collections of closed outcomes.
    """
    fragment_store.prepare(database)
    make_collections(database, "serials", *outcomes)
    for outcome in outcomes:
        make_index(database, outcome, "case", "turn")


Rule = Callable[[CaseSnapshot, Command, CaseTransaction], Change]
"""What a command changes, by the state that it looks at; raises Refuse and changes nothing."""


class DecidedCommands:
    """Performs the commands of a service that keeps fragments of cases, and no case."""

    def __init__(self, runtime: Runtime, layout: FragmentLayout, rules: Mapping[str, Rule]) -> None:
        self._runtime = runtime
        self._layout = layout
        self._rules = rules
        self._locks = KeyedLocks()

    def perform(self, name: str, envelope: Envelope) -> dict[str, Any]:
        """Perform a command once, whatever is sent again; gives ids and state.

        Raises Refuse when a rule does not allow it (nothing changed), and what
        `chassis.commands.IdempotentCommands.perform` raises.
        """
        command = load_command(name, envelope, self._runtime.clock)
        case = case_snapshot(envelope)

        def act(session: Session) -> dict[str, Any]:
            transaction = CaseTransaction(self._runtime, session, case.id, self._layout)
            transaction.lock()
            check_days(command)
            change = self._rules[name](case, command, transaction)
            transaction.write(change)
            for event in change.events:
                publish(self._runtime, session, event, case.event_facts(), envelope, command.now)
            return result_of(case.id, case.stage, change)

        return perform_once(self._runtime, self._locks, name, envelope, case.id, act)


def perform_once(
    runtime: Runtime,
    locks: KeyedLocks,
    name: str,
    envelope: Envelope,
    case: str | None,
    act: Callable[[Session], dict[str, Any]],
) -> dict[str, Any]:
    """Runs `act` in the transaction that keeps the command's id, or gives the outcome kept before.

    Commands on one case wait for each other in this process.
    """
    with locks.holding(case):
        return runtime.commands.perform(envelope["command_id"], identity(name, envelope), act)


def publish(
    runtime: Runtime,
    session: Session,
    event: Event,
    facts: Mapping[str, Any],
    cause: Cause,
    at: datetime,
) -> None:
    """Puts an event in the outbox, with the facts of its case and what caused it."""
    data = {**facts, **event.data}
    made = make_event(
        event.name,
        data,
        at=at,
        subject=data["case"] if "case" in data else data["session"],
        command_id=cause["command_id"],
        decision_id=cause["decision_id"],
        traceparent=cause["traceparent"],
    )
    runtime.outbox.add(made, session)
