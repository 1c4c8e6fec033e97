"""The rules of policy as OPA reads them: syntax trees and annotations instead of text."""

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from deploy.local import find
from deploy.local.progress import Progress
from deploy.opa.rules import cases as cases_of
from deploy.opa.rules import parse

RULES = Path(__file__).parents[1] / "services" / "policy" / "rules"
PACKAGES = sorted(path.name for path in RULES.iterdir() if (path / f"{path.name}.rego").exists())
"""Every package that is not of tests only; its folder has its name."""

Node = Any
"""A part of OPA's JSON syntax tree; a term is `{"type": …, "value": …}`."""


def opa(*arguments: str | Path) -> Any:
    """What `opa` prints for these arguments, read as JSON."""
    argv = [find.opa(Progress(None)), *arguments, "--format", "json"]
    return json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)


@cache
def rules(package: str) -> list[Node]:
    """The rules of a package, without its tests."""
    return parse(find.opa(Progress(None)), RULES / package / f"{package}.rego")


def terms(node: Node) -> Iterator[Node]:
    """Every term of a syntax tree, the parts of references among them."""
    if isinstance(node, dict):
        if "type" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from terms(part)


def strings(node: Node) -> Iterator[str]:
    """Every string that the rules say, without the names in references (`data.stages`)."""
    if isinstance(node, dict) and node.get("type") == "string":
        yield node["value"]
    elif isinstance(node, dict) and node.get("type") == "ref":
        yield from strings([part for part in node["value"] if part["type"] != "string"])
    elif isinstance(node, dict):
        yield from strings([part for name, part in node.items() if name != "ref"])
    elif isinstance(node, list):
        for part in node:
            yield from strings(part)


def cases(package: str, function: str) -> set[str]:
    """The strings for which a function of a package is defined (deploy.opa.rules)."""
    return set(cases_of(rules(package), function))


def members(package: str, name: str) -> set[str]:
    """The strings that objects of a package have as member `name`."""
    pairs = [
        pair for term in terms(rules(package)) if term["type"] == "object" for pair in term["value"]
    ]
    return {
        value["value"] for key, value in pairs if key["value"] == name and value["type"] == "string"
    }


def uses(package: str) -> set[tuple[str, str]]:
    """Package and name of what the rules of a package use of others."""
    references = [term["value"] for term in terms(rules(package)) if term["type"] == "ref"]
    return {
        (head["value"], part["value"])
        for head, part, *_ in (each for each in references if len(each) > 1)
        if head["value"] in PACKAGES and part["type"] == "string"
    }


@cache
def titled() -> set[tuple[str, ...]]:
    """Package, and name where it is a rule, of everything that has a title."""
    found = opa("inspect", "-a", RULES)["annotations"]
    return {
        tuple(part["value"] for part in each["path"][2:])
        for each in found
        if each["annotations"].get("title")
    }
