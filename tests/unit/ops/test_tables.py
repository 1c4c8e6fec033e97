"""Ids and keys are copied out of tables: they stand whole, whatever the width."""

import re

import pytest
from typer.testing import CliRunner

from deploy.local.sample_persons import sample_persons
from ops import tables
from ops.cli import app

COLUMNS = ("service", "event", "about")
ROW = ("notifications", "5f0c2a0e-31f4-4f0f-9a3c-2f5c3b1c7d11", "a rather long reason " * 4)


def printed(capsys: pytest.CaptureFixture[str], width: int | None) -> str:
    """What a terminal of this width shows; a file or a pipe, without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)
        if width is not None:
            patch.setenv("FORCE_COLOR", "1")
            patch.setenv("COLUMNS", str(width))
        tables.print_table("what waits", COLUMNS, [ROW], ("event",))
    return re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40])
def test_an_id_is_whole_on_one_line_in_any_terminal(
    capsys: pytest.CaptureFixture[str], width: int
) -> None:
    """Half an id cannot be given to the next command."""
    reply = printed(capsys, width)
    assert [line.count(ROW[1]) for line in reply.splitlines() if ROW[1] in line] == [1]
    assert "…" not in reply
    if width >= 80:
        assert max(map(len, reply.splitlines())) <= width


def test_a_file_gets_the_whole_row_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`parked list | grep ID` would find a piece of the row only."""
    (line,) = (line for line in printed(capsys, None).splitlines() if ROW[1] in line)
    assert ROW[0] in line
    assert ROW[2].strip() in line


@pytest.mark.parametrize("columns", ["40", "80"])
def test_every_person_is_listed_whole_where_the_terminal_is_narrow(columns: str) -> None:
    """The key of a person, broken in two, gives no token."""
    reply = CliRunner().invoke(app, ["people"], env={"COLUMNS": columns, "FORCE_COLOR": "1"}).stdout
    for person in sample_persons().values():
        assert re.search(rf"(?<![\w-]){re.escape(person.key)}(?![\w-])", reply)
        assert person.id in reply
