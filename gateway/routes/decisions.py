"""Supported decisions (gedragen beslissingen) of the team."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import DecisionsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("decisions", __name__, description="Step 5: decisions that all can support")

KINDS: Final = ("decision", "action")
"""A decision, and the action that it is about: it is named beside it only."""


@door.read("/cases/<random_id:case_id>/decisions", "read_decisions", DecisionsAnswer)
def list_decisions(asking: Asking, case_id: str) -> Released:
    """List the supported decisions of a case, and the actions that they may be about."""
    return parts().releases.case(
        asking, "decisions", case_id, part("decisions"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/decisions", "record_decision", created=True)
def record_decision(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record a supported decision, about a blocked action where it names one."""
    return ordered(
        asking, "record_decision", body, case=case_id, location="/v1/cases/{case}/decisions"
    )
