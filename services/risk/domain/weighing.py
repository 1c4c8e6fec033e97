"""Which weighing (weging) may be told."""

from typing import Any

from contracts.errors import Refuse


def settled(weighing: dict[str, Any] | None) -> dict[str, Any]:
    """The closed weighing as its outcome; raises Refuse("not_found") when there is none to tell."""
    if weighing is None:
        raise Refuse("not_found", "no closed weighing of this case has this id")
    return {**weighing, "id": weighing["_id"]}
