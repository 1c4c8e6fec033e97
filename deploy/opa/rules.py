"""Reads the rules as OPA parses them: for which words of the tables they are defined."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


class PolicyFailed(Exception):
    """There are no rules, or they do not compile; the message is then OPA's own."""


@dataclass(frozen=True)
class DefinedWords:
    """What tables may name because a rule is defined for it."""

    conditions: frozenset[str]
    """Of an action (`needs`)."""

    groups: frozenset[str]
    """Of people who act next or are notified (`who`, `to`)."""

    circumstances: frozenset[str]
    """In which an entry of what follows from an event counts (`if`)."""

    audiences: frozenset[str]
    """Of a stage (`who`)."""


NO_WORDS: Final = DefinedWords(frozenset(), frozenset(), frozenset(), frozenset())
"""What rules define that are read by no table."""


def defined_words(opa: Path, rules: Path) -> DefinedWords:
    """Read them from the folder of the rules; raises PolicyFailed when a file does not parse."""
    conditions = parse(opa, rules / "conditions/conditions.rego")
    notify = parse(opa, rules / "notify/notify.rego")
    return DefinedWords(
        conditions=cases(conditions, "met"),
        groups=cases(notify, "belongs"),
        circumstances=cases(notify, "holds"),
        audiences=cases(parse(opa, rules / "stages/stages.rego"), "belongs"),
    )


def parse(opa: Path, module: Path) -> list[Any]:
    """The rules of a module, as OPA's JSON syntax trees."""
    argv = [str(opa), "parse", "--format", "json", str(module)]
    done = subprocess.run(argv, capture_output=True, check=False)
    if done.returncode:
        fault = json.loads(done.stderr)["errors"][0]
        row = fault.get("location", {}).get("row", 1)
        raise PolicyFailed(f"{module}:{row}: {fault['message']}")
    return list(json.loads(done.stdout)["rules"])


def cases(rules: list[Any], function: str) -> frozenset[str]:
    """The strings for which a function is defined: its first arguments that are no variable."""
    heads = [rule["head"] for rule in rules if rule["head"].get("name") == function]
    first = [head["args"][0] for head in heads]
    return frozenset(term["value"] for term in first if term["type"] == "string")
