"""The file of staff: read in two forms, refused without repeating what it says of anybody."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.staff_file import FileRefused, read_staff_file

ROW = {
    "person": "p-1",
    "partners": ["caw", "ggz"],
    "given_names": ["Sofie", "Sophie"],
    "family_names": ["Wallaert"],
    "birth_date": "1979-05-23",
    "remove": False,
}
CSV = """person,partners,given_names,family_names,birth_date,national_number,remove
p-1,caw; ggz,Sofie;Sophie,Wallaert,1979-05-23,,
p-2,,,,,,true
"""


def written(folder: Path, content: Any, name: str = "staff.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    """A personnel office exports a table; a program writes JSON."""
    [first, gone] = read_staff_file(written(tmp_path, CSV, "staff.csv"))

    assert [first] == read_staff_file(written(tmp_path, [ROW])) == [ROW]
    assert (gone["person"], gone["remove"]) == ("p-2", True)


def test_an_empty_cell_says_that_somebody_acts_for_no_partner(tmp_path: Path) -> None:
    """The coordination team acts for none, and that is said and not forgotten."""
    text = "person,partners,family_names,birth_date\np-1,,Wallaert,1979\n"

    [row] = read_staff_file(written(tmp_path, text, "staff.csv"))

    assert row["partners"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json", "it cannot be read (JSONDecodeError)"),
        ({"person": "p-1"}, "it holds no list"),
        ([ROW, ROW], "a person has several rows"),
        ([ROW | {"birth_date": "geheim"}], "row 1: birth_date"),
        ([ROW | {"national_number": "79.05.23-001.00"}], "row 1: national_number"),
        ([ROW, {"person": "p-2", "family_names": ["Geheim"]}], "row 2: birth_date"),
        ([ROW | {"national_number": "80.01.02-001.74"}], "row 1: birth_date"),
        ([{name: each for name, each in ROW.items() if name != "partners"}], "row 1: partners"),
        ([ROW | {"nickname": "geheim"}], "row 1: nickname"),
        ([ROW | {"remove": "yes"}], "row 1: remove"),
    ],
)
def test_a_faulty_file_is_refused_as_a_whole(tmp_path: Path, content: Any, said: str) -> None:
    """Half a file would leave somebody unprotected who is believed to be protected."""
    with pytest.raises(FileRefused) as refused:
        read_staff_file(written(tmp_path, content))

    assert str(refused.value) == said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A typing error in its name does not end in a traceback."""
    with pytest.raises(FileRefused):
        read_staff_file(tmp_path / "none.json")


def test_a_name_alone_recognises_nobody(tmp_path: Path) -> None:
    """Such a row would seem to protect and protect nobody."""
    nameless = {name: value for name, value in ROW.items() if name != "birth_date"}

    with pytest.raises(FileRefused):
        read_staff_file(written(tmp_path, [nameless]))
