"""Rules of plans: what may be told of a plan and its ending."""

from typing import Any

from contracts.errors import Refuse


def settled(document: dict[str, Any] | None) -> dict[str, Any]:
    """The closed document as its outcome; raises Refuse("not_found") when there is none to tell."""
    if document is None:
        raise Refuse("not_found", "nothing closed of this case has this id")
    return {**document, "id": document["_id"]}
