"""Reads the dump of this folder, and restores it into a database server."""

import json
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import bson
from bson.codec_options import CodecOptions
from pymongo import MongoClient

DUMP = Path(__file__).parent / "a1bc11a"
CHECKPOINTS = DUMP / "checkpoints.txt"
STAFF = DUMP / "staff-matches.json"

Client = MongoClient[dict[str, Any]]


class DumpedStory(NamedTuple):
    """When it was dumped; the cases by name, and the random ids of their persons by `ref`."""

    moment: datetime
    cases: dict[str, str]
    persons: dict[str, dict[str, str]]


def story() -> DumpedStory:
    """The cases that the dump holds."""
    told = json.loads((DUMP / "story.json").read_text(encoding="utf-8"))
    return DumpedStory(datetime.fromisoformat(told["moment"]), told["cases"], told["persons"])


def keys() -> dict[str, str]:
    """The services' keys, by the name of their file in the secrets of a local run."""
    kept: dict[str, str] = json.loads((DUMP / "keys.json").read_text(encoding="utf-8"))
    del kept["note"]
    return kept


def restore(client: Client, service: str, database: str) -> None:
    """Insert what a service had stored into a database, which has none of it."""
    for collection, documents in _collections(service):
        client[database][collection].insert_many(documents)


def _collections(service: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
    with tarfile.open(DUMP / "databases.tar.xz") as archive:
        for member in archive:
            database, collection = member.name.removesuffix(".bson").split("/")
            content = archive.extractfile(member)
            if database == service and content is not None:
                yield collection, bson.decode_all(content.read(), options)
