"""The overview of running trajectories (trajecten)."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import TrajectoriesAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("trajectories", __name__, description="Step 5: what runs beside the plan")

KINDS: Final = ("trajectory",)


@door.read("/cases/<random_id:case_id>/trajectories", "read_trajectories", TrajectoriesAnswer)
def list_trajectories(asking: Asking, case_id: str) -> Released:
    """List the trajectories of help, justice and administration."""
    return parts().releases.case(
        asking, "trajectories", case_id, part("trajectories"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/trajectories", "record_trajectory", created=True)
def record_trajectory(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record a trajectory."""
    return ordered(
        asking, "record_trajectory", body, case=case_id, location="/v1/cases/{case}/trajectories"
    )


@door.command(
    "/cases/<random_id:case_id>/trajectories/<random_id:trajectory_id>",
    "update_trajectory",
    method="PUT",
    changes=True,
)
def update_trajectory(
    asking: Asking, body: dict[str, Any], case_id: str, trajectory_id: str
) -> Done:
    """Tell how a trajectory stands now."""
    return ordered(asking, "update_trajectory", body, case=case_id, fragment=trajectory_id)
