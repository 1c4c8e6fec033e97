"""Follow-ups (opvolging), months after the conclusion."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import FollowUpsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("follow-ups", __name__, description="Step 6: looking again")

KINDS: Final = ("follow_up", "safety_check")


@door.read("/cases/<random_id:case_id>/follow-ups", "read_follow_ups", FollowUpsAnswer)
def list_follow_ups(asking: Asking, case_id: str) -> Released:
    """List the follow-ups, each with its safety check."""
    return parts().releases.case(
        asking, "follow_ups", case_id, part("follow_ups"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/follow-ups", "record_follow_up", created=True)
def record_follow_up(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record what the follow-up came to: close, extend or reopen."""
    return ordered(
        asking, "record_follow_up", body, case=case_id, location="/v1/cases/{case}/follow-ups"
    )
