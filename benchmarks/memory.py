"""Memory of the processes that were measured, from /proc."""

import os
from pathlib import Path

from deploy.local.platform import Platform


def memory_mib(platform: Platform) -> dict[str, float]:
    """Proportional set size in MiB of each program with its children, by the program's name."""
    groups: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = os.getpgid(int(folder.name))
            groups[group] = groups.get(group, 0.0) + _kib(folder / "smaps_rollup") / 1024
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue
    return {
        program.name: round(groups.get(os.getpgid(program.pid), 0.0), 1)
        for program in platform.programs
        if program.pid is not None
    }


def _kib(rollup: Path) -> float:
    for line in rollup.read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0
