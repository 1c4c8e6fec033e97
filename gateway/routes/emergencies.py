"""Emergency access (noodtoegang): acute danger, at most an hour, always reviewed."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import EmergenciesAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("emergencies", __name__, description="Acute danger: access to one case")

KINDS: Final = ("emergency_ground", "emergency_review")


@door.read("/cases/<random_id:case_id>/emergencies", "read_emergencies", EmergenciesAnswer)
def list_emergencies(asking: Asking, case_id: str) -> Released:
    """List the emergency accesses to a case and their reviews."""
    return parts().releases.case(asking, "emergencies", case_id, part("emergencies"), kinds=KINDS)


@door.command("/cases/<random_id:case_id>/emergencies", "open_emergency", created=True)
def open_emergency(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Open a case for acute danger, with a ground; director and coordination are told at once."""
    return ordered(
        asking, "open_emergency", body, case=case_id, location="/v1/cases/{case}/emergencies"
    )


@door.command(
    "/cases/<random_id:case_id>/emergencies/<random_id:grant_id>/review", "review_emergency"
)
def review_emergency(asking: Asking, body: dict[str, Any], case_id: str, grant_id: str) -> Done:
    """Review somebody else's emergency access."""
    return ordered(asking, "review_emergency", body, case=case_id, fragment=grant_id)
