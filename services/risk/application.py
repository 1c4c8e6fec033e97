"""Risk at work: the books, the rules, the instruments and the outside world put together."""

from typing import Any

from pymongo.client_session import ClientSession

from chassis.keyed_locks import KeyedLocks
from chassis.runtime import Runtime
from services.risk import commands, store
from services.risk.catalogue_files import open_catalogue
from services.risk.domain.case import told
from services.risk.domain.instrument import Catalogue
from services.risk.domain.weighing import settled
from services.risk.store.keeping import Books
from services.risk.store.reading import Reading


class Risk:
    """Answers content and outcomes, and performs commands. Making it needs the database.

    `reading` is what it tells of cases.
    """

    def __init__(self, runtime: Runtime, catalogue: Catalogue) -> None:
        store.prepare(runtime)
        self._runtime = runtime
        self._catalogue = catalogue
        self._locks = KeyedLocks()
        self.reading = Reading(runtime)

    def ready(self) -> bool:
        """Whether this service can do its work."""
        return store.ready(self._runtime)

    def instruments(self) -> dict[str, Any]:
        """All instruments by name, in the order of their ids; Dutch is the first language."""
        return {
            "instruments": [
                {
                    "id": one.id,
                    "version": one.version,
                    "title": one.title.nl,
                    "template": one.template,
                }
                for one in self._catalogue.instruments.values()
            ]
        }

    def instrument(self, instrument: str) -> dict[str, Any]:
        """An instrument as its file has it; None when there is none of this id."""
        found = self._catalogue.instruments.get(instrument)
        return {"instrument": None if found is None else found.file}

    def weighing_outcome(self, case: str, outcome: str) -> dict[str, Any]:
        """What a closed weighing says; raises Refuse("not_found") when there is none to tell."""
        closed = self.reading.closed(case, outcome)
        live = self.reading.live_assessments(case)
        return settled(closed, live, stands=self.reading.last_weighing(case) == outcome)

    def perform(self, name: str, envelope: dict[str, Any]) -> dict[str, Any]:
        """Perform a command once, whatever is sent again; tells ids and state.

        Raises Refuse when a rule does not allow it (nothing changed), and what
        `chassis.commands.Commands.perform` raises.
        """
        command = commands.load(name, envelope, self._runtime.clock)
        case = commands.case_of(envelope)

        def act(session: ClientSession) -> dict[str, Any]:
            books = Books(self._runtime, session, case)
            change = commands.change_of(case, command, books, self._catalogue)
            books.keep(change)
            books.publish(change.events, envelope, command.now)
            return told(case, change)

        asked = {"name": name, **{part: envelope[part] for part in _ASKED}}
        with self._locks.holding(case.id):
            return self._runtime.commands.perform(envelope["command_id"], asked, act)


_ASKED = ("case", "target", "if_match", "body")
"""What makes two commands with the same key the same; how they were decided may differ."""


def open_risk(runtime: Runtime) -> Risk:
    """Risk with the catalogue that the environment asks for."""
    return Risk(runtime, open_catalogue(runtime))
