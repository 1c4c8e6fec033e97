"""The version that migrations are kept with."""

import tomllib
from pathlib import Path

from chassis import VERSION

ROOT = Path(__file__).parents[3]


def test_the_version_is_that_of_the_project() -> None:
    """What was migrated would be put down to another version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
