"""Progress reports of the director to the team."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import ReportsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("reports", __name__, description="Step 5: how it goes, and how safe")

KINDS: Final = ("report", "safety_check")


@door.read("/cases/<random_id:case_id>/reports", "read_reports", ReportsAnswer)
def list_reports(asking: Asking, case_id: str) -> Released:
    """List the progress reports, each with its safety check."""
    return parts().releases.case(
        asking, "reports", case_id, part("reports"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/reports", "report_progress", created=True)
def report_progress(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Report to the team, with a safety check."""
    return ordered(
        asking, "report_progress", body, case=case_id, location="/v1/cases/{case}/reports"
    )
