"""The plan (plan van aanpak): versions, positions, and the actions that are carried out."""

from typing import Any, Final

from contracts.bodies import REFERS_TO
from gateway.asking import Asking
from gateway.case_shapes import PlansAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("plans", __name__, description="Step 4: the plan and its actions")

KINDS: Final = ("plan", "goal", "uncovered", "action", "judicial_timing", "plan_position")


@door.read("/cases/<random_id:case_id>/plans", "read_plans", PlansAnswer)
def list_plans(asking: Asking, case_id: str) -> Released:
    """List the versions of the plan, with goals, actions and positions."""
    return parts().releases.case(
        asking,
        "plans",
        case_id,
        part("plans"),
        owner="plans",
        kinds=KINDS,
        refers_to=REFERS_TO["propose_plan"],
    )


@door.command("/cases/<random_id:case_id>/plans", "propose_plan", created=True)
def propose_plan(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Propose a whole version of the plan."""
    return ordered(asking, "propose_plan", body, case=case_id, location="/v1/cases/{case}/plans")


@door.command(
    "/cases/<random_id:case_id>/plans/<random_id:plan_id>/positions", "take_plan_position"
)
def take_plan_position(asking: Asking, body: dict[str, Any], case_id: str, plan_id: str) -> Done:
    """Say how one's partner stands to a version; it replaces what was said before."""
    return ordered(asking, "take_plan_position", body, case=case_id, fragment=plan_id)


@door.command(
    "/cases/<random_id:case_id>/plans/<random_id:plan_id>/adopt", "adopt_plan", changes=True
)
def adopt_plan(asking: Asking, body: dict[str, Any], case_id: str, plan_id: str) -> Done:
    """Adopt a version, by the rule of the agreement."""
    return ordered(asking, "adopt_plan", body, case=case_id, fragment=plan_id)


@door.command(
    "/cases/<random_id:case_id>/actions/<random_id:action_id>",
    "update_action",
    method="PUT",
    changes=True,
)
def update_action(asking: Asking, body: dict[str, Any], case_id: str, action_id: str) -> Done:
    """Tell how an action stands that one's partner follows; a blocked one says why."""
    return ordered(asking, "update_action", body, case=case_id, fragment=action_id)
