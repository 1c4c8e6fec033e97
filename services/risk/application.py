"""Risk at work: the catalogue of instruments, its fragments and its commands put together."""

from typing import Any

from casework.envelope import Envelope
from casework.queries import FragmentQueries
from casework.transaction import DecidedCommands
from chassis.runtime import Runtime
from services.risk import store
from services.risk.catalogue_files import open_catalogue
from services.risk.commands import rules
from services.risk.domain.instrument import Catalogue
from services.risk.domain.weighing import weighing_outcome


class Risk:
    """Answers content and outcomes, and performs commands. Making it needs the database.

    `queries` read the fragments of cases.
    """

    def __init__(self, runtime: Runtime, catalogue: Catalogue) -> None:
        store.prepare(runtime)
        self._runtime = runtime
        self._catalogue = catalogue
        self._commands = DecidedCommands(runtime, store.LAYOUT, rules(catalogue))
        self._weighings = store.WeighingQueries(runtime)
        self.queries = FragmentQueries(runtime, store.LAYOUT)

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
        return weighing_outcome(
            self._weighings.closed(case, outcome),
            self._weighings.live_assessments(case),
            stands=self._weighings.stands(case, outcome),
        )

    def perform(self, name: str, envelope: Envelope) -> dict[str, Any]:
        """Perform a command once; see `casework.transaction.DecidedCommands`."""
        return self._commands.perform(name, envelope)


def open_risk(runtime: Runtime) -> Risk:
    """Risk with the catalogue that the environment asks for."""
    return Risk(runtime, open_catalogue(runtime))
