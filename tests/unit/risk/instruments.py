"""What a test of an instrument is given: the published ones, and small ones to play with."""

import copy
import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Refuse
from services.risk.catalogue_files import INSTRUMENTS, load_catalogue
from services.risk.domain.instrument import Catalogue, Instrument
from services.risk.domain.scoring import Assessed, Bands, score


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue that is shipped."""
    return load_catalogue([INSTRUMENTS])


def published(name: str) -> Instrument:
    """A published instrument."""
    return catalogue().instruments[name]


def file_of(name: str) -> dict[str, Any]:
    """The content of a shipped file, to change."""
    content: dict[str, Any] = json.loads((INSTRUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def everybody(instrument: Instrument, answer: str = "yes") -> dict[str, str]:
    """The same answer to every precondition."""
    return {one.id: answer for one in instrument.preconditions}


def answers(instrument: Instrument, default: str, **changes: str) -> dict[str, str]:
    """The same answer to every item, but for those that are named."""
    return {item.id: default for item in instrument.items} | changes


def scored(instrument: Instrument, given: Mapping[str, str], **more: Any) -> Assessed:
    """What the answers say of somebody whom the instrument is about."""
    return score(instrument, everybody(instrument), given, **more)


def ends(bands: Bands | None) -> tuple[str | None, str | None] | None:
    """The ids of the lowest and the highest band; None for no bands at all."""
    if bands is None:
        return None
    return (bands.lowest.id if bands.lowest else None, bands.highest.id if bands.highest else None)


def refusal(act: Callable[[], object]) -> Refuse:
    """The refusal that something meets."""
    with pytest.raises(Refuse) as caught:
        act()
    return caught.value


def text(words: str) -> dict[str, str]:
    """A label, the same in each language."""
    return {"nl": words, "fr": words, "en": words}


def item(name: str, **changes: Any) -> dict[str, Any]:
    """An item of a small instrument."""
    return {
        "id": name,
        "construct": name,
        "label": text(name),
        "category": "safety",
        "weight": 1,
        "answers": "yes_no",
    } | changes


def answer(name: str, points: int | str | None) -> dict[str, Any]:
    """An answer of a small instrument."""
    return {"id": name, "label": text(name), "points": points}


def band(name: str, *bounds: int | None) -> dict[str, Any]:
    """A band, with its first and last point where it has them."""
    return {"id": name, "label": text(name)} | dict(zip(("from", "to"), bounds, strict=False))


def small(**scoring: Any) -> dict[str, Any]:
    """A small instrument that is added up: two sections, one protective item, one red item."""
    norms: dict[str, Any] = {
        "version": "1",
        "sources": ["source"],
        "bands": [band("low", None, 0), band("middle", 1, 2), band("high", 3, None)],
        "rules": [],
    }
    kind = scoring.pop("kind", "sum")
    return {
        "id": "small",
        "version": "1",
        "status": "usable",
        "title": text("Small"),
        "purpose": text("To try"),
        "provenance": {"sources": {"source": "Nobody (2026)"}, "note": text("Made up")},
        "licence": {"checked": True, "note": text("Ours")},
        "preconditions": [{"id": "fits", "label": text("fits"), "category": "identity"}],
        "aspects": [],
        "answer_sets": {
            "yes_no": [answer("yes", "weight"), answer("no", 0), answer("unknown", None)]
        },
        "sections": [
            {
                "id": "first",
                "label": text("first"),
                "items": [item("a"), item("b", red=["yes"]), item("c", weight=2)],
            },
            {
                "id": "second",
                "label": text("second"),
                "items": [item("support", weight=-2, category="protective_factors"), item("d")],
            },
        ],
        "scoring": {"kind": kind, "current": "1", "norm_sets": [norms | scoring]},
    }


def counted(**scoring: Any) -> dict[str, Any]:
    """The small instrument without points: only rules raise."""
    bands = [band("low"), band("middle"), band("high")]
    rules = [
        {"band": "middle", "any_of": [{"section": "first", "answers": ["yes"], "at_least": 2}]},
        {
            "band": "high",
            "any_of": [
                {"red": True, "at_least": 1},
                {"items": ["a", "d"], "answers": ["yes"], "at_least": 2},
            ],
        },
    ]
    content = copy.deepcopy(small(kind="counts", **({"bands": bands, "rules": rules} | scoring)))
    content["id"] = "counted"
    for section in content["sections"]:
        for one in section["items"]:
            one["weight"] = 0
    content["answer_sets"]["yes_no"][0]["points"] = 0
    return content


def put(folder: Path, content: Any, name: str | None = None) -> Path:
    """A file of an instrument, by default named by its id."""
    path = folder / f"{name or content['id']}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
