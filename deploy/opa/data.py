"""Composes the data that the rules decide by, from one or more folders, each checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Table = dict[str, Any]

AGREEMENTS = "agreements"
MANDATES = "mandates"


class DataRefused(Exception):
    """A data file is not what its schema asks; the message names the file, place and fault."""


def compose(schemas: Path, folders: Sequence[Path]) -> Table:
    """Join the folders into the document that the rules see; a later one overrules by id.

    `agreements/<id>.json` become `agreements` (by id), `mandates/*.json` become `mandates` (by
    person) and `members` (by agreement), any other `<name>.json` becomes `<name>` (by key).
    Raises DataRefused when a file does not fit `<schemas>/<name>.json`, or when files contradict
    each other: a mandate or a party without its agreement or partner.
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
                mandates |= {mandate["id"]: mandate for mandate in content}
            else:
                tables[name] = tables.get(name, {}) | content
    document = {
        **dict(sorted(tables.items())),
        AGREEMENTS: agreements,
        MANDATES: _grouped(mandates, "person"),
        "members": _grouped(mandates, "agreement"),
    }
    _hang_together(document)
    return document


def _read(folder: Path) -> Iterator[tuple[Path, str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        parts = path.relative_to(folder).parts
        name = parts[0] if len(parts) > 1 else path.stem
        if len(parts) > 2 or (len(parts) == 2 and name not in (AGREEMENTS, MANDATES)):
            raise DataRefused(f"{path}: no data is expected here")
        try:
            yield path, name, json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataRefused(f"{path}: not JSON: {error}") from error


def _check(schema: Path, path: Path, content: Any) -> None:
    if not schema.exists():
        raise DataRefused(f"{path}: there is no schema {schema.name}")
    rules = json.loads(schema.read_text(encoding="utf-8"))
    validator = Draft202012Validator(rules, format_checker=FormatChecker())
    faults = sorted(validator.iter_errors(content), key=lambda fault: list(map(str, fault.path)))
    if faults:
        told = [f"{'/'.join(map(str, f.path)) or '(root)'}: {f.message}" for f in faults[:3]]
        raise DataRefused(f"{path}: {'; '.join(told)}")


def _grouped(mandates: Mapping[str, Table], member: str) -> Table:
    groups: dict[str, list[Table]] = {}
    for _, mandate in sorted(mandates.items()):
        groups.setdefault(mandate[member], []).append(mandate)
    return dict(sorted(groups.items()))


def _hang_together(document: Mapping[str, Any]) -> None:
    agreements, partners = document[AGREEMENTS], document.get("partners", {})
    for agreement in agreements.values():
        for party in agreement["parties"]:
            if party["partner"] not in partners:
                raise DataRefused(f"{agreement['id']}: no partner {party['partner']!r}")
    for held in document[MANDATES].values():
        for mandate in held:
            _mandate_fits(mandate, agreements)


def _mandate_fits(mandate: Table, agreements: Mapping[str, Any]) -> None:
    agreement = agreements.get(mandate["agreement"])
    if agreement is None:
        raise DataRefused(f"{mandate['id']}: no agreement {mandate['agreement']!r}")
    parties = {party["partner"] for party in agreement["parties"]}
    if mandate["partner"] is not None and mandate["partner"] not in parties:
        raise DataRefused(f"{mandate['id']}: {mandate['partner']!r} is no party to the agreement")
