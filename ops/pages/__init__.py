"""`ketenaanpak docs`: files that are generated from the code, above all pages of `docs/`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from ops.pages import api, deadlines, events, purposes, steps
from services.intake import transitions_table

ROOT: Final = Path(__file__).parents[2]

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "gateway/http/purposes.json": purposes.render,
    "docs/api.md": api.render,
    "docs/deadlines.md": deadlines.render,
    "docs/events.md": events.render,
    "docs/steps.md": steps.render,
    "docs/transitions.md": transitions_table.render,
}
"""File → its renderer, in this order: the page of the API depends on the file before it."""

Check = Annotated[bool, typer.Option("--check", help="write nothing, name what is out of date")]


def docs(check: Check = False) -> None:
    """Make what is generated from the code, above all the pages of docs/."""
    outdated = False
    for name, render in PAGES.items():
        text = render()
        if _is_current(ROOT / name, text):
            continue
        outdated = True
        if check:
            print(f"{name} is out of date")
        else:
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"{name} written")
    if check:
        raise typer.Exit(1 if outdated else 0)
    if not outdated:
        print("docs are up to date")


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
