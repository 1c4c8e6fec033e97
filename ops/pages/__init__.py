"""Pages of `docs/` that are made from the code, and kept equal to it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from ops.pages import api, events
from services.intake import transitions_table

DOCS: Final = Path(__file__).parents[2] / "docs"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "api.md": api.render,
    "events.md": events.render,
    "transitions.md": transitions_table.render,
}
"""File name in `docs/` → what makes its text."""

Check = Annotated[bool, typer.Option("--check", help="write nothing, name what is out of date")]


def docs(check: Check = False) -> None:
    """Make the pages of docs/ that are generated from the code."""
    late = [name for name, make in PAGES.items() if not _is_current(DOCS / name, make())]
    if check:
        for name in late:
            print(f"docs/{name} is out of date")
        raise typer.Exit(1 if late else 0)
    for name in late:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/{name} written")
    if not late:
        print("docs are up to date")


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
