"""`gateway/http/purposes.json`: the purposes of use of each operation, as policy has them."""

import json

from ops.pages.policy_tables import policy_table


def render() -> str:
    """Name of an operation in the record → purposes, as JSON."""
    serving = {name: row["purposes"] for name, row in policy_table("actions").items()}
    for name, row in policy_table("resources").items():
        serving[f"read_{name}"] = row["purposes"]
    return json.dumps(serving, indent=2, sort_keys=True) + "\n"
