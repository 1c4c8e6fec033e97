"""Composes the data that the rules decide by, from one or more folders, each checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from contracts.rfc3339 import parse_moment
from deploy.opa.consistency import faults
from deploy.opa.rules import DefinedWords

Table = dict[str, Any]

AGREEMENTS = "agreements"
MANDATES = "mandates"

_FORMATS = FormatChecker()


class DataRefused(Exception):
    """Data do not fit their schema, or contradict each other; the message says where, and how."""


def compose(schemas: Path, folders: Sequence[Path], defined: DefinedWords) -> Table:
    """Join the folders into the document that the rules see; a later one overrules by id.

    `agreements/<id>.json` become `agreements` (by id), `mandates/*.json` become `mandates` (by
    person) and `members` (by agreement), any other `<name>.json` becomes `<name>` (by key).
    Raises DataRefused when a file does not fit `<schemas>/<name>.json`, or with every contradiction
    in what they say together and every word that the rules do not define, one on a line
    (deploy.opa.consistency).
    """
    agreements: Table = {}
    mandates: Table = {}
    tables: dict[str, Table] = {}
    for folder in folders:
        for path, name, content in _read(folder):
            _check(schemas / f"{name}.json", path, content)
            if name == AGREEMENTS:
                if content["id"] != path.stem:
                    raise DataRefused(f"{path}: the id {content['id']!r} is not the file's name")
                agreements[content["id"]] = content
            elif name == MANDATES:
                mandates |= _by_id(path, content)
            else:
                tables[name] = tables.get(name, {}) | content
    document = {
        **dict(sorted(tables.items())),
        AGREEMENTS: agreements,
        MANDATES: _grouped(mandates, "person"),
        "members": _grouped(mandates, "agreement"),
    }
    if contradictions := faults(document, defined):
        raise DataRefused("\n".join(contradictions))
    return document


def _read(folder: Path) -> Iterator[tuple[Path, str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        parts = path.relative_to(folder).parts
        name = parts[0] if len(parts) > 1 else path.stem
        if len(parts) > 2 or (len(parts) == 2 and name not in (AGREEMENTS, MANDATES)):
            raise DataRefused(f"{path}: no data is expected here")
        try:
            yield path, name, json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)
        except ValueError as error:
            raise DataRefused(f"{path}: not JSON: {error}") from error


def _check(schema: Path, path: Path, content: Any) -> None:
    if not schema.exists():
        raise DataRefused(f"{path}: there is no schema {schema.name}")
    rules = json.loads(schema.read_text(encoding="utf-8"))
    validator = Draft202012Validator(rules, format_checker=_FORMATS)
    found = sorted(validator.iter_errors(content), key=lambda fault: list(map(str, fault.path)))
    if found:
        shown = [f"{'/'.join(map(str, f.path)) or '(root)'}: {f.message}" for f in found[:3]]
        raise DataRefused(f"{path}: {'; '.join(shown)}")


def _by_id(path: Path, mandates: Sequence[Table]) -> Table:
    found: Table = {}
    for mandate in mandates:
        if mandate["id"] in found:
            raise DataRefused(f"{path}: the mandate {mandate['id']!r} is there twice")
        found[mandate["id"]] = mandate
    return found


def _unique(pairs: Sequence[tuple[str, Any]]) -> Table:
    members: Table = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"{name!r} is there twice")
        members[name] = value
    return members


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(parse_moment(value))


def _grouped(mandates: Mapping[str, Table], member: str) -> Table:
    groups: dict[str, list[Table]] = {}
    for _, mandate in sorted(mandates.items()):
        groups.setdefault(mandate[member], []).append(mandate)
    return dict(sorted(groups.items()))
