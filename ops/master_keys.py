"""Checks which master keys wrap data keys: whether an older one is still needed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chassis.config import secret
from chassis.errors import CodedError
from chassis.sealing import KeyRing
from chassis.vault import count_wrapped
from deploy.local.settings import SERVICES
from ops.check_result import CheckResult
from ops.targets import Targets, is_unset

_MILLISECONDS = 3000
_MASTER_KEYS = "KETENAANPAK_MASTER_KEYS"
_PART = "master keys"


def check_master_keys(targets: Targets) -> Iterator[CheckResult]:
    """Check each service whose database and key ring are known.

    In the local run those are all; elsewhere the one whose URL and ring the environment gives.
    """
    if targets.local is not None:
        for service in SERVICES:
            ring = targets.local.parts.secrets.folder / f"master-keys-{service}"
            if ring.exists():
                yield _check(service, targets.local.parts.mongo_url(service), ring.read_text())
    elif targets.mongo_url is not None and not is_unset(_MASTER_KEYS):
        yield _check("", targets.mongo_url, secret(_MASTER_KEYS))


def judge(service: str, ring: Sequence[str], counts: Mapping[str, int]) -> CheckResult:
    """The result for the key ids of a ring, the current first, and the data keys by key id."""
    part = f"{_PART} {service}".strip()
    lost = {name: count for name, count in counts.items() if name not in ring}
    if lost:
        remedy = "give the service the lacking key back, after the current one, and restart it"
        return CheckResult(part, "wrong", f"not on the ring, but needed: {_listed(lost)}", remedy)
    older = {name: counts[name] for name in ring[1:] if name in counts}
    if older:
        remedy = "keep the older key; restart the service, which wraps them anew at its start"
        return CheckResult(part, "look", f"an older key is still needed: {_listed(older)}", remedy)
    detail = f"{counts.get(ring[0], 0)} data keys, all wrapped with {ring[0]}"
    if len(ring) > 1:
        detail += f"; no longer needed: {', '.join(ring[1:])}"
    return CheckResult(part, "well", detail)


def _check(service: str, url: str, ring: str) -> CheckResult:
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
    return CheckResult(f"{_PART} {service}".strip(), "look", what, remedy)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} for {count} data keys" for name, count in counts.items())
