"""`make bench`: releases, a list and one command beside a floor, in alternating short rounds.

Machines drift within minutes, so only ratios within one run count: each round measures the floor
and the path right after each other, and the median of the rounds' ratios is reported. Then the
same reads among a thousand times as many cases: reading has to stay flat.
"""

import json
import sys
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks.floor import Floor, Sizes
from benchmarks.growth import grow
from benchmarks.memory import memory_mib
from benchmarks.path import (
    CLIENTS,
    ITEMS,
    Call,
    case_with_items,
    case_with_plan,
    command,
    percentile,
    read,
    requests_per_second,
)
from deploy.local.errors import ActionableError
from deploy.local.platform import ROOT, Platform
from deploy.local.progress import Progress
from deploy.local.run import running_platform
from tests.e2e.table_client import TableClient

ROUNDS = 15
CALLS = 40
WARM_UP = 100
LOAD_SECONDS = 5.0
FEW, MANY = 20, 20_000
"""Cases between which reading has to stay flat."""
PAGE = 10
RESULT = ROOT / "var" / "bench.json"


def main() -> int:
    """Measure, print, write; anything but numbers is an error."""
    console = Console()
    try:
        with running_platform(ROOT / "var" / "bench", progress=Progress()) as platform:
            result = _measure(platform, console)
    except ActionableError as error:
        print(error, file=sys.stderr)
        return 1
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    console.print(f"written to {RESULT.relative_to(ROOT)}", highlight=False)
    return 0


def _measure(platform: Platform, console: Console) -> dict[str, Any]:
    console.print(f"making cases with {ITEMS} items, and one with a plan", highlight=False)
    table, case, subject = case_with_items(platform)
    _, stays, _ = case_with_items(platform)
    planned = case_with_plan(table)
    person = table.people["caw"].id
    result: dict[str, Any] = {}
    for name, call in (("release", read(case)), ("command", command(case, subject))):
        path = Call(platform, person, call)
        path.once()
        floor = _floor(platform, _sizes(table, case, person, name))
        try:
            result[name] = _alternate(path, floor)
        finally:
            floor.close()
        _print(console, name, result[name])
    result |= _grown(platform, console, table, stays, planned)
    result["memory_mib"] = memory_mib(platform)
    return result


def _grown(
    platform: Platform, console: Console, table: TableClient, case: str, planned: str
) -> dict[str, Any]:
    """The reads among few and among many cases, each time beside the same floor.

    Copied is the case with the plan: it is small, and of the kind that a table has most of.
    """
    person = table.people["caw"].id
    for _ in range(PAGE + 2):
        table.refer()  # the first page, and what shows that there is a next one, are real cases
    reads = {"release": case, "plan": f"{planned}/plans", "list": f"/v1/cases?limit={PAGE}"}
    measured: dict[str, dict[int, Any]] = {name: {} for name in reads}
    Call(platform, person, read(case)).once()
    floor = _floor(platform, _sizes(table, case, person, "release"))
    try:
        for cases in (FEW, MANY):
            console.print(f"growing to {cases} cases", highlight=False)
            grow(platform, planned.rsplit("/", 1)[1], cases)
            for name, address in reads.items():
                path = Call(platform, person, read(address))
                measured[name][cases] = _alternate(path, floor)
    finally:
        floor.close()
    sheet = Table(title=f"reading among {FEW} and {MANY} cases", title_justify="left")
    for column in ("read", f"p50, {FEW}", f"p50, {MANY}", "times as long, by the floor"):
        sheet.add_column(column, justify="left" if column == "read" else "right")
    flat = {}
    for name, found in measured.items():
        flat[name] = round(found[MANY]["ratio"] / found[FEW]["ratio"], 2)
        few, many = (f"{found[cases]['p50_ms']} ms" for cases in (FEW, MANY))
        sheet.add_row(name, few, many, str(flat[name]))
    console.print(sheet)
    return {"list": measured["list"][FEW], "plan": measured["plan"][FEW], "flat": flat}


def _floor(platform: Platform, sizes: Sizes) -> Floor:
    parts = platform.parts
    user = "bench"
    if user not in parts.rabbitmq.ctl("list_users"):
        parts.rabbitmq.ctl("add_user", user, user)
        parts.rabbitmq.ctl("set_permissions", "-p", "ketenaanpak", user, ".*", ".*", ".*")
    gateway = urlsplit(parts.broker_url("gateway"))
    broker = gateway._replace(netloc=f"{user}:{user}@{gateway.hostname}:{gateway.port}").geturl()
    return Floor(broker, parts.mongodb.admin_url(), parts.opa_url, sizes)


def _sizes(table: TableClient, case: str, person: str, name: str) -> Sizes:
    """As large as what the path itself just sent: taken from the record of its last decision."""
    kind = "release" if name == "release" else "action"
    question = {"case": case.rsplit("/", 1)[1], "person": person, "kind": kind, "detail": True}
    entry = table.records(**question)[-1]
    content = len(table.get("caw", case).content) if name == "release" else 600
    return Sizes(
        request=400,
        reply=content,
        documents=ITEMS if name == "release" else 1,
        record=len(json.dumps(entry)),
        decision=f"ketenaanpak/{kind}/decision",
        question=entry["input"],
    )


def _alternate(path: Call, floor: Floor) -> dict[str, Any]:
    for _ in range(WARM_UP):
        path.once()
        floor.once()
    paths, floors, ratios = [], [], []
    for _ in range(ROUNDS):
        under = [floor.once() for _ in range(CALLS)]
        over = [path.once() for _ in range(CALLS)]
        ratios.append(median(over) / median(under))
        paths += over
        floors += under
    return {
        "p50_ms": round(median(paths) * 1000, 2),
        "p99_ms": round(percentile(paths, 0.99) * 1000, 2),
        "rps": round(requests_per_second(path, LOAD_SECONDS), 1),
        "floor_p50_ms": round(median(floors) * 1000, 2),
        "ratio": round(median(ratios), 2),
        "floor_hops_ms": {
            hop: round(seconds * 1000 / floor.rounds, 3) for hop, seconds in floor.hops.items()
        },
    }


def _print(console: Console, name: str, measured: dict[str, Any]) -> None:
    sheet = Table(title=f"{name}: {measured['ratio']} × the floor", title_justify="left")
    sheet.add_column("what")
    sheet.add_column("value", justify="right")
    sheet.add_row("p50", f"{measured['p50_ms']} ms")
    sheet.add_row("p99", f"{measured['p99_ms']} ms")
    sheet.add_row(f"requests per second, {CLIENTS} clients", f"{measured['rps']}")
    sheet.add_section()
    sheet.add_row("floor p50", f"{measured['floor_p50_ms']} ms")
    total = sum(measured["floor_hops_ms"].values())
    for hop, spent in measured["floor_hops_ms"].items():
        sheet.add_row(f"  of which {hop}", f"{spent} ms ({spent / total:.0%})")
    console.print(sheet)


if __name__ == "__main__":
    sys.exit(main())
