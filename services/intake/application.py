"""Intake at work: the books, the rules and the outside world put together."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pymongo.client_session import ClientSession

from chassis.config import secret_key, setting
from chassis.keyed_locks import KeyedLocks
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from services.intake import commands, store
from services.intake.domain.matching import Identity
from services.intake.domain.referral import told_by_ref
from services.intake.neighbours import Neighbours
from services.intake.store.keeping import Books
from services.intake.store.reading import Reading


class Intake:
    """Answers facts and content, and performs commands; `reading` is what it tells.

    `staff` is the keyed match of persons with a mandate, by their id: somebody who is in the
    client system of a case must not meet it at work. Making it needs the database.
    """

    def __init__(self, runtime: Runtime, matching_key: bytes, staff: Mapping[str, str]) -> None:
        self._runtime = runtime
        self._matching_key = matching_key
        self._staff = staff
        self._locks = KeyedLocks()
        self._neighbours = Neighbours(runtime.client)
        self.reading = Reading(runtime, staff)
        store.prepare(runtime)

    def ready(self) -> bool:
        """Whether this service can do its work."""
        return store.ready(self._runtime)

    def read_case(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A case for a person: facts, and content where it is asked for."""
        return self.reading.case(**request, now=self._runtime.clock.now())

    def list_cases(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A page of cases for a person."""
        return self.reading.cases(**request, now=self._runtime.clock.now())

    def read_session(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A session, its agenda and the facts of the cases on it, for a person."""
        return self.reading.session(**request, now=self._runtime.clock.now())

    def perform(self, name: str, envelope: dict[str, Any]) -> dict[str, Any]:
        """Perform a command once, whatever is sent again; tells ids and state.

        Raises Refuse when a rule does not allow it (nothing changed), and what
        `chassis.commands.Commands.perform` raises.
        """
        command = commands.load(name, envelope, self._runtime.clock)
        settled = self._neighbours.settled(command, envelope["case"])
        around = commands.Around(settled, self._staff, self._keyed)

        def act(session: ClientSession) -> dict[str, Any]:
            books = Books(self._runtime, session)
            change = commands.change_of(command, envelope, books, around)
            books.keep(change)
            books.publish(change.events, self._staff, envelope, command.now)
            return dict(change.outcome)

        asked = {"name": name, **{part: envelope[part] for part in _ASKED}}
        with self._locks.holding(commands.case_of(name, envelope)):
            answer = self._runtime.commands.perform(envelope["command_id"], asked, act)
        return told_by_ref(answer, command.body) if name == "submit_referral" else answer

    def _keyed(self, identity: Identity) -> str:
        return keyed_hash(self._matching_key, *identity)


_ASKED = ("case", "target", "if_match", "body")
"""What makes two commands with the same key the same; how they were decided may differ."""


def open_intake(runtime: Runtime) -> Intake:
    """Intake with the matching key and the staff matches that the environment names."""
    path = setting("KETENAANPAK_STAFF_MATCHES", "")
    staff = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    return Intake(runtime, secret_key("KETENAANPAK_MATCHING_KEY"), staff)
