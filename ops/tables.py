"""Tables in a terminal of any width: what somebody copies out of them stands whole on one line."""

from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

_ANY_WIDTH = 10_000
_LEAST = 8
"""Columns that a text which may wrap needs to stay readable."""


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[str]
) -> None:
    """Print rows of text; what stands in the columns of `whole` is never wrapped or cut.

    Other columns wrap where the terminal is narrow; where that is not enough, each row becomes
    a few lines `name: value`. Into a file or another program the table goes in its full width.
    """
    console = Console()
    table = _table(title, columns, rows, whole)
    needed = Measurement.get(console, console.options.update(width=_ANY_WIDTH), table)
    if not console.is_terminal:
        Console(width=needed.maximum).print(table)
    elif console.width >= needed.minimum:
        console.print(table)
    else:
        _print_lines(title, columns, rows)


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[str]
) -> Table:
    table = Table(title=title)
    for place, name in enumerate(columns):
        longest = max(len(name), *(len(row[place]) for row in rows)) if rows else len(name)
        if name in whole:
            table.add_column(name, no_wrap=True, min_width=longest)
        else:
            table.add_column(name, overflow="fold", min_width=min(longest, _LEAST))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _print_lines(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(title)
    for row in rows:
        print()
        for name, value in zip(columns, row, strict=True):
            print(f"{name}: {value}")
