"""Migrations of what risk and plans both stored otherwise."""

from collections.abc import Iterator
from typing import Final

from chassis.migrations import Batch, Step, count, pages
from chassis.mongo import guarded
from chassis.runtime import Runtime

_REGISTER: Final = "cases"


def _pending(runtime: Runtime) -> int:
    return count(runtime.database, _REGISTER, {})


def _run(runtime: Runtime) -> Iterator[Batch]:
    for page in pages(runtime.database, _REGISTER, {}):
        with guarded():
            ids = {"_id": {"$in": [one["_id"] for one in page]}}
            yield Batch(runtime.database[_REGISTER].delete_many(ids).deleted_count)


EMPTY_REGISTER: Final = Step(
    name="empty-register-of-cases",
    phase="contract",
    summary="removes the register of cases, which the earlier version kept and nothing reads",
    pending=_pending,
    run=_run,
)
