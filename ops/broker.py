"""`ketenaanpak topology`: shows the declared topology and compares the broker with it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chassis.bus import topology
from deploy.local.errors import ActionableError
from deploy.rabbitmq import definitions
from deploy.rabbitmq.definitions import Definitions
from ops.targets import find_local_platform

_KEYS = {
    "exchanges": ("name",),
    "queues": ("name",),
    "bindings": ("source", "routing_key", "destination"),
    "permissions": ("user",),
    "topic_permissions": ("user", "exchange"),
}
"""Kind of definition → the members that identify one, within our virtual host."""

_REPLIES = topology.reply_queue("", "").rstrip(".") + "."

Exported = Annotated[
    Path | None,
    typer.Argument(help="a file of `rabbitmqctl export_definitions`, - for standard input"),
]

app = typer.Typer(no_args_is_help=True, help="Exchanges, queues, bindings and rights.")


@app.command("show")
def show() -> None:
    """Print what the code declares."""
    declared = declared_definitions()
    console = Console()
    console.print(_queues(declared))
    console.print(_rights(declared))


@app.command("compare")
def compare(exported: Exported = None) -> None:
    """Compare the broker's own definitions with the declared ones; of the local run by default.

    The exit code is 1 when they differ, and each difference is named.
    """
    found = differences(declared_definitions(), _read(exported))
    if found:
        print("\n".join(found))
        raise typer.Exit(1)
    print("the broker holds what is declared")


def declared_definitions() -> Definitions:
    """The definitions as rendered for a broker, without users and their passwords."""
    rendered = definitions.render(dict.fromkeys(definitions.users(), ""))
    return {kind: rendered[kind] for kind in _KEYS}


def differences(declared: Definitions, found: Definitions) -> list[str]:
    """Each difference as a sentence; empty when the broker holds exactly what is declared.

    Members that an export leaves out, which depends on the broker's version, are not compared.
    """
    return [text for kind in _KEYS for text in _differ(kind, declared, found)]


def _differ(kind: str, declared: Definitions, found: Definitions) -> Iterator[str]:
    wanted, held = _by_key(kind, declared), _by_key(kind, found)
    for key in sorted(wanted.keys() | held.keys()):
        what = f"{kind.removesuffix('s').replace('_', ' ')} {' → '.join(key)}"
        if key not in held:
            yield f"{what} is missing"
        elif key not in wanted:
            yield f"{what} is not declared"
        else:
            yield from (
                f"{what} has {name} {held[key][name]!r}, declared is {value!r}"
                for name, value in wanted[key].items()
                if name in held[key] and held[key][name] != value
            )


def _by_key(kind: str, source: Definitions) -> dict[tuple[str, ...], dict[str, Any]]:
    ours = (
        row
        for row in source.get(kind, ())
        if row.get("vhost") == definitions.VHOST and not _is_of_a_connection(row)
    )
    return {tuple(row[name] for name in _KEYS[kind]): row for row in ours}


def _is_of_a_connection(row: dict[str, Any]) -> bool:
    """Whether a queue is the reply queue of an open connection, or a binding leads to one."""
    return str(row.get("destination", row.get("name", ""))).startswith(_REPLIES)


def _read(exported: Path | None) -> Definitions:
    if exported is None:
        return find_local_platform().parts.rabbitmq.export_definitions()
    try:
        text = sys.stdin.read() if str(exported) == "-" else exported.read_text("utf-8")
        definitions_read: Definitions = json.loads(text)
    except (OSError, ValueError) as error:
        raise ActionableError(
            f"{exported} does not hold a broker's definitions ({type(error).__name__})",
            "make the file with `rabbitmqctl export_definitions FILE`",
        ) from error
    return definitions_read


def _queues(declared: Definitions) -> Table:
    table = Table(title="queues and what reaches them")
    for column in ("queue", "arguments", "bound to"):
        table.add_column(column, overflow="fold")
    for queue in declared["queues"]:
        bound = [
            f"{binding['source']}: {binding['routing_key']}"
            for binding in declared["bindings"]
            if binding["destination"] == queue["name"]
        ]
        arguments = [f"{name}={value}" for name, value in queue["arguments"].items()]
        table.add_row(queue["name"], "\n".join(arguments), "\n".join(bound))
    return table


def _rights(declared: Definitions) -> Table:
    table = Table(title="rights (regular expressions)")
    for column in ("user", "on", "configure", "write", "read"):
        table.add_column(column, overflow="fold")
    for row in declared["permissions"]:
        table.add_row(row["user"], "names", row["configure"], row["write"], row["read"])
    for row in declared["topic_permissions"]:
        table.add_row(row["user"], f"keys of {row['exchange']}", "", row["write"], row["read"])
    return table
