"""The migrations of plans, in the order in which they are run."""

from collections.abc import Iterator
from typing import Final

from casework.fragment_documents import content_context
from casework.migrations import EMPTY_REGISTER
from chassis.errors import Mangled
from chassis.migrations import Batch, Step, count, pages
from chassis.mongo import Document, guarded
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed

_UNNAMED: Final[Document] = {"kind": "safety_check", "of": {"$exists": False}}


def _unnamed(runtime: Runtime) -> int:
    readable = {"case": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "fragments", {**_UNNAMED, **readable})


def _name(runtime: Runtime) -> Iterator[Batch]:
    for page in pages(runtime.database, "fragments", _UNNAMED):
        changed = left = 0
        for check in page:
            try:
                _name_one(runtime, check)
                changed += 1
            except (KeyDestroyed, Mangled):
                left += 1
        yield Batch(changed, left)


def _name_one(runtime: Runtime, check: Document) -> None:
    """One check whose content cannot be opened stays as it is, and is never shown."""
    context = content_context(check["_id"], check["content_version"])
    content = runtime.vault.open(check["case"], context, check["sealed"])
    with guarded():
        runtime.database["fragments"].update_one(
            {"_id": check["_id"]}, {"$set": {"of": content["of"]}}
        )


STEPS: Final[tuple[Step, ...]] = (
    Step(
        name="name-what-checks-go-with",
        phase="expand",
        summary="says of each safety check what it goes with, which was in its sealed content only",
        pending=_unnamed,
        run=_name,
    ),
    EMPTY_REGISTER,
)
