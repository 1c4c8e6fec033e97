"""`ketenaanpak staff import`: takes in who the staff are, so that nobody meets the own case."""

import json
import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.errors import ActionableError
from deploy.local.platform import ROOT, staff_import_command
from ops.registered_staff import check_staff
from ops.tables import print_table
from ops.targets import find_targets

app = typer.Typer(no_args_is_help=True, help="Staff: by what they are recognised.")


@app.callback()
def staff() -> None:
    """Staff: by what they are recognised."""


@app.command("import")
def import_staff(
    file: Annotated[Path, typer.Argument(help="JSON or CSV; docs/runbook.md says what it holds")],
    dry_run: Annotated[bool, typer.Option(help="only say what would be done")] = False,
) -> None:
    """Register by what staff are recognised, and wall them off from the cases they may be part of.

    The platform need not stop. What the file says of a person is kept as keyed matches only:
    destroy the file afterwards. Elsewhere than on the local run the command needs the environment
    of intake.
    """
    targets = find_targets()
    local = targets.local
    environment = local.settings.of_service("intake") if local else dict(os.environ)
    done = subprocess.run(
        [*staff_import_command(file.resolve()), *(["--dry-run"] if dry_run else [])],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        what = (done.stderr.strip().splitlines() or ["it failed"])[-1]
        raise ActionableError(what, "correct the file, or the environment, and import it again")
    counts = json.loads(done.stdout.splitlines()[-1])
    title = "staff: what would be done" if dry_run else "staff: what was done"
    print_table(title, ("what", "number"), [(name, str(one)) for name, one in counts.items()], ())
    found = check_staff(targets)
    print(f"staff: {found.detail}")
    if found.remedy:
        print(f"→ {found.remedy}")
