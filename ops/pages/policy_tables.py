"""The tables of the policy service, read for pages that describe them."""

import json
from pathlib import Path
from typing import Any, Final

TABLES: Final = Path(__file__).parents[2] / "services/policy/tables"


def policy_table(name: str) -> dict[str, Any]:
    """The table of that name, by the names of its rows."""
    table: dict[str, Any] = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return table
