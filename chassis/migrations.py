"""Migrations: steps that put what an earlier version stored in its present form.

A step *expands* or *contracts*. One that expands adds what this version needs and the earlier one
ignores: it is run before the first process of this version serves, while processes of the earlier
one still may. One that contracts removes what only the earlier version read: it is run after its
last process has stopped. (Parallel change: https://martinfowler.com/bliki/ParallelChange.html.)

What is done is kept in the service's own database, in the collection `migrations`.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

from chassis import VERSION
from chassis.errors import may_succeed_later
from chassis.leases import Leases
from chassis.mongo import Document, Store, guarded, make_collections
from chassis.runtime import Runtime

Phase = Literal["expand", "contract"]

_COLLECTION: Final = "migrations"
_LEASE: Final = "migrations"
_LEASE_SECONDS: Final = 30.0
_COUNT_SECONDS: Final = 60.0
_PAGE_SIZE: Final = 100
_ATTEMPTS: Final = 10
_AGAIN_SECONDS: Final = 0.2


class Batch(NamedTuple):
    """One part of a step that is done: documents that were changed, and those that were left.

    Left is what cannot be opened: its key was destroyed, or is not on the ring.
    """

    changed: int
    left: int = 0


@dataclass(frozen=True)
class Step:
    """One step of a service.

    `name` never changes once it was published. `pending` counts the documents in the earlier form
    that the step can still change. `run` changes them, and yields after each batch of them, which
    takes a second or two at most: whatever it has not yielded may be repeated, at any later time
    and by several processes, also while commands change the same documents. It skips what is in
    the present form, and what it cannot open. `summary` says in one line what it does.
    """

    name: str
    phase: Phase
    summary: str
    pending: Callable[[Runtime], int]
    run: Callable[[Runtime], Iterator[Batch]]


@dataclass(frozen=True)
class StepStatus:
    """How a step stands; `done_at` is None until it was run to its end once.

    `pending` may be more than 0 after that: processes of the earlier version went on.
    """

    step: Step
    pending: int
    done_at: datetime | None
    left: int

    @property
    def state(self) -> Literal["done", "nothing to do", "waits"]:
        """In one word: whether somebody has to run it."""
        if self.pending:
            return "waits"
        return "nothing to do" if self.done_at is None else "done"


class Progress(NamedTuple):
    """How far the run of a step is: documents changed and left by this run until now."""

    step: Step
    changed: int
    left: int
    is_done: bool


class AlreadyRunning(Exception):
    """Somebody else runs the steps of this service at the moment."""


class NotYet(Exception):
    """A step that contracts was asked for while a step that expands is not done."""


class Migrations:
    """The steps of one service, in their order, on its database."""

    def __init__(self, runtime: Runtime, steps: Sequence[Step]) -> None:
        self._runtime = runtime
        self._steps = steps
        self._leases = Leases(runtime.database)

    def status(self) -> list[StepStatus]:
        """How each step stands; changes nothing."""
        kept = self._kept()
        return [self._status(step, kept.get(step.name, {})) for step in self._steps]

    def needed(self) -> list[Step]:
        """The steps that expand and are to be run before this version serves."""
        kept = self._kept()
        return [
            step
            for step in self._steps
            if step.phase == "expand"
            and "done_at" not in kept.get(step.name, {})
            and step.pending(self._runtime)
        ]

    def run(self, *, contract: bool = False, patience: float = 0.0) -> Iterator[Progress]:
        """Run what expands, and with `contract` what contracts as well; goes on where it stopped.

        `patience` is how many seconds to wait for another who runs them; one who was killed counts
        as running for half a minute. Raises AlreadyRunning when that was not enough, or when others
        took over; NotYet; and what a step raises. An error that may pass is tried again.
        """
        if not self._steps:
            return
        self._prepare()
        holder = str(uuid.uuid4())
        self._wait_for_lease(holder, patience)
        try:
            for step in self._steps:
                if step.phase == "expand" or contract:
                    yield from self._run(step, holder)
        finally:
            self._leases.give_back(_LEASE, holder)

    def _run(self, step: Step, holder: str) -> Iterator[Progress]:
        if step.phase == "contract":
            self._check_expanded()
        began = datetime.now(UTC)
        changed = left = 0
        for batch in self._batches(step):
            changed, left = changed + batch.changed, left + batch.left
            yield Progress(step, changed, left, is_done=False)
            self._hold(holder)
        self._keep_done(step, began, changed, left)
        yield Progress(step, changed, left, is_done=True)

    def _batches(self, step: Step) -> Iterator[Batch]:
        """The batches of a step, begun again after an error that may pass.

        What is left is yielded once only, at the end, because each attempt meets it again.
        """
        failures = 0
        while True:
            left = 0
            try:
                for batch in step.run(self._runtime):
                    failures, left = 0, left + batch.left
                    yield Batch(batch.changed)
            except Exception as error:
                failures += 1
                if not may_succeed_later(error) or failures == _ATTEMPTS:
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                yield Batch(0, left)
                return

    def _check_expanded(self) -> None:
        kept = self._kept()
        for step in self._steps:
            done = "done_at" in kept.get(step.name, {})
            if step.phase == "expand" and (not done or step.pending(self._runtime)):
                raise NotYet(step.name)

    def _prepare(self) -> None:
        make_collections(self._runtime.database, _COLLECTION)
        self._leases.prepare()

    def _wait_for_lease(self, holder: str, patience: float) -> None:
        limit = time.monotonic() + patience
        while not self._leases.take(_LEASE, holder, _LEASE_SECONDS):
            if time.monotonic() >= limit:
                raise AlreadyRunning
            time.sleep(_AGAIN_SECONDS)

    def _hold(self, holder: str) -> None:
        if not self._leases.take(_LEASE, holder, _LEASE_SECONDS):
            raise AlreadyRunning

    def _keep_done(self, step: Step, began: datetime, changed: int, left: int) -> None:
        now = datetime.now(UTC)
        with guarded():
            self._runtime.database[_COLLECTION].update_one(
                {"_id": step.name},
                {
                    "$set": {
                        "phase": step.phase,
                        "left": left,
                        "last_run_at": now,
                        "version": VERSION,
                    },
                    "$setOnInsert": {"began_at": began, "done_at": now},
                    "$inc": {"changed": changed},
                },
                upsert=True,
            )

    def _kept(self) -> Mapping[str, Document]:
        if not self._steps:
            return {}
        with guarded():
            return {one["_id"]: one for one in self._runtime.database[_COLLECTION].find()}

    def _status(self, step: Step, kept: Mapping[str, Any]) -> StepStatus:
        pending = step.pending(self._runtime)
        return StepStatus(step, pending, kept.get("done_at"), kept.get("left", 0))


def pages(database: Store, collection: str, wanted: Document) -> Iterator[list[Document]]:
    """The documents that match, in the order of their ids, in pages of at most a hundred.

    Each page is read when it is asked for, so that no cursor stays open while one is changed, and
    what a step leaves is not met twice.
    """
    after: Document = {}
    while True:
        with guarded():
            found = database[collection].find({"$and": [wanted, after]}, sort=[("_id", 1)])
            page = list(found.limit(_PAGE_SIZE))
        if page:
            yield page
        if len(page) < _PAGE_SIZE:
            return
        after = {"_id": {"$gt": page[-1]["_id"]}}


def count(database: Store, collection: str, wanted: Document) -> int:
    """How many documents match; it may take a minute where no index helps."""
    with guarded(_COUNT_SECONDS):
        return database[collection].count_documents(wanted)
