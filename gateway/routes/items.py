"""Information items (informatie-elementen) and whereabouts: offer, correct, recall."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import FragmentAnswer, ItemsAnswer
from gateway.commands import Done
from gateway.doors import Door, parts
from gateway.ordering import ordered
from gateway.projection import part
from gateway.release import Released

door = Door("items", __name__, description="Step 2: what partners choose to share, and for whom")

KINDS: Final = ("item", "whereabouts")


@door.read("/cases/<random_id:case_id>/items", "read_items", ItemsAnswer)
def list_items(asking: Asking, case_id: str) -> Released:
    """List the items of a case that are released to you, in the order they came."""
    return parts().releases.case(asking, "items", case_id, part("items"), kinds=KINDS)


@door.command("/cases/<random_id:case_id>/items", "offer_item", created=True)
def offer_item(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Offer an information item; you choose what, and for whom."""
    return ordered(asking, "offer_item", body, case=case_id, location="/v1/cases/{case}/items/{id}")


@door.read("/cases/<random_id:case_id>/items/<random_id:item_id>", "read_items", FragmentAnswer)
def read_item(asking: Asking, case_id: str, item_id: str) -> Released:
    """Read one item, if it is released to you."""
    return parts().releases.case(
        asking,
        "items",
        case_id,
        lambda _read, _decision, shown: dict(shown[0]),
        kinds=KINDS,
        fragment=item_id,
    )


@door.command(
    "/cases/<random_id:case_id>/items/<random_id:item_id>",
    "correct_item",
    method="PUT",
    changes=True,
)
def correct_item(asking: Asking, body: dict[str, Any], case_id: str, item_id: str) -> Done:
    """Correct one's own item; the former version is kept, and no longer released."""
    return ordered(asking, "correct_item", body, case=case_id, fragment=item_id)


@door.command(
    "/cases/<random_id:case_id>/items/<random_id:item_id>/recall", "recall_item", changes=True
)
def recall_item(asking: Asking, body: dict[str, Any], case_id: str, item_id: str) -> Done:
    """Recall one's own item: no read that begins after the answer releases it."""
    return ordered(asking, "recall_item", body, case=case_id, fragment=item_id)


@door.command("/cases/<random_id:case_id>/whereabouts", "offer_whereabouts", created=True)
def offer_whereabouts(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Offer a safe address or way of contact, for the partners it names and nobody else."""
    return ordered(
        asking, "offer_whereabouts", body, case=case_id, location="/v1/cases/{case}/items/{id}"
    )
