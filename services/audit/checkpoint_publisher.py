"""Publishes checkpoints: signs the tree head once it is proved consistent with the last one."""

import time
from typing import Final, NamedTuple

from chassis.clock import Clock
from chassis.logs import logger
from services.audit.checkpoint_file import CheckpointFile
from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint, Signer, is_signed
from services.audit.domain.entry import format_time
from services.audit.domain.tree import TreeHead
from services.audit.store import Log

_BATCH: Final = 100
_END_SECONDS: Final = 2.0

_log = logger(__name__)


class CheckpointInterval(NamedTuple):
    """A checkpoint is due after so many new entries, or so many seconds with at least one."""

    entries: int
    seconds: float


class HistoryChanged(Exception):
    """The log is not consistent with its last checkpoint, or that one is not signed by us."""


class CheckpointsLost(HistoryChanged):
    """The checkpoint file ends earlier than it did."""


class CheckpointPublisher:
    """Signs checkpoints and stores them in the database and in a file outside it.

    It signs no tree head that is not consistent with the last checkpoint of the file: who
    rewrites the database gets no signature for it. Nor does it start a lost file again, unless
    an operator has confirmed the loss by `lost_at`, the size in the newest checkpoint of the
    database; a later loss has another size. While it runs it remembers what the file held.
    """

    def __init__(
        self,
        log: Log,
        file: CheckpointFile,
        signer: Signer,
        clock: Clock,
        interval: CheckpointInterval,
        lost_at: int = 0,
    ) -> None:
        self._log = log
        self._file = file
        self._signer = signer
        self._clock = clock
        self._interval = interval
        self._lost_at = lost_at
        self._held = 0
        self._signed_at = float("-inf")

    def verify_consistency(self, head: TreeHead) -> None:
        """Raise HistoryChanged unless the tree head is consistent with the last checkpoint."""
        self._verify(head, self._last())

    def tick(self) -> None:
        """Publish a checkpoint when one is due.

        Raises HistoryChanged also when none is due.
        """
        self._last()
        self._copy_to_file()
        last = self._last()
        head = self._log.end(_END_SECONDS).head
        self._verify(head, last)
        if last is not None and self._newest_stored() is None:
            self._log.store_checkpoint(last)  # a crash kept the first one from the database
        new = head.size - (last.size if last else 0)
        waited = time.monotonic() - self._signed_at
        if new >= self._interval.entries or (new and waited >= self._interval.seconds):
            self._publish(head, last)

    def checkpoint_including(self, index: int) -> Checkpoint | None:
        """The newest checkpoint, published now if none includes the entry; None without entry."""
        newest = self._newest_stored()
        if newest is not None and newest.size > index:
            return newest
        head = self._log.end(_END_SECONDS).head
        return self._publish(head, self._last()) if head.size > index else None

    def _publish(self, head: TreeHead, last: Checkpoint | None) -> Checkpoint:
        """Sign, store in the database, then in the file: after a crash `_copy_to_file` catches up.

        The first goes into the file before that: an empty file beside a checkpoint in the
        database is one that was lost.
        """
        self._verify(head, last)
        moment = format_time(self._clock.now())
        checkpoint = self._signer.sign(head, max(moment, last.time if last else moment))
        if last is None:
            self._file.extend([checkpoint])
        self._log.store_checkpoint(checkpoint)
        self._file.extend([checkpoint])
        self._held = max(self._held, checkpoint.size)
        self._signed_at = time.monotonic()
        _log.info("checkpoint_signed", size=checkpoint.size, root=checkpoint.root)
        return checkpoint

    def _last(self) -> Checkpoint | None:
        """The newest checkpoint of the file. Raises CheckpointsLost when it held more before.

        None before the first; when an operator has confirmed the loss, the database's newest.
        """
        last = self._file.last()
        newest = None if last else self._newest_stored()
        if newest is not None:
            # Read again, since another process may just have published the first.
            last = self._file.last()
        if last is None and newest is not None and newest.size == self._lost_at:
            return newest
        held = last.size if last else 0
        before = max(self._held, newest.size if newest and not last else 0)
        if held < before:
            newest = newest or self._newest_stored()
            stored = newest.size if newest else 0
            _log.error("checkpoint_file_lost", held=held, before=before, newest_stored=stored)
            raise CheckpointsLost(f"the checkpoint file ends at {held} entries, it held {before}")
        self._held = held
        return last

    def _newest_stored(self) -> Checkpoint | None:
        found = self._log.checkpoints(None, 1)
        return found[0] if found else None

    def _copy_to_file(self) -> None:
        """Add checkpoints of the database that the file lacks, after a crash or from a replica."""
        while True:
            last = self._file.last()
            newer = self._log.checkpoints_after(last.size if last else 0, _BATCH)
            if not newer:
                return
            for each in newer:
                self._verify_signature(each)
                self._verify(each.head, last)
                last = each
            self._file.extend(newer)

    def _verify(self, head: TreeHead, last: Checkpoint | None) -> None:
        if last is None:
            return
        self._verify_signature(last)
        if head.size < last.size:
            raise HistoryChanged(f"the log has {head.size} entries, {last.size} were signed")
        if not self._is_consistent(last, head):
            raise HistoryChanged(f"the log is not the one that was signed at {last.size} entries")

    def _is_consistent(self, last: Checkpoint, head: TreeHead) -> bool:
        spans = tree.consistency_spans(last.size, head.size)
        hashes = self._log.hashes(tree.subtrees(spans))
        try:
            path = tree.hash_spans(spans, hashes)
        except KeyError:
            return False
        return tree.is_consistent(last.head, head, path)

    def _verify_signature(self, checkpoint: Checkpoint) -> None:
        if not is_signed(checkpoint, self._signer.public_key):
            raise HistoryChanged(f"the checkpoint at {checkpoint.size} entries is not ours")
