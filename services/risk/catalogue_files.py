"""The instruments as files: read and checked once, when the service starts.

A folder holds one JSON file per instrument, named by its id. `instruments/` beside this module is
always read; `KETENAANPAK_INSTRUMENTS` may name a further folder, so that a region brings an
instrument of its own in without touching code or image.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from chassis.config import setting
from chassis.runtime import Runtime
from services.risk.domain.catalogue import InstrumentUnfit, make_catalogue, read_instrument
from services.risk.domain.instrument import Catalogue, Instrument

INSTRUMENTS: Final = Path(__file__).with_name("instruments")
SCHEMA: Final = INSTRUMENTS / "schema.json"

_FAULTS_TOLD = 5


class CatalogueRefused(Exception):
    """Files that are no catalogue; each of `faults` names the file, the place and what is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def open_catalogue(runtime: Runtime) -> Catalogue:
    """The catalogue that the environment asks for; what is wrong with it is logged and raised."""
    further = setting("KETENAANPAK_INSTRUMENTS", "")
    try:
        return load_catalogue([INSTRUMENTS, *([Path(further)] if further else [])])
    except CatalogueRefused as refused:
        # Said here, because a failure is logged by its type and place only, never by its message.
        runtime.log.error("catalogue_refused", faults=list(refused.faults))
        raise


def load_catalogue(folders: Sequence[Path]) -> Catalogue:
    """All instruments of the folders; raises CatalogueRefused with the faults of every file."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    found: list[Instrument] = []
    faults: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder}: no such folder")
        for path in sorted(folder.glob("*.json")):
            if path != SCHEMA:
                _load(path, validator, found, faults)
    if not faults:
        try:
            return make_catalogue(found)
        except InstrumentUnfit as unfit:
            faults = list(unfit.faults)
    raise CatalogueRefused(faults)


def _load(
    path: Path, validator: Draft202012Validator, found: list[Instrument], faults: list[str]
) -> None:
    try:
        content = _read(path)
    except (ValueError, OSError) as error:
        faults.append(f"{path.name}: cannot be read: {error}")
        return
    wrong = list(_against_schema(validator, content))
    if not wrong and content["id"] != path.stem:
        wrong = [f"/id: {content['id']} is not the file's name"]
    if not wrong:
        try:
            found.append(read_instrument(content))
        except InstrumentUnfit as unfit:
            wrong = list(unfit.faults)
    faults.extend(f"{path.name}: {fault}" for fault in wrong[:_FAULTS_TOLD])


def _read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text, object_pairs_hook=_once, parse_float=_whole, parse_constant=_whole)


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; ValueError when a member is there twice, of which one would be overlooked."""
    content = dict(members)
    if len(content) != len(members):
        names = [name for name, _ in members]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{', '.join(twice)} is there twice")
    return content


def _whole(number: str) -> Any:
    raise ValueError(f"{number} is not a whole number")


def _against_schema(validator: Draft202012Validator, content: Any) -> Iterator[str]:
    for error in sorted(validator.iter_errors(content), key=lambda one: one.json_path):
        worst: ValidationError = best_match([error]) or error
        yield f"/{'/'.join(map(str, worst.absolute_path))}: {_shortened(worst.message)}"


def _shortened(message: str) -> str:
    """The message without the middle: it quotes what is at fault first, and says why at the end."""
    return message if len(message) <= 200 else f"{message[:80]} … {message[-100:]}"
