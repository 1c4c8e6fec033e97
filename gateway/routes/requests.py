"""Information requests (informatievragen): what the table still needs to know."""

from typing import Any

from gateway.asking import Asking
from gateway.case_shapes import RequestsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("requests", __name__, description="Step 2: questions of the table, and their answers")


@door.read("/cases/<random_id:case_id>/requests", "read_requests", RequestsAnswer)
def list_requests(asking: Asking, case_id: str) -> Released:
    """List the questions of a case that are released to you."""
    return parts().releases.case(asking, "requests", case_id, part("requests"), kinds=("request",))


@door.command("/cases/<random_id:case_id>/requests", "request_information", created=True)
def request_information(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Ask a partner for what is missing, with a due day."""
    return ordered(
        asking, "request_information", body, case=case_id, location="/v1/cases/{case}/requests"
    )


@door.command(
    "/cases/<random_id:case_id>/requests/<random_id:request_id>/answer",
    "answer_request",
    changes=True,
)
def answer_request(asking: Asking, body: dict[str, Any], case_id: str, request_id: str) -> Done:
    """Answer a question: shared, nothing known, or declined with a ground."""
    return ordered(asking, "answer_request", body, case=case_id, fragment=request_id)
