"""Plans at work: its fragments, its outcomes and its commands put together."""

from collections.abc import Mapping
from typing import Any, Final

from casework.envelope import Envelope
from casework.queries import FragmentQueries, OutcomeQueries
from casework.transaction import DecidedCommands
from chassis.runtime import Runtime
from services.plans import store
from services.plans.commands import RULES
from services.plans.domain import closing, plan, safety

_KINDS: Final[Mapping[str, str]] = {
    "plan_outcome": "plan_versions",
    "conclusion_outcome": "conclusions",
    "follow_up_outcome": "follow_ups",
}


class Plans:
    """Answers fragments and outcomes, and performs commands. Making it needs the database.

    `queries` read the fragments of cases.
    """

    def __init__(self, runtime: Runtime) -> None:
        store.prepare(runtime)
        self._runtime = runtime
        self._commands = DecidedCommands(runtime, store.LAYOUT, RULES)
        self._outcomes = OutcomeQueries(runtime)
        self.queries = FragmentQueries(runtime, store.LAYOUT)

    def ready(self) -> bool:
        """Whether this service can do its work."""
        return store.ready(self._runtime)

    def outcome(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome asked for; raises Refuse("not_found") while nothing is closed."""
        held = self.queries.opened(request["case"], (*safety.LOOKED_AT, "action"))
        actions = [each for each in held if each.kind == "action"]
        contradictory = [
            each.id
            for each in held
            if each.kind == "conclusion" and closing.contradicts_itself(each.content or {})
        ]
        return store.read_outcome(
            self._outcomes,
            _KINDS[method],
            covers=self._covered(**request),
            unsafe=safety.is_anybody_unsafe(held),
            contradictory=contradictory,
            services=plan.involved_services(
                each for each in actions if each.codes["plan"] == request["outcome"]
            ),
            **request,
        )

    def service_followers(self, case: str, service: str) -> dict[str, Any]:
        """The reply of that name."""
        held = self.queries.opened(case, ("plan", "action"))
        plans = [each for each in held if each.kind == "plan"]
        actions = [each for each in held if each.kind == "action"]
        followers = plan.followers_of_service(service, plans, actions)
        return {"case": case, "service": service, "followers": followers}

    def _covered(self, case: str, outcome: str) -> list[str]:
        """The members of the client system that the document of this id is about."""
        read = self.queries.of_case(case, None, outcome, content=False)
        return [subject for fragment in read.fragments for subject in fragment["subjects"]]

    def perform(self, name: str, envelope: Envelope) -> dict[str, Any]:
        """Perform a command once; see `casework.transaction.DecidedCommands`."""
        return self._commands.perform(name, envelope)
