"""Intake at work: its queries and its commands put together."""

from typing import Any

from casework.day_bounds import check_days
from casework.envelope import Envelope, load_command
from casework.transaction import perform_once, publish
from chassis.config import secret_key
from chassis.keyed_locks import KeyedLocks
from chassis.mongo import Session
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from services.intake import commands, store
from services.intake.domain.case import event_facts
from services.intake.domain.identity import Identity
from services.intake.domain.referral import result_by_ref
from services.intake.outcomes import fetch_followers, fetch_outcome
from services.intake.store.queries import IntakeQueries
from services.intake.store.writes import IntakeTransaction


class Intake:
    """Answers facts and content, and performs commands; `queries` answer the reads.

    Making it needs the database.
    """

    def __init__(self, runtime: Runtime, matching_key: bytes) -> None:
        self._runtime = runtime
        self._matching_key = matching_key
        self._locks = KeyedLocks()
        self.queries = IntakeQueries(runtime)
        store.prepare(runtime)

    def ready(self) -> bool:
        """Whether this service can do its work."""
        return store.ready(self._runtime)

    def perform(self, name: str, envelope: Envelope) -> dict[str, Any]:
        """Perform a command once, whatever is sent again; gives ids and state.

        Raises Refuse when a rule does not allow it (nothing changed), and what
        `chassis.commands.IdempotentCommands.perform` raises.
        """
        runtime = self._runtime
        command = load_command(name, envelope, runtime.clock)
        outcome = fetch_outcome(runtime.client, command, envelope["case"])
        followers = fetch_followers(runtime.client, command, envelope)
        context = commands.CommandContext(envelope, outcome, followers, self._keyed)

        def act(session: Session) -> dict[str, Any]:
            transaction = IntakeTransaction(runtime, session)
            check_days(command)
            change = commands.change_of(command, transaction, context)
            transaction.write(change)
            facts = event_facts(change.case) if change.case else {}
            for event in change.events:
                publish(runtime, session, event, facts, envelope, command.now)
            return dict(change.result)

        case = commands.case_of(name, envelope)
        result = perform_once(runtime, self._locks, name, envelope, case, act)
        return result_by_ref(result, command.body) if name == "submit_referral" else result

    def _keyed(self, identity: Identity) -> str:
        return keyed_hash(self._matching_key, *identity)


def open_intake(runtime: Runtime) -> Intake:
    """Intake with the matching key that the environment names."""
    return Intake(runtime, secret_key("KETENAANPAK_MATCHING_KEY"))
