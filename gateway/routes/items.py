"""Information items (informatie-elementen) and whereabouts: offer, correct, recall."""

from typing import Any, Final

from gateway.http.case_schemas import FragmentAnswer, ItemsAnswer
from gateway.http.routing import ApiBlueprint, dependencies
from gateway.http.submission import submit_command
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import list_body
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "items", __name__, description="Step 2: what partners choose to share, and for whom"
)

KINDS: Final = ("item", "whereabouts")


@blueprint.read("/cases/<random_id:case_id>/items", "read_items", ItemsAnswer)
def list_items(context: RequestContext, case_id: str) -> Released:
    """List the items of a case that are released to you, in the order they came."""
    return dependencies().releases.case(context, "items", case_id, list_body("items"), kinds=KINDS)


@blueprint.command("/cases/<random_id:case_id>/items", "offer_item", created=True)
def offer_item(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Offer an information item; you choose what, and for whom."""
    return submit_command(
        context, "offer_item", body, case=case_id, location="/v1/cases/{case}/items/{id}"
    )


@blueprint.read(
    "/cases/<random_id:case_id>/items/<random_id:item_id>", "read_items", FragmentAnswer
)
def read_item(context: RequestContext, case_id: str, item_id: str) -> Released:
    """Read one item, if it is released to you."""
    return dependencies().releases.case(
        context,
        "items",
        case_id,
        lambda _read, _decision, shown: dict(shown[0]),
        kinds=KINDS,
        fragment=item_id,
    )


@blueprint.command(
    "/cases/<random_id:case_id>/items/<random_id:item_id>",
    "correct_item",
    method="PUT",
    changes=True,
)
def correct_item(
    context: RequestContext, body: dict[str, Any], case_id: str, item_id: str
) -> CommandResult:
    """Correct one's own item; the former version is kept, and no longer released."""
    return submit_command(context, "correct_item", body, case=case_id, fragment=item_id)


@blueprint.command(
    "/cases/<random_id:case_id>/items/<random_id:item_id>/recall", "recall_item", changes=True
)
def recall_item(
    context: RequestContext, body: dict[str, Any], case_id: str, item_id: str
) -> CommandResult:
    """Recall one's own item: no read that begins after the answer releases it."""
    return submit_command(context, "recall_item", body, case=case_id, fragment=item_id)


@blueprint.command("/cases/<random_id:case_id>/whereabouts", "offer_whereabouts", created=True)
def offer_whereabouts(context: RequestContext, body: dict[str, Any], case_id: str) -> CommandResult:
    """Offer a safe address or way of contact, for the partners it names and nobody else."""
    return submit_command(
        context, "offer_whereabouts", body, case=case_id, location="/v1/cases/{case}/items/{id}"
    )
