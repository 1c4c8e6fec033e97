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


class CheckpointsLost(HistoryChanged):
    """The file outside the database holds less than it held."""


class Notary:
    """Keeps checkpoints in the database, and in a file outside it.

    It signs no log that does not extend the last checkpoint of the file: who rewrites the
    database gets no signature for it. Nor does it begin a file that was lost again, unless
    `lost_at`, the size that the newest checkpoint of the database states, says that a person has
    decided so; a later loss has another size. While it runs it remembers what the file held.
    """

    def __init__(
        self,
        log: Log,
        file: CheckpointFile,
        signer: Signer,
        clock: Clock,
        rhythm: Rhythm,
        lost_at: int = 0,
    ) -> None:
        self._log = log
        self._file = file
        self._signer = signer
        self._clock = clock
        self._rhythm = rhythm
        self._lost_at = lost_at
        self._held = 0
        self._signed_at = float("-inf")

    def approve(self, end: Head) -> None:
        """Returns when the log, ending so, extends the last checkpoint. Raises HistoryChanged."""
        self._must_extend(end, self._last())

    def tick(self) -> None:
        """Sign when enough entries came or enough time went by since the last checkpoint.

        Raises HistoryChanged also when it is not time.
        """
        self._last()
        self._catch_up()
        last = self._last()
        end = self._log.end(_END_SECONDS).head
        self._must_extend(end, last)
        self._keep_the_first(last)
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
        return self._sign(end, self._last()) if end.size > index else None

    def _sign(self, end: Head, last: Checkpoint | None) -> Checkpoint:
        """Sign, keep in the database, then in the file: `_catch_up` mends what a crash parts.

        The first goes into the file before: an empty one beside a checkpoint of the database is
        one that was lost.
        """
        self._must_extend(end, last)
        moment = written(self._clock.now())
        checkpoint = self._signer.sign(end, max(moment, last.time if last else moment))
        if last is None:
            self._file.extend([checkpoint])
        self._log.keep_checkpoint(checkpoint)
        self._file.extend([checkpoint])
        self._held = max(self._held, checkpoint.size)
        self._signed_at = time.monotonic()
        _log.info("checkpoint_signed", size=checkpoint.size, root=checkpoint.root)
        return checkpoint

    def _last(self) -> Checkpoint | None:
        """The newest checkpoint of the file. Raises CheckpointsLost when it held more before.

        None before the first; of a lost file that a person gave up, the database's newest.
        """
        last = self._file.last()
        newest = None if last else self._newest_stored()
        if newest is not None:
            # Looked at again, since another process may just have signed the first.
            last = self._file.last()
        if last is None and newest is not None and newest.size == self._lost_at:
            return newest
        held = last.size if last else 0
        before = max(self._held, newest.size if newest and not last else 0)
        if held < before:
            _log.error("checkpoint_file_lost", held=held, before=before, newest_stored=self._told())
            raise CheckpointsLost(f"the checkpoint file ends at {held} entries, it held {before}")
        self._held = held
        return last

    def _newest_stored(self) -> Checkpoint | None:
        found = self._log.checkpoints(None, 1)
        return found[0] if found else None

    def _told(self) -> int:
        """What `lost_at` has to be for the file to be given up."""
        newest = self._newest_stored()
        return newest.size if newest else 0

    def _keep_the_first(self, last: Checkpoint | None) -> None:
        """Bring the first checkpoint to the database, which a crash kept from it."""
        if last is not None and self._newest_stored() is None:
            self._log.keep_checkpoint(last)

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
