"""Signs what the log says now and then, after proving that it still holds what it said before."""

import time
from typing import Final, NamedTuple

from chassis.clock import Clock
from chassis.logs import logger
from services.audit.checkpoint_file import CheckpointFile
from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint, Signer, is_signed
from services.audit.domain.entry import written
from services.audit.domain.tree import Head
from services.audit.store import Log

_AT_A_TIME: Final = 100
_END_SECONDS: Final = 2.0

_log = logger(__name__)


class Rhythm(NamedTuple):
    """A checkpoint is made after so many entries, or so many seconds while there are some."""

    entries: int
    seconds: float


class HistoryChanged(Exception):
    """The log does not hold what its last checkpoint says, or that checkpoint is not ours."""


class Notary:
    """Keeps checkpoints in the database, and in a file outside it.

    It signs no log that does not extend the last checkpoint of the file: who rewrites the
    database gets no signature for it.
    """

    def __init__(
        self,
        log: Log,
        file: CheckpointFile,
        signer: Signer,
        clock: Clock,
        rhythm: Rhythm,
    ) -> None:
        self._log = log
        self._file = file
        self._signer = signer
        self._clock = clock
        self._rhythm = rhythm
        self._signed_at = float("-inf")

    def approve(self, end: Head) -> None:
        """Returns when the log, ending so, extends the last checkpoint. Raises HistoryChanged."""
        self._must_extend(end, self._file.last())

    def tick(self) -> None:
        """Sign when enough entries came or enough time went by since the last checkpoint.

        Raises HistoryChanged also when it is not time.
        """
        self._catch_up()
        last = self._file.last()
        end = self._log.end(_END_SECONDS).head
        self._must_extend(end, last)
        new = end.size - (last.size if last else 0)
        waited = time.monotonic() - self._signed_at
        if new >= self._rhythm.entries or (new and waited >= self._rhythm.seconds):
            self._sign(end, last)

    def covering(self, index: int) -> Checkpoint | None:
        """The newest checkpoint, made now when none covers the entry; None when nothing can."""
        newest = self._log.checkpoints(None, 1)
        if newest and newest[0].size > index:
            return newest[0]
        end = self._log.end(_END_SECONDS).head
        return self._sign(end, self._file.last()) if end.size > index else None

    def _sign(self, end: Head, last: Checkpoint | None) -> Checkpoint:
        """Sign, keep in the database, then in the file: `_catch_up` mends what a crash parts."""
        self._must_extend(end, last)
        moment = written(self._clock.now())
        checkpoint = self._signer.sign(end, max(moment, last.time if last else moment))
        self._log.keep_checkpoint(checkpoint)
        self._file.extend([checkpoint])
        self._signed_at = time.monotonic()
        _log.info("checkpoint_signed", size=checkpoint.size, root=checkpoint.root)
        return checkpoint

    def _catch_up(self) -> None:
        """Bring checkpoints to the file that another process made, or this one before a crash."""
        while True:
            last = self._file.last()
            newer = self._log.checkpoints_after(last.size if last else 0, _AT_A_TIME)
            if not newer:
                return
            for each in newer:
                self._must_be_ours(each)
                self._must_extend(each.head, last)
                last = each
            self._file.extend(newer)

    def _must_extend(self, end: Head, last: Checkpoint | None) -> None:
        if last is None:
            return
        self._must_be_ours(last)
        if end.size < last.size:
            raise HistoryChanged(f"the log has {end.size} entries, {last.size} were signed")
        if not self._proves(last, end):
            raise HistoryChanged(f"the log is not the one that was signed at {last.size} entries")

    def _proves(self, last: Checkpoint, end: Head) -> bool:
        spans = tree.consistency_spans(last.size, end.size)
        hashes = self._log.hashes(tree.subtrees(spans))
        try:
            path = tree.hash_spans(spans, hashes)
        except KeyError:
            return False
        return tree.is_consistent(last.head, end, path)

    def _must_be_ours(self, checkpoint: Checkpoint) -> None:
        if not is_signed(checkpoint, self._signer.public_key):
            raise HistoryChanged(f"the checkpoint at {checkpoint.size} entries is not ours")
