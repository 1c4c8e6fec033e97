"""Conclusions (afronding): what came of each aim."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import ConclusionsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("conclusions", __name__, description="Step 6: the outcome on each aim")

KINDS: Final = ("conclusion", "safety_check")


@door.read("/cases/<random_id:case_id>/conclusions", "read_conclusions", ConclusionsAnswer)
def list_conclusions(asking: Asking, case_id: str) -> Released:
    """List the conclusions, each with its safety check."""
    return parts().releases.case(
        asking, "conclusions", case_id, part("conclusions"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/conclusions", "draw_conclusion", created=True)
def draw_conclusion(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Propose the conclusion, as director."""
    return ordered(
        asking, "draw_conclusion", body, case=case_id, location="/v1/cases/{case}/conclusions"
    )
