"""Direction (regie): the case director and the mandates from involved services."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import DirectionMandatesAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("direction", __name__, description="Step 4: who directs, mandated by whom")

KINDS: Final = ("direction_mandate", "involved_service")
"""A mandate names its service, and so that it is shown, the services are asked for beside."""


@door.read(
    "/cases/<random_id:case_id>/direction-mandates",
    "read_direction_mandates",
    DirectionMandatesAnswer,
)
def list_direction_mandates(asking: Asking, case_id: str) -> Released:
    """List the involved services and which of them mandated the director."""
    return parts().releases.case(
        asking, "direction_mandates", case_id, part("direction_mandates"), kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/director", "appoint_director", method="PUT")
def appoint_director(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Appoint the case director, from among the partners."""
    return ordered(asking, "appoint_director", body, case=case_id)


@door.command(
    "/cases/<random_id:case_id>/direction-mandates", "record_direction_mandate", created=True
)
def record_direction_mandate(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record that an involved service mandates the director."""
    return ordered(
        asking,
        "record_direction_mandate",
        body,
        case=case_id,
        location="/v1/cases/{case}/direction-mandates",
    )
