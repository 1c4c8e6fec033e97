"""`ketenaanpak migrate`: puts what an earlier version stored in its present form."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import Progress as Bar

from chassis.config import ConfigError
from chassis.errors import CodedError
from chassis.migrations import AlreadyRunning, Migrations, NotYet, StepStatus
from deploy.local.errors import ActionableError
from deploy.local.migrations import migrations_of
from deploy.local.settings import SERVICES
from ops.check_result import CheckResult
from ops.tables import print_table
from ops.targets import Targets, find_targets

STEPS_WAIT = 3
"""The exit code of `status` when something has to be run before this version serves."""

_COLUMNS = ("service", "step", "phase", "state", "documents", "left", "what it does")

app = typer.Typer(no_args_is_help=True, help="What an earlier version stored otherwise.")

Services = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SERVICE]...", help="all of the local run; elsewhere the one of the environment"
    ),
]


@app.command("status")
def status(services: Services = None) -> None:
    """List the steps, and how many documents wait for each.

    The exit code is 3 when a step that expands waits: this version of its service does not serve.
    """
    _print_status(_asked(services))


@app.command("run")
def run(
    services: Services = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would be done, as `status` does")
    ] = False,
    contract: Annotated[
        bool,
        typer.Option(
            "--contract",
            help="also remove what only the earlier version read, once no process of it runs",
        ),
    ] = False,
) -> None:
    """Run what expands, and go on where an earlier run stopped.

    It may be repeated, and stopped at any moment. The exit code is 1 when it did not get to the
    end; documents that cannot be opened, as their key was destroyed, are left and counted.
    """
    asked = _asked(services)
    if dry_run:
        _print_status(asked)
        return
    console = Console()
    for service in asked:
        with _migrations(service) as migrations:
            _run(service, migrations, console, contract=contract)


def check_migrations(targets: Targets) -> Iterator[CheckResult]:
    """Check each service whose database and keys are known, as `check_master_keys` does."""
    for service in SERVICES if targets.local is not None else _named_by_environment():
        part = f"migrations {service}"
        try:
            with _migrations(service) as migrations:
                yield judge(part, service, migrations.status())
        except (ActionableError, ConfigError) as error:
            remedy = "to look at them, give the whole environment of the service itself"
            yield CheckResult(part, "look", f"not looked at ({type(error).__name__})", remedy)


def judge(part: str, service: str, found: Sequence[StepStatus]) -> CheckResult:
    """The result for the steps of a service."""
    waiting = [one for one in found if one.state == "waits"]
    if not waiting:
        return CheckResult(part, "well", f"{len(found)} steps, none waits")
    counts = ", ".join(f"{one.step.name} for {one.pending} documents" for one in waiting)
    if any(one.step.phase == "expand" for one in waiting):
        remedy = f"`ketenaanpak migrate run {service}`"
    else:
        remedy = (
            f"`ketenaanpak migrate run --contract {service}`, once no process of the earlier"
            " version runs and none will again"
        )
    return CheckResult(part, "look", f"waiting: {counts}", remedy)


def _asked(services: Sequence[str] | None) -> Sequence[str]:
    for service in services or ():
        if service not in SERVICES:
            raise ActionableError(
                f"there is no service {service}", f"services are: {', '.join(SERVICES)}"
            )
    if find_targets().local is not None:
        return services or SERVICES
    if services is None or len(services) != 1:
        raise ActionableError(
            "it is not said whose environment this is", "name the one service that it is of"
        )
    return services


def _named_by_environment() -> Sequence[str]:
    """The service whose own environment this is, if it is that of one."""
    database = os.environ.get("KETENAANPAK_DATABASE", "")
    return (database,) if database in SERVICES else ()


@contextmanager
def _migrations(service: str) -> Iterator[Migrations]:
    local = find_targets().local
    environment = os.environ if local is None else local.settings.of_service(service)
    try:
        with migrations_of(service, environment) as migrations:
            yield migrations
    except AlreadyRunning as error:
        raise ActionableError(
            f"somebody else runs the steps of {service}",
            "wait until they are done; one who was killed counts for half a minute",
        ) from error
    except NotYet as error:
        raise ActionableError(
            f"{service} still needs {error}", f"`ketenaanpak migrate run {service}` first"
        ) from error
    except (CodedError, PyMongoError, OSError) as error:
        raise ActionableError(
            f"the database of {service} does not do it ({type(error).__name__})",
            "`ketenaanpak doctor` looks at every part; then run the command again",
        ) from error


def _print_status(services: Sequence[str]) -> None:
    found: dict[str, list[StepStatus]] = {}
    for service in services:
        with _migrations(service) as migrations:
            found[service] = migrations.status()
    rows = [
        (
            *(service, one.step.name, one.step.phase, one.state),
            *(str(one.pending), str(one.left), one.step.summary),
        )
        for service, steps in found.items()
        for one in steps
    ]
    print_table("migrations", _COLUMNS, rows, ("service", "step"))
    steps = [one for steps in found.values() for one in steps]
    if any(one.step.phase == "expand" and one.state == "waits" for one in steps):
        raise typer.Exit(STEPS_WAIT)


def _run(service: str, migrations: Migrations, console: Console, *, contract: bool) -> None:
    waiting = {one.step.name: one.pending for one in migrations.status()}
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {name: bar.add_task(name, total=count) for name, count in waiting.items() if count}
        for progress in migrations.run(contract=contract):
            name = progress.step.name
            if name in tasks:
                bar.update(tasks[name], completed=progress.changed)
            if progress.is_done:
                left = f", {progress.left} left that cannot be opened" if progress.left else ""
                bar.console.print(f"{service}  {name}: {progress.changed} changed{left}")
