"""What the demonstration prints at its end, as tables a person likes to read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from contracts.vocabulary import CATEGORIES
from demo.people import Person

_SHOWN = {"full": "[green]full[/]", "summary": "[yellow]summary[/]", "withheld": "[red]withheld[/]"}


def timeline(
    entries: Sequence[Mapping[str, Any]],
    causes: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
) -> Table:
    """What happened to the case and by whose decided command, from the audit record."""
    table = Table(title="The case, as the record tells it", title_justify="left")
    for column in ("when", "what happened", "who", "for", "entry"):
        table.add_column(column, justify="right" if column == "entry" else "left")
    for entry in entries:
        if entry["kind"] != "event":
            continue
        cause = causes.get(entry["command_id"], {})
        table.add_row(
            f"{datetime.fromisoformat(entry['time']):%Y-%m-%d %H:%M}",
            entry["action"].replace("_", " "),
            names.get(cause.get("person") or "", "?"),
            cause.get("partner") or "–",
            str(entry["index"]),
        )
    return table


def shown(
    views: Sequence[tuple[Person, int, Mapping[str, Any]]], title: str = "Who was shown what, today"
) -> Table:
    """Who was shown what: one row per category, one column per viewer."""
    table = Table(title=title, title_justify="left", padding=0, pad_edge=False)
    table.add_column("category")
    for person, _, _ in views:
        table.add_column(person.key, justify="center", overflow="fold", max_width=12)
    held = [_levels(status, body) for _, status, body in views]
    for category in CATEGORIES:
        if any(category in levels for levels in held):
            table.add_row(category, *(levels.get(category, "·") for levels in held))
    table.add_section()
    table.add_row("HTTP status", *(str(status) for _, status, _ in views))
    return table


def withheld(entries: Sequence[Mapping[str, Any]], people: Sequence[Person]) -> Table:
    """Per viewer, what the last decision about the case kept back and why, from the record."""
    table = Table(title="What was withheld and why, asked by the auditor", title_justify="left")
    for column in ("viewer", "outcome", "withheld", "why"):
        table.add_column(column, overflow="fold")
    for person in people:
        mine = [e for e in entries if e["person"] == person.id and e["kind"] == "release"]
        if not mine:
            continue
        denied = mine[-1]["outcome"] == "denied"
        everything = [("everything", ", ".join(mine[-1]["reasons"]))]
        rows = everything if denied else _kept_back(mine[-1]) or [("nothing", "")]
        for number, (category, why) in enumerate(rows):
            first = number == 0
            table.add_row(
                person.key if first else "", mine[-1]["outcome"] if first else "", category, why
            )
        table.add_section()
    return table


def _kept_back(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    decided = entry["result"].get("fragments", {})
    reasons: dict[str, Counter[str]] = {}
    for fragment in entry["fragments"]:
        if fragment["level"] != "none":
            continue
        found = decided.get(fragment["id"], {}).get("reasons", [])
        reasons.setdefault(fragment["category"], Counter()).update(found)
    return [
        (category, ", ".join(f"{code} ×{n}" if n > 1 else code for code, n in counted.items()))
        for category, counted in sorted(reasons.items())
    ]


def _levels(status: int, body: Mapping[str, Any]) -> dict[str, str]:
    if status != 200:
        return {}
    levels: dict[str, str] = {}
    for fragment in body["fragments"]:
        best = levels.get(fragment["category"])
        if best != "full":
            levels[fragment["category"]] = fragment["level"]
    for category in body.get("withheld", {}):
        if category in levels:
            levels[category] = f"{levels[category]}+"
        else:
            levels[category] = "withheld"
    return {category: _coloured(level) for category, level in levels.items()}


def _coloured(level: str) -> str:
    some = " (part)" if level.endswith("+") else ""
    return _SHOWN[level.rstrip("+")] + some


def step_line(console: Console, day: int, person: Person, text: str) -> None:
    """One line of the story while it is told."""
    console.print(f"  day {day:>3}  [bold]{person.organisation}[/]  {text}", highlight=False)
