"""What the code imports is what the requirements name and the locks hold."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHIPPED = ("contracts", "chassis", "casework", "gateway", "services", "deploy", "ops")
FOR_DEVELOPERS = ("demo", "benchmarks", "tests")
OURS = {*SHIPPED, *FOR_DEVELOPERS}


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(rooms: tuple[str, ...]) -> set[str]:
    """The top-level modules of others that the rooms import."""
    found = set()
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    found.add(str(node.module).partition(".")[0])
    return found - OURS - set(sys.stdlib_module_names)


def named(*files: str) -> set[str]:
    """The distributions that requirement files name."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    found = {re.split(r"[\s=<>!~;\[#]", line.strip())[0] for line in lines}
    return {plain(name) for name in found if name and not name.startswith("-")}


@pytest.mark.parametrize(
    ("rooms", "files"),
    [
        (SHIPPED, ("requirements.in",)),
        (FOR_DEVELOPERS, ("requirements.in", "requirements-dev.in")),
    ],
)
def test_what_is_imported_is_named(rooms: tuple[str, ...], files: tuple[str, ...]) -> None:
    """An image would end at its first import, or break when somebody else drops a package."""
    known = packages_distributions()
    needed = {module: {plain(name) for name in known[module]} for module in imported(rooms)}
    missing = {module for module, providers in needed.items() if not providers & named(*files)}
    assert missing == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_holds_what_is_named_with_hashes_and_no_index(name: str) -> None:
    """A machine would install something else than what was tested, or from elsewhere."""
    text = (ROOT / f"{name}.lock").read_text()
    pinned = re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==", text)
    assert named(f"{name}.in") <= {plain(pin) for pin in pinned}
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"(?m)^\s*--(index-url|extra-index-url|find-links|trusted-host)", text)


def test_both_locks_agree() -> None:
    """What is tested would not be what runs in the containers."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^[A-Za-z0-9].*?==\S+", (ROOT / name).read_text()))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
