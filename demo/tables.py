"""The tables that the demonstration prints."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from contracts.vocabulary import CATEGORIES
from demo.case_views import CaseView
from deploy.local.sample_persons import SamplePerson

_SHOWN = {"full": "[green]full[/]", "summary": "[yellow]summary[/]", "withheld": "[red]withheld[/]"}


def timeline(
    entries: Sequence[Mapping[str, Any]],
    causes: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
) -> Table:
    """The events of the case, with who commanded each (`causes`), from the audit record."""
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


def assessed(views: Sequence[CaseView]) -> Table:
    """The results of the instruments; the span from lowest to highest is due to unknown answers."""
    table = Table(title="What the instruments say; people decide", title_justify="left")
    for column in ("instrument", "by", "unknown answers", "points", "band"):
        table.add_column(column)
    found = {each["id"]: each for view in views for each in view.fragments}
    for each in found.values():
        if each["kind"] == "assessment" and each["level"] == "full":
            result = each["content"]
            table.add_row(
                result["instrument"],
                each["source"],
                str(result["unknown_answers"]),
                _span(result["lowest_points"], result["highest_points"]),
                _span(result["lowest_band"], result["highest_band"]),
            )
    return table


def _span(lowest: Any, highest: Any) -> str:
    return f"{lowest}" if lowest == highest else f"{lowest} to {highest}"


def shown(views: Sequence[CaseView], title: str) -> Table:
    """Who was shown what: one row per category, one column per viewer."""
    table = Table(title=title, title_justify="left", padding=0, pad_edge=False)
    table.add_column("category")
    for view in views:
        table.add_column(view.person.key, justify="center", overflow="fold", max_width=12)
    held = [_levels(view) for view in views]
    for category in CATEGORIES:
        if any(category in levels for levels in held):
            table.add_row(category, *(levels.get(category, "·") for levels in held))
    table.add_section()
    table.add_row("HTTP status", *(str(view.status) for view in views))
    return table


def withheld(entries: Sequence[Mapping[str, Any]], views: Sequence[CaseView]) -> Table:
    """For each viewer what was withheld by the decision about the case, and the reasons."""
    table = Table(
        title="What was withheld and why while the case was active, asked by the auditor",
        title_justify="left",
    )
    for column in ("viewer", "outcome", "withheld", "why"):
        table.add_column(column, overflow="fold")
    for view in views:
        entry = next(
            each
            for each in entries
            if each["decision_id"] == view.decision and each["kind"] == "release"
        )
        if entry["outcome"] == "denied":
            rows = [("everything", ", ".join(entry["reasons"]))]
        else:
            rows = _withheld_categories(entry) or [("nothing", "")]
        for number, (category, why) in enumerate(rows):
            first = number == 0
            table.add_row(
                view.person.key if first else "", entry["outcome"] if first else "", category, why
            )
        table.add_section()
    return table


def _withheld_categories(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
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


def _levels(view: CaseView) -> dict[str, str]:
    levels: dict[str, str] = {}
    for fragment in view.fragments:
        if levels.get(fragment["category"]) != "full":
            levels[fragment["category"]] = fragment["level"]
    for category in view.withheld:
        levels[category] = f"{levels[category]}+" if category in levels else "withheld"
    return {category: _coloured(level) for category, level in levels.items()}


def _coloured(level: str) -> str:
    some = " (part)" if level.endswith("+") else ""
    return _SHOWN[level.rstrip("+")] + some


def step_line(console: Console, day: int, person: SamplePerson, text: str) -> None:
    """Print one step of the story."""
    console.print(f"  day {day:>3}  [bold]{person.organisation}[/]  {text}", highlight=False)
