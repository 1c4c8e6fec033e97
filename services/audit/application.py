"""The use cases of audit: record, search, prove, publish checkpoints."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from chassis.config import ConfigError, secret, setting, whole_number
from chassis.errors import CodedError, Refuse
from chassis.logs import logger
from chassis.runtime import Runtime
from chassis.validation import read_or_park
from contracts.events import read_event
from services.audit.checkpoint_file import CheckpointFile
from services.audit.checkpoint_publisher import (
    CheckpointInterval,
    CheckpointPublisher,
    HistoryChanged,
)
from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, Signer, public_pem
from services.audit.domain.entry import Entry, read_entries, read_entry
from services.audit.domain.event_entry import event_entry
from services.audit.domain.leaf import (
    SALT_BYTES,
    CommittedEntry,
    canonical,
    commit_detail,
    recorded_entry,
)
from services.audit.group_commit import GroupCommit
from services.audit.sequencer import Receipt, Sequencer
from services.audit.store import Log, LogDamaged

_READY_SECONDS = 1.0
_CURSOR = re.compile("([0-9]{1,15})-([0-9]{1,15})")

_log = logger(__name__)


class SearchPage(TypedDict):
    """`RecordedEntry`s (contracts) in the order of the log, and the cursor of the next page."""

    entries: list[dict[str, Any]]
    next: str | None


class InclusionProof(TypedDict):
    """An inclusion proof (RFC 9162, section 2.1.3); hashes in hex, the leaf as canonical JSON."""

    index: int
    size: int
    leaf: str
    leaf_hash: str
    path: list[str]
    checkpoint: dict[str, Any]


class CheckpointPage(TypedDict):
    """Checkpoints, the newest first; `next` is the size to continue after, the key is PEM."""

    checkpoints: list[dict[str, Any]]
    next: int | None
    public_key: str


class Audit:
    """The log and its proofs. Creating it needs the database and the folder of checkpoints."""

    def __init__(
        self,
        runtime: Runtime,
        signer: Signer,
        folder: Path,
        interval: CheckpointInterval,
        lost_at: int = 0,
    ) -> None:
        self._log = Log(runtime)
        self._signer = signer
        file = CheckpointFile(folder)
        self._publisher = CheckpointPublisher(
            self._log, file, signer, runtime.clock, interval, lost_at
        )
        self._sequencer = Sequencer(self._log, runtime.clock, self._publisher.verify_consistency)
        self._commits: GroupCommit[CommittedEntry] = GroupCommit(self._sequencer.commit)

    def record(self, payload: object) -> list[Receipt]:
        """Append the entries of a request, all or none; returns once they are durable."""
        return self._append(read_entries(payload))

    def record_event(self, event: dict[str, Any]) -> None:
        """Append an entry for a domain event, once however often it is delivered."""
        read_or_park(read_event, event)
        self._append([read_entry(event_entry(event))])

    def search(self, request: dict[str, Any]) -> SearchPage:
        """A page of recorded entries in the order of the log.

        A search ends where the log ended when its first page was read: reading the record adds to
        it, and whoever pages through it would otherwise never come to an end.
        """
        limit = request.pop("limit")
        with_decision = request.pop("detail")
        cursor = request.pop("after")
        after, last = (-1, self._log.last_index()) if cursor is None else _parse_cursor(cursor)
        found = self._log.search(request, after, last, limit + 1, with_decision=with_decision)
        page = [recorded_entry(each, with_decision=with_decision) for each in found[:limit]]
        more = f"{page[-1]['index']}-{last}" if len(found) > limit else None
        return {"entries": page, "next": more}

    def proof(self, request: Mapping[str, Any]) -> InclusionProof:
        """The inclusion proof of an entry in a checkpoint; by default in the newest."""
        index = request["index"]
        stored = self._log.entry(index, request["agreements"])
        checkpoint = None if stored is None else self._checkpoint_for(index, request["size"])
        if stored is None or checkpoint is None:
            raise Refuse("not_found")
        spans = tree.inclusion_spans(index, checkpoint.size)
        leaf = canonical(stored["leaf"])
        hashed = tree.leaf_hash(leaf)
        path = tree.hash_spans(spans, self._log.hashes(tree.subtrees(spans)))
        if not tree.is_included(hashed, index, path, checkpoint.head):
            raise HistoryChanged(f"entry {index} is not the one that was signed")
        return {
            "index": index,
            "size": checkpoint.size,
            "leaf": leaf.decode(),
            "leaf_hash": hashed.hex(),
            "path": [step.hex() for step in path],
            "checkpoint": checkpoint.as_json(),
        }

    def checkpoints(self, after: int | None, limit: int) -> CheckpointPage:
        """A page of checkpoints, the newest first."""
        found = self._log.checkpoints(after, limit + 1)
        page = [each.as_json() for each in found[:limit]]
        return {
            "checkpoints": page,
            "next": page[-1]["size"] if len(found) > limit else None,
            "public_key": public_pem(self._signer.public_key),
        }

    def tick(self) -> None:
        """Publish a checkpoint when one is due; to be called about every second.

        Raises HistoryChanged, LogDamaged or NotACheckpoint when the log is not consistent with
        its last checkpoint; nothing is recorded then, until it is again.
        """
        try:
            self._publisher.tick()
        except (HistoryChanged, LogDamaged, NotACheckpoint):
            self._sequencer.forget_end()
            raise

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that are not recorded."""
        return self._log.lacking(event_ids)

    def ready(self) -> bool:
        """Whether entries can be appended: the log is there and consistent with what was signed."""
        try:
            self._publisher.verify_consistency(self._log.end(_READY_SECONDS).head)
        except (HistoryChanged, LogDamaged, NotACheckpoint, OSError, CodedError) as error:
            _log.error("not_ready", exc_info=error)
            return False
        return True

    def _append(self, entries: list[Entry]) -> list[Receipt]:
        committed = [commit_detail(entry, os.urandom(SALT_BYTES)) for entry in entries]
        receipts: list[Receipt] = self._commits.submit(committed)
        return receipts

    def _checkpoint_for(self, index: int, size: int | None) -> Checkpoint | None:
        if size is None:
            return self._publisher.checkpoint_including(index)
        found = self._log.checkpoints(size + 1, 1)
        return found[0] if found and found[0].size == size > index else None


def _parse_cursor(cursor: str) -> tuple[int, int]:
    """The indexes of the entry before the page and of the last one of the search.

    Raises Refuse("cursor_invalid").
    """
    parsed = _CURSOR.fullmatch(cursor)
    if parsed is None:
        raise Refuse("cursor_invalid")
    return int(parsed[1]), int(parsed[2])


def open_audit(runtime: Runtime) -> Audit:
    """Audit with the settings of the environment. Raises ConfigError."""
    interval = CheckpointInterval(
        entries=whole_number("KETENAANPAK_CHECKPOINT_ENTRIES", 1000),
        seconds=whole_number("KETENAANPAK_CHECKPOINT_SECONDS", 10),
    )
    origin = setting("KETENAANPAK_ORIGIN", "ketenaanpak-audit")
    pem = secret("KETENAANPAK_SIGNING_KEY")
    try:
        signer = Signer.from_pem(origin, pem)
    except ValueError as error:
        raise ConfigError({"KETENAANPAK_SIGNING_KEY": str(error)}) from None
    lost_at = whole_number("KETENAANPAK_CHECKPOINT_FILE_LOST_AT", 0) or 0
    folder = Path(setting("KETENAANPAK_CHECKPOINT_DIR"))
    return Audit(runtime, signer, folder, interval, lost_at)
