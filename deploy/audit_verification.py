"""Verifies the whole audit log and prints what was found.

Everything that is stored is computed again from the leaves and details: the hash of each leaf, the
commitment to each detail, each hash of the tree, the root at each checkpoint, each signature. The
checkpoints that count are those of a file held outside the database.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymongo import ASCENDING, DESCENDING, MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from deploy.local.errors import ActionableError
from deploy.local.platform import Platform
from services.audit.domain import checkpoint as signed
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, is_signed, read_notes
from services.audit.domain.log_check import LogCheck, Report

CHECKPOINTS = "checkpoints.txt"
_BATCH = 500
_SIGNING_SECONDS = 15.0

Progress = Callable[[int], None]
Log = Database[dict[str, Any]]


def verify(
    log: Log,
    checkpoints: str,
    key: Ed25519PublicKey,
    progress: Progress,
    earlier_problems: Sequence[str] = (),
) -> Report:
    """Verify a log with the text of a checkpoint file and the public key that signed it.

    Calls `progress` with the number of entries read. The report includes `earlier_problems`.
    Raises PyMongoError when the database cannot be read to its end.
    """
    problems = list(earlier_problems)
    held = _trusted(_notes(checkpoints, problems), key, "file", problems)
    stored = _trusted(_stored(log), key, "database", problems)
    _compare(held, stored, problems)
    if not held and not stored and log["leaves"].find_one({}, {"_id": 1}):
        problems.append(
            "checkpoints: none in the file and none in the database, nothing proves these entries"
        )
    check = LogCheck(held, stored, problems)
    leaves = log["leaves"].find({}, sort=[("_id", ASCENDING)], batch_size=_BATCH)
    for number, leaf in enumerate(leaves, start=1):
        check.add(leaf)
        if number % _BATCH == 0:
            progress(number)
    return check.finish()


def verify_local(platform: Platform, console: Console) -> Report:
    """Verify the log of a local run once all its entries are signed; prints the report."""
    url = platform.parts.mongo_url("auditor")
    file = platform.checkpoints / CHECKPOINTS
    _wait_until_signed(url, file)
    return verify_and_print(url, file, platform.audit_public_key, console)


def verify_and_print(url: str, checkpoints: Path, key: Path, console: Console) -> Report:
    """Verify the log in the database of `url`, and print the report.

    `checkpoints` is the checkpoint file, `key` the public key in PEM. Raises ActionableError when
    the database or the key cannot be read.
    """
    text, missing = _read(checkpoints)
    signer = _read_key(key)
    try:
        with _open(url) as client, Bar(console=console, transient=True) as bar:
            task = bar.add_task("entries", total=None)
            report = verify(
                client.get_default_database(),
                text,
                signer,
                lambda count: bar.update(task, completed=count, description=f"{count} entries"),
                missing,
            )
    except PyMongoError as error:
        raise ActionableError(
            f"the database could not be read ({type(error).__name__})",
            "check that MongoDB runs and that the URL is that of the user `auditor`",
        ) from error
    print_report(report, console)
    return report


def print_report(report: Report, console: Console) -> None:
    """Print what was verified and each problem."""
    table = Table(show_header=False, box=None)
    for name, value in report.facts():
        table.add_row(name, value)
    console.print(table)
    for problem in report.problems:
        console.print(f"[red]✗[/] {problem}", highlight=False, soft_wrap=True)
    if report.more_problems:
        console.print(f"[red]✗[/] and {report.more_problems} more", highlight=False)
    good, bad = "[green]✓ the record stands[/]", "[red]the record is broken[/]"
    console.print(good if report.is_intact else bad, highlight=False)


def _open(url: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(url, serverSelectionTimeoutMS=5000, readConcernLevel="majority")


def _stored(log: Log) -> Iterator[Checkpoint]:
    for document in log["checkpoints"].find({}, sort=[("_id", ASCENDING)]):
        yield Checkpoint(size=document.pop("_id"), **document)


def _notes(text: str, problems: list[str]) -> Iterator[Checkpoint]:
    try:
        yield from read_notes(text)
    except NotACheckpoint as error:
        problems.append(f"checkpoint file: {error}")


def _trusted(
    checkpoints: Iterable[Checkpoint], key: Ed25519PublicKey, where: str, problems: list[str]
) -> dict[int, Checkpoint]:
    """Those of the checkpoints that the key signed, by size; anything else is a problem."""
    trusted: dict[int, Checkpoint] = {}
    before: Checkpoint | None = None
    for each in checkpoints:
        name = f"checkpoint at {each.size} entries ({where})"
        if not is_signed(each, key):
            problems.append(f"{name}: not signed with this key")
            continue
        if before and (each.size <= before.size or each.time < before.time):
            problems.append(f"{name}: older than the one before it")
        if before and each.origin != before.origin:
            problems.append(f"{name}: of another log, {each.origin}")
        trusted[each.size] = before = each
    return trusted


def _compare(
    held: Mapping[int, Checkpoint], stored: Mapping[int, Checkpoint], problems: list[str]
) -> None:
    """The database must hold all of the file; the file may be an older copy, but without gaps."""
    for size in sorted(held.keys() - stored.keys()):
        problems.append(f"checkpoint at {size} entries: removed from the database")
    for size in sorted(stored.keys() - held.keys()):
        if held and size < max(held):
            problems.append(f"checkpoint at {size} entries: removed from the file")
    if stored and not held:
        problems.append(f"checkpoint file: holds none of the {len(stored)} of the database")


def _read(path: Path) -> tuple[str, list[str]]:
    """The text of the file, and the problem when there is none.

    A missing file is a problem of the log: else removing it would hide what it proves.
    """
    try:
        return path.read_text(encoding="utf-8"), []
    except FileNotFoundError:
        return "", [f"checkpoint file: {path} is not there; --checkpoints names another copy"]
    except UnicodeDecodeError:
        return "not text\n", []


def _read_key(path: Path) -> Ed25519PublicKey:
    try:
        return signed.public_key(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ActionableError(
            f"{path} holds no Ed25519 public key in PEM",
            "name the key that you were given with --public-key",
        ) from error


def _wait_until_signed(url: str, file: Path) -> None:
    """Wait until a checkpoint covers all entries, for 15 seconds at most."""
    limit = time.monotonic() + _SIGNING_SECONDS
    with _open(url) as client:
        leaves = client.get_default_database()["leaves"]
        last = leaves.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
    size = 0 if last is None else last["_id"] + 1
    while time.monotonic() < limit:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if any(each.size >= size for each in _notes(text, [])):
            return
        time.sleep(0.2)
