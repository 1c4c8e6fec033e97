"""`gateway/http/purposes.json`: the purposes of use of each operation, as policy has them."""

import json
from pathlib import Path
from typing import Any, Final

TABLES: Final = Path(__file__).parents[2] / "services/policy/tables"


def render() -> str:
    """Name of an operation in the record → purposes, as JSON."""
    serving = {name: row["purposes"] for name, row in _table("actions").items()}
    for name, row in _table("resources").items():
        serving[f"read_{name}"] = row["purposes"]
    return json.dumps(serving, indent=2, sort_keys=True) + "\n"


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return table
