"""Whether an older master key is still needed: what the keys of the cases are wrapped with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chassis.config import secret
from chassis.errors import CodedError
from chassis.sealing import KeyRing
from chassis.vault import count_wrapped
from deploy.local.settings import SERVICES
from ops.finding import Finding
from ops.place import Place, runs_locally

_MILLISECONDS = 3000
_MASTER_KEYS = "KETENAANPAK_MASTER_KEYS"
_PART = "master keys"


def look_at_master_keys(place: Place) -> Iterator[Finding]:
    """A finding for each service whose database and ring of master keys can be known here.

    In the local run those are all; elsewhere the one whose URL and ring the environment gives.
    """
    if place.local is not None:
        for service in SERVICES:
            ring = place.local.parts.secrets.folder / f"master-keys-{service}"
            if ring.exists():
                yield _look(service, place.local.parts.mongo_url(service), ring.read_text())
    elif place.mongo_url is not None and not runs_locally(_MASTER_KEYS):
        yield _look("", place.mongo_url, secret(_MASTER_KEYS))


def judge(service: str, ring: Sequence[str], counts: Mapping[str, int]) -> Finding:
    """What follows from a ring of ids, the current first, and from what wraps how many keys."""
    part = f"{_PART} {service}".strip()
    lost = {name: count for name, count in counts.items() if name not in ring}
    if lost:
        remedy = "give the service the lacking key back, after the current one, and restart it"
        return Finding(part, "wrong", f"not on the ring, but needed: {_told(lost)}", remedy)
    older = {name: counts[name] for name in ring[1:] if name in counts}
    if older:
        remedy = "keep the older key; restart the service, which wraps them anew at its start"
        return Finding(part, "look", f"an older key is still needed: {_told(older)}", remedy)
    told = f"{counts.get(ring[0], 0)} data keys, all wrapped with {ring[0]}"
    if len(ring) > 1:
        told += f"; no longer needed: {', '.join(ring[1:])}"
    return Finding(part, "well", told)


def _look(service: str, url: str, ring: str) -> Finding:
    try:
        ids = KeyRing.parse(ring.strip()).ids
        with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=_MILLISECONDS) as client:
            database = client.get_default_database()
            return judge(service or database.name, ids, count_wrapped(database))
    except ValueError as error:
        what, remedy = str(error), "write the ring as id:base64key[,id:base64key]"
    except (PyMongoError, CodedError) as error:
        what = f"the keys cannot be read ({type(error).__name__})"
        remedy = "to look at them, give the URL of the service itself in KETENAANPAK_MONGO_URL"
    return Finding(f"{_PART} {service}".strip(), "look", what, remedy)


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} for {count} data keys" for name, count in counts.items())
