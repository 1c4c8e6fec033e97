"""Plans at work: the books, the rules and the outside world put together."""

from collections.abc import Mapping
from typing import Any, Final

from pymongo.client_session import ClientSession

from chassis.keyed_locks import KeyedLocks
from chassis.runtime import Runtime
from services.plans import commands, store
from services.plans.domain.case import OutcomeKind, settled, told
from services.plans.store.keeping import Books
from services.plans.store.reading import Reading


class Plans:
    """Tells fragments and outcomes, and performs commands. Making it needs the database.

    `reading` is what it tells.
    """

    def __init__(self, runtime: Runtime) -> None:
        store.prepare(runtime)
        self._runtime = runtime
        self._locks = KeyedLocks()
        self.reading = Reading(runtime)

    def ready(self) -> bool:
        """Whether this service can do its work."""
        return store.ready(self._runtime)

    def settled(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome that a method tells; raises Refuse("not_found") while nothing is closed."""
        kind = _KEPT_IN[method]
        closed = self.reading.closed(kind, **request)
        return settled(kind, closed, self.reading.last(request["case"]))

    def perform(self, name: str, envelope: dict[str, Any]) -> dict[str, Any]:
        """Perform a command once, whatever is sent again; tells ids and state.

        Raises Refuse when a rule does not allow it (nothing changed), and what
        `chassis.commands.Commands.perform` raises.
        """
        command = commands.load(name, envelope, self._runtime.clock)
        case = commands.case_of(envelope)

        def act(session: ClientSession) -> dict[str, Any]:
            books = Books(self._runtime, session, case)
            change = commands.change_of(case, command, books)
            books.keep(change)
            books.publish(change.events, envelope, command.now)
            return told(case, change)

        asked = {"name": name, **{part: envelope[part] for part in _ASKED}}
        with self._locks.holding(case.id):
            return self._runtime.commands.perform(envelope["command_id"], asked, act)


_ASKED: Final = ("case", "target", "if_match", "body")
"""What makes two commands with the same key the same; how they were decided may differ."""

_KEPT_IN: Final[Mapping[str, OutcomeKind]] = {
    "plan_outcome": "plan_versions",
    "conclusion_outcome": "conclusions",
    "follow_up_outcome": "follow_ups",
}
