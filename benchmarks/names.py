"""`make bench-names`: how often one person registered twice is missed, and two are taken for one.

A hundred thousand registrations with known truth (`benchmarks.population`) are compared by
`services.intake.domain.identity`, all with all. A signal between two persons is false; a person
registered again without a signal is missed. Writes var/bench-names.json.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.population import NOT_PROMISED, Registration, registrations
from deploy.local.platform import ROOT
from services.intake.domain.identity import Identity, Strength, signals, stronger

SEED: Final = 20_261
RESULT: Final = ROOT / "var" / "bench-names.json"

SIGNALS: Final = ("strong", "weak", "missed")
HEADINGS: Final = (
    "",
    "registrations",
    "again",
    "strong %",
    "weak %",
    "missed %",
    "false strong %",
    "false weak %",
)

Found = dict[tuple[int, int], Strength]
"""Two registrations by their places, the earlier first → the signal between them."""


def main() -> int:
    """Measure, print, write."""
    console = Console(width=110)
    all_of_them = registrations(SEED)
    console.print(f"comparing {len(all_of_them)} registrations", highlight=False)
    found: Found = {}
    for together in _by_birth_year(all_of_them).values():
        found |= _signals_among(all_of_them, together)
    by_kind, by_group = _count(all_of_them, found)
    _print(console, "by what was written differently", by_kind)
    _print(console, "by the language of the name", by_group)
    RESULT.parent.mkdir(exist_ok=True)
    result = {"seed": SEED, "registrations": len(all_of_them), "kinds": by_kind, "groups": by_group}
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    console.print(f"written to {RESULT.relative_to(ROOT)}", highlight=False)
    return 0


def _by_birth_year(all_of_them: list[Registration]) -> Mapping[str, list[int]]:
    """The places of the registrations by year: no signal joins two years."""
    years: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(all_of_them):
        years[one.body["birth_date"][:4]].append(place)
    return years


def _signals_among(all_of_them: list[Registration], places: list[int]) -> Found:
    """Each is compared with those that came before, as a referral is."""
    found: Found = {}
    marked: dict[Identity, list[int]] = defaultdict(list)
    for place in places:
        known = signals(all_of_them[place].body)
        for identity, strength in known.looks_for.items():
            for earlier in marked.get(identity, ()):
                pair = (earlier, place)
                found[pair] = stronger(strength, found.get(pair))
        for mark in known.marks:
            marked[mark].append(place)
    return found


def _count(all_of_them: list[Registration], found: Found) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was found and what was not, by kind of registration and by group of names."""
    first = {one.person: place for place, one in reversed([*enumerate(all_of_them)])}
    false: dict[int, Strength] = {}
    for (earlier, later), strength in found.items():
        if all_of_them[earlier].person != all_of_them[later].person:
            for place in (earlier, later):
                false[place] = stronger(strength, false.get(place))
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for place, one in enumerate(all_of_them):
        told = Counter({"registrations": 1, f"false_{false.get(place)}": 1})
        if one.kind != "first":
            signal = found.get((first[one.person], place))
            told += Counter({"again": 1, signal or "missed": 1})
        kinds[one.kind] += told
        if one.kind not in NOT_PROMISED:
            groups[one.group] += told
            groups["all"] += told
    return _rates(kinds), _rates(groups)


def _rates(counts: Mapping[str, Counter[str]]) -> dict[str, Any]:
    """Percentages of those registered again, and of all registrations those with a false signal."""
    return {
        name: {
            "registrations": count["registrations"],
            "again": count["again"],
            **{f"{signal}_percent": _percent(count[signal], count["again"]) for signal in SIGNALS},
            **{
                f"false_{strength}_percent": _percent(
                    count[f"false_{strength}"], count["registrations"]
                )
                for strength in SIGNALS[:2]
            },
        }
        for name, count in counts.items()
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 3) if whole else None


def _print(console: Console, title: str, rates: Mapping[str, Any]) -> None:
    sheet = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        sheet.add_column(heading, justify="left" if not heading else "right")
    for name, found in rates.items():
        sheet.add_row(name, *("" if value is None else f"{value:g}" for value in found.values()))
    console.print(sheet)


if __name__ == "__main__":
    sys.exit(main())
