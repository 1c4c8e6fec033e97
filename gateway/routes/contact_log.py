"""The contact log of the case director (casusregisseur)."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import ContactLogAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("contact-log", __name__, description="Step 5: whom the director spoke")

KINDS: Final = ("contact", "plan")
"""A contact, and the version of the plan that clients were told of: it is named beside it only."""


@door.read("/cases/<random_id:case_id>/contact-log", "read_contact_log", ContactLogAnswer)
def list_contact_log(asking: Asking, case_id: str) -> Released:
    """List the contacts of the director, and the plans that clients were told of."""
    return parts().releases.case(
        asking, "contact_log", case_id, part("contact_log"), owner="plans", kinds=KINDS
    )


@door.command("/cases/<random_id:case_id>/contact-log", "log_contact", created=True)
def log_contact(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Log a contact; clients are told of a plan in person, and safely."""
    return ordered(
        asking, "log_contact", body, case=case_id, location="/v1/cases/{case}/contact-log"
    )
