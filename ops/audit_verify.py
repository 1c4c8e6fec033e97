"""`ketenaanpak audit verify`: re-computes the whole log and compares it with what was signed.

Everything that is stored is computed again from the leaves and details: the hash of each leaf, the
commitment to each detail, each hash of the tree, the root at each checkpoint, each signature. The
checkpoints that count are those of a file held outside the database.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymongo import ASCENDING, DESCENDING, MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from deploy.local.platform import Platform
from deploy.local.trouble import Trouble
from ops.audit_reading import Reading, Report
from ops.place import find_local
from services.audit.domain import checkpoint as signed
from services.audit.domain.checkpoint import Checkpoint, NotACheckpoint, is_signed, read_notes

CHECKPOINTS = "checkpoints.txt"
_STEP = 500
_SIGNING_SECONDS = 15.0

Progress = Callable[[int], None]
Log = Database[dict[str, Any]]

app = typer.Typer(no_args_is_help=True, help="The record: whether it stands.")


def verify(
    log: Log,
    checkpoints: str,
    key: Ed25519PublicKey,
    progress: Progress,
    known: Sequence[str] = (),
) -> Report:
    """What comes of reading the whole log, beside the text of a checkpoint file.

    `known` are problems that were found before. `progress` is told how many entries have been
    read. Raises PyMongoError when the database cannot be read to its end.
    """
    problems = list(known)
    held = _trusted(_notes(checkpoints, problems), key, "file", problems)
    stored = _trusted(_stored(log), key, "database", problems)
    _compare(held, stored, problems)
    if not held and not stored and log["leaves"].find_one({}, {"_id": 1}):
        problems.append(
            "checkpoints: none in the file and none in the database, nothing proves these entries"
        )
    reading = Reading(held, stored, problems)
    for number, document in enumerate(_documents(log), start=1):
        reading.take(document)
        if number % _STEP == 0:
            progress(number)
    return reading.finish()


@app.callback()
def audit() -> None:
    """The record: whether it stands."""


@app.command("verify")
def verify_command(
    mongo_url: Annotated[
        str | None,
        typer.Option(envvar="KETENAANPAK_MONGO_URL", help="database, as the user `auditor`"),
    ] = None,
    checkpoints: Annotated[Path | None, typer.Option(help="checkpoint file held outside")] = None,
    public_key: Annotated[Path | None, typer.Option(help="PEM of the key that signs")] = None,
) -> None:
    """Re-compute the whole log; exit 1 when something was changed, removed or put in.

    What is not given is taken from the local run.
    """
    if mongo_url is None or checkpoints is None or public_key is None:
        local = find_local()
        mongo_url = mongo_url or local.parts.mongo_url("auditor")
        checkpoints = checkpoints or local.checkpoints / CHECKPOINTS
        public_key = public_key or local.audit_public_key
    if not _verify_and_tell(mongo_url, checkpoints, public_key, Console()).stands:
        raise typer.Exit(1)


def verify_local(platform: Platform, console: Console) -> Report:
    """Verify the log of a local run, once what it holds now has been signed; prints the report."""
    url = platform.parts.mongo_url("auditor")
    file = platform.checkpoints / CHECKPOINTS
    _wait_until_signed(url, file)
    return _verify_and_tell(url, file, platform.audit_public_key, console)


def _verify_and_tell(url: str, checkpoints: Path, key: Path, console: Console) -> Report:
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
        raise Trouble(
            f"the database could not be read ({type(error).__name__})",
            "check that MongoDB runs and that the URL is that of the user `auditor`",
        ) from error
    tell(report, console)
    return report


def tell(report: Report, console: Console) -> None:
    """Print what was checked and what was found."""
    table = Table(show_header=False, box=None)
    for name, value in report.facts():
        table.add_row(name, value)
    console.print(table)
    for problem in report.problems:
        console.print(f"[red]✗[/] {problem}", highlight=False, soft_wrap=True)
    if report.more_problems:
        console.print(f"[red]✗[/] and {report.more_problems} more", highlight=False)
    verdict = "[green]✓ the record stands[/]" if report.stands else "[red]the record is broken[/]"
    console.print(verdict, highlight=False)


def _open(url: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(url, serverSelectionTimeoutMS=5000, readConcernLevel="majority")


def _documents(log: Log) -> Iterator[dict[str, Any]]:
    return log["leaves"].find({}, sort=[("_id", ASCENDING)], batch_size=_STEP)


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
    """Checkpoints by size: those that the key signed, one after the other, for one log."""
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
    """What the file holds the database must hold; the file may be an older copy without holes."""
    for size in sorted(held.keys() - stored.keys()):
        problems.append(f"checkpoint at {size} entries: removed from the database")
    for size in sorted(stored.keys() - held.keys()):
        if held and size < max(held):
            problems.append(f"checkpoint at {size} entries: removed from the file")
    if stored and not held:
        problems.append(f"checkpoint file: holds none of the {len(stored)} of the database")


def _read(path: Path) -> tuple[str, list[str]]:
    """The text of the file, and what is wrong with the file itself.

    That it is gone is a finding: else removing it would hide what it proves.
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
        raise Trouble(
            f"{path} holds no Ed25519 public key in PEM",
            "name the key that you were given with --public-key",
        ) from error


def _wait_until_signed(url: str, file: Path) -> None:
    """Wait for a checkpoint of what the log holds now; it is made within seconds, or told so."""
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
