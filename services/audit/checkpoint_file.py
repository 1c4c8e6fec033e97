"""The checkpoint file outside the database, which auditors copy."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, last_note

NAME: Final = "checkpoints.txt"
_NOTE_BYTES: Final = 500
"""The maximal size of a checkpoint."""

_TAIL_BYTES: Final = 4 * _NOTE_BYTES


class CheckpointFile:
    """Signed notes, the oldest first, separated by empty lines; append-only.

    Several processes may append to one file.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME

    def last(self) -> Checkpoint | None:
        """The newest checkpoint, None while there is none. Raises NotACheckpoint."""
        with self._opened() as file:
            return _last(file)

    def extend(self, checkpoints: list[Checkpoint]) -> None:
        """Append those that are newer than the last; they are synced to disk when it returns.

        Raises NotACheckpoint when the file ends with something else.
        """
        with self._opened() as file:
            last = _last(file)
            newer = [each for each in checkpoints if last is None or each.size > last.size]
            if newer:
                file.seek(0, os.SEEK_END)
                parting = "\n" if file.tell() else ""
                file.write((parting + "\n".join(each.note for each in newer)).encode())
                file.flush()
                os.fsync(file.fileno())

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file, locked by this process."""
        is_new = not self.path.exists()
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                _sync_folder(self.path.parent)
            yield file


def _last(file: BinaryIO) -> Checkpoint | None:
    """The last checkpoint, after truncating a partial one that a crash left after it.

    A longer rest was not left by a crash: the file was changed, and is left as it is. Raises
    NotACheckpoint.
    """
    start, tail = _tail(file)
    found = last_note(tail)
    end = found[1] if found else 0
    if len(tail) - end > _NOTE_BYTES:
        raise NotACheckpoint("the file does not end with a checkpoint")
    if end < len(tail):
        file.truncate(start + end)
    return found[0] if found else None


def _tail(file: BinaryIO) -> tuple[int, bytes]:
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL_BYTES)
    file.seek(start)
    return start, file.read()


def _sync_folder(folder: Path) -> None:
    """Sync the directory entry of the file, not only its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
