"""`ketenaanpak audit verify`: verifies the whole audit log (deploy/audit_verification.py)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.audit_verification import CHECKPOINTS, verify_and_print
from ops.targets import find_local_platform

app = typer.Typer(no_args_is_help=True, help="The record: whether it stands.")


@app.callback()
def audit() -> None:
    """The record: whether it stands."""


@app.command("verify")
def verify(
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
        local = find_local_platform()
        mongo_url = mongo_url or local.parts.mongo_url("auditor")
        checkpoints = checkpoints or local.checkpoints / CHECKPOINTS
        public_key = public_key or local.audit_public_key
    if not verify_and_print(mongo_url, checkpoints, public_key, Console()).is_intact:
        raise typer.Exit(1)
