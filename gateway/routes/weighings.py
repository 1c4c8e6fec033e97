"""Weighing (weging): how grave a case is, said by people and never by a score."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import WeighingsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("weighings", __name__, description="Step 3: how grave, which problems")

KINDS: Final = ("weighing", "weighing_position", "problem_profile", "assessment")


@door.read("/cases/<random_id:case_id>/weighings", "read_weighings", WeighingsAnswer)
def list_weighings(asking: Asking, case_id: str) -> Released:
    """List the weighings of a case, with positions, problem profile and what they rest on."""
    return parts().releases.case(
        asking, "weighings", case_id, part("weighings"), owner="risk", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/weighings", "open_weighing", created=True)
def open_weighing(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Open the weighing of a case."""
    return ordered(
        asking, "open_weighing", body, case=case_id, location="/v1/cases/{case}/weighings"
    )


@door.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/positions",
    "take_weighing_position",
)
def take_weighing_position(
    asking: Asking, body: dict[str, Any], case_id: str, weighing_id: str
) -> Done:
    """Say how one's partner stands to taking the case; it replaces what was said before."""
    return ordered(asking, "take_weighing_position", body, case=case_id, fragment=weighing_id)


@door.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/problem-profile",
    "write_problem_profile",
    method="PUT",
    changes=True,
)
def write_problem_profile(
    asking: Asking, body: dict[str, Any], case_id: str, weighing_id: str
) -> Done:
    """Write the problem profile: every life domain, and what protects."""
    return ordered(asking, "write_problem_profile", body, case=case_id, fragment=weighing_id)


@door.command(
    "/cases/<random_id:case_id>/weighings/<random_id:weighing_id>/close",
    "close_weighing",
    changes=True,
)
def close_weighing(asking: Asking, body: dict[str, Any], case_id: str, weighing_id: str) -> Done:
    """Close the weighing with what the table concludes; it never changes after."""
    return ordered(asking, "close_weighing", body, case=case_id, fragment=weighing_id)
