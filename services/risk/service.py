"""Risk: how grave a case is. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.events import case_news
from contracts.rpc import read_request, write_reply
from contracts.topology import SUBSCRIPTIONS
from services.risk.catalogue_files import open_catalogue
from services.risk.domain import settled
from services.risk.domain.instrument import Catalogue
from services.risk.store import Store


class RiskService:
    """Answers what a closed weighing (weging) says, and knows which cases there are."""

    name = "risk"
    allowed_callers = ("intake",)
    store: Store = Provided(Store)
    catalogue: Catalogue = Provided(open_catalogue)

    @hears(*SUBSCRIPTIONS["risk"])
    def handle_case_event(self, event: dict[str, Any]) -> None:
        """A step in the life of a case."""
        self.store.note(event["id"], case_news(event))

    @rpc
    def weighing_outcome(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What a closed weighing concluded."""
        request = read_request("risk", "weighing_outcome", payload)
        return write_reply("risk", "weighing_outcome", settled(self.store.weighing(**request)))

    @rpc
    def lacking(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Which of these events had no effect here."""
        request = read_request("risk", "lacking", payload)
        return {"lacking": self.store.lacking(request["event_ids"])}

    @rpc(callers=("gateway",))
    def ping(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Whether this service can do its work."""
        read_request("risk", "ping", payload)
        return {"ready": self.store.ready()}
