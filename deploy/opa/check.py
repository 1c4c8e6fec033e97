"""Checks the rules and their data: `python -m deploy.opa.check` prints a line for each check."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.local import find
from deploy.local.errors import ActionableError
from deploy.local.progress import Progress
from deploy.opa.bundle import stage
from deploy.opa.data import DataRefused
from deploy.opa.rules import PolicyFailed

POLICY = Path(__file__).parents[2] / "services" / "policy"
COVERAGE_AT_LEAST = 95.0
"""Per cent of the rules' lines that the tests must reach."""

PATIENCE = "120s"
"""How long one test may take; OPA's own five seconds are short for a busy machine."""


class CheckFailed(Exception):
    """A check did not pass; the message is what OPA says about it."""


def check(opa: Path, policy_dir: Path, say: Callable[[str], None] = print) -> None:
    """Check data, format, types and tests of `policy_dir`; raises CheckFailed at the first fault.

    `say` receives one line per check that passed.
    """
    rules = [str(path) for path in sorted((policy_dir / "rules").rglob("*.rego"))]
    with tempfile.TemporaryDirectory() as room:
        staged = Path(room)
        try:
            stage(opa, policy_dir, [policy_dir / "data"], staged, tests=True)
        except (DataRefused, PolicyFailed) as fault:
            raise CheckFailed(str(fault)) from fault
        say("  data      fit their schemas, the rules and each other")
        _run([opa, "fmt", "--fail", "--diff", *rules])
        say(f"  opa fmt   {len(rules)} files")
        _run([opa, "check", "--strict", *rules])
        say("  opa check strict")
        reached = _tested(opa, staged)
    if reached < COVERAGE_AT_LEAST:
        raise CheckFailed(
            f"the tests reach {reached:.1f} % of the rules, less than {COVERAGE_AT_LEAST:.0f} %"
        )
    say(f"  opa test  passed, {reached:.1f} % of the rules reached")


def _tested(opa: Path, staged: Path) -> float:
    test: list[Path | str] = [opa, "test", ".", "--timeout", PATIENCE]
    try:
        report = json.loads(_run([*test, "--coverage", "--format", "json"], cwd=staged))
    except CheckFailed:
        # With coverage, OPA does not say which test failed.
        _run(test, cwd=staged)
        raise
    rules = [lines for path, lines in report["files"].items() if not path.endswith("_test.rego")]
    reached = sum(int(lines.get("covered_lines", 0)) for lines in rules)
    missed = sum(int(lines.get("not_covered_lines", 0)) for lines in rules)
    return 100.0 * reached / (reached + missed)


def _run(argv: Sequence[Path | str], cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in argv], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CheckFailed("\n".join(filter(None, (done.stdout.strip(), done.stderr.strip()))))
    return done.stdout


def main() -> int:
    """Check the platform's own policy; 1 when something is at fault."""
    try:
        check(find.opa(Progress()), POLICY)
    except (CheckFailed, ActionableError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
