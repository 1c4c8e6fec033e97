"""What audit does with a call or an event: records, searches, proves."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.config import ConfigError, secret, setting, whole_number
from chassis.errors import CodedError, Refuse
from chassis.logs import logger
from chassis.runtime import Runtime
from chassis.validation import read_or_park
from contracts.events import read_event
from services.audit.batches import Batches
from services.audit.checkpoint_file import CheckpointFile
from services.audit.domain import tree
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, Signer, public_pem
from services.audit.domain.entry import Entry, read_entries, read_entry
from services.audit.domain.heard import entry_of
from services.audit.domain.leaf import SALT_BYTES, Sealed, canonical, recorded_entry, seal
from services.audit.notary import HistoryChanged, Notary, Rhythm
from services.audit.sequencer import Sequencer
from services.audit.store import Log, LogDamaged

_READY_SECONDS = 1.0

_log = logger(__name__)


class Audit:
    """The record, and its proofs. Making it needs the database and the folder of checkpoints."""

    def __init__(
        self, runtime: Runtime, signer: Signer, folder: Path, rhythm: Rhythm, lost_at: int = 0
    ) -> None:
        self._log = Log(runtime)
        self._signer = signer
        file = CheckpointFile(folder)
        self._notary = Notary(self._log, file, signer, runtime.clock, rhythm, lost_at)
        self._sequencer = Sequencer(self._log, runtime.clock, self._notary.approve)
        self._batches: Batches[Sealed] = Batches(self._sequencer.commit)

    def record(self, payload: object) -> dict[str, Any]:
        """Receipts for the entries of a request, which are durable by then, all or none."""
        return {"receipts": self._keep(read_entries(payload))}

    def hear(self, event: dict[str, Any]) -> None:
        """Record a domain event, once however often it is heard."""
        read_or_park(read_event, event)
        self._keep([read_entry(entry_of(event))])

    def search(self, question: dict[str, Any]) -> dict[str, Any]:
        """A page of recorded entries in the order of the log."""
        limit = question.pop("limit")
        with_decision = question.pop("detail")
        after = _place(question.pop("after"))
        found = self._log.search(question, after, limit + 1, with_decision=with_decision)
        page = [recorded_entry(each, with_decision=with_decision) for each in found[:limit]]
        return {"entries": page, "next": str(page[-1]["index"]) if len(found) > limit else None}

    def proof(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """That an entry is in the log, up to a checkpoint; by default up to the newest."""
        index = request["index"]
        document = self._log.entry(index, request["agreements"])
        checkpoint = None if document is None else self._checkpoint_for(index, request["size"])
        if document is None or checkpoint is None:
            raise Refuse("not_found")
        spans = tree.inclusion_spans(index, checkpoint.size)
        leaf = canonical(document["leaf"])
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

    def checkpoints(self, after: int | None, limit: int) -> dict[str, Any]:
        """A page of checkpoints, the newest first."""
        found = self._log.checkpoints(after, limit + 1)
        page = [each.as_json() for each in found[:limit]]
        return {
            "checkpoints": page,
            "next": page[-1]["size"] if len(found) > limit else None,
            "public_key": public_pem(self._signer.public_key),
        }

    def tick(self) -> None:
        """Sign a checkpoint when it is time; to be called every second or so.

        Raises HistoryChanged, LogDamaged or NotACheckpoint when the log is not the one that was
        signed; nothing is recorded then, until it is again.
        """
        try:
            self._notary.tick()
        except (HistoryChanged, LogDamaged, NotACheckpoint):
            self._sequencer.doubt()
            raise

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that are not recorded."""
        return self._log.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the log can be added to: it is there, and it is the one that was signed."""
        try:
            self._notary.approve(self._log.end(_READY_SECONDS).head)
        except (HistoryChanged, LogDamaged, NotACheckpoint, OSError, CodedError) as error:
            _log.error("not_ready", exc_info=error)
            return False
        return True

    def _keep(self, entries: list[Entry]) -> list[dict[str, Any]]:
        sealed = [seal(entry, os.urandom(SALT_BYTES)) for entry in entries]
        receipts: list[dict[str, Any]] = self._batches.submit(sealed)
        return receipts

    def _checkpoint_for(self, index: int, size: int | None) -> Checkpoint | None:
        if size is None:
            return self._notary.covering(index)
        found = self._log.checkpoints(size + 1, 1)
        return found[0] if found and found[0].size == size > index else None


def _place(after: str | None) -> int:
    """The index that a page begins behind."""
    if after is None:
        return -1
    if not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise Refuse("cursor_invalid")
    return int(after)


def open_audit(runtime: Runtime) -> Audit:
    """Audit with the settings of the environment. Raises ConfigError."""
    rhythm = Rhythm(
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
    return Audit(runtime, signer, folder, rhythm, lost_at)
