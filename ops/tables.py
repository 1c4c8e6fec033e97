"""Tables in a terminal of any width, in which values to be copied are never broken."""

from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

_ANY_WIDTH = 10_000
_MIN_WIDTH = 8
"""The minimal width of a column whose text may wrap."""


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[str]
) -> None:
    """Print rows of text; the columns in `whole` are never wrapped or cut.

    Other columns wrap in a narrow terminal; where that is not enough, each row is printed as lines
    `name: value`. Into a file or a pipe the table is printed in full width.
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
    for index, name in enumerate(columns):
        longest = max(len(name), *(len(row[index]) for row in rows)) if rows else len(name)
        if name in whole:
            table.add_column(name, no_wrap=True, min_width=longest)
        else:
            table.add_column(name, overflow="fold", min_width=min(longest, _MIN_WIDTH))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _print_lines(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(title)
    for row in rows:
        print()
        for name, value in zip(columns, row, strict=True):
            print(f"{name}: {value}")
