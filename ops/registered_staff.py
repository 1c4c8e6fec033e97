"""Checks whether intake recognises whoever has a mandate: others may meet the own case."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chassis.errors import CodedError
from chassis.opa import Opa
from ops.check_result import CheckResult
from ops.targets import Targets

_PART: Final = "staff"
_SECONDS: Final = 3.0
_IMPORT: Final = "take them in with `ketenaanpak staff import FILE` (docs/runbook.md, Staff)"


def check_staff(targets: Targets) -> CheckResult:
    """Compare the persons with a mandate, as policy knows them, with those registered at intake."""
    url = targets.local.parts.mongo_url("intake") if targets.local else targets.mongo_url
    if targets.opa_url is None or url is None:
        remedy = "give KETENAANPAK_OPA_URL, and intake's own URL in KETENAANPAK_MONGO_URL"
        return CheckResult(_PART, "look", "not looked at", remedy)
    now = targets.local.clock.now() if targets.local else datetime.now(UTC)
    try:
        mandated, registered = _mandated(targets.opa_url, now), _registered(url)
    except (PyMongoError, CodedError) as error:
        remedy = "to look at them, give intake's own URL in KETENAANPAK_MONGO_URL, and start policy"
        what = f"they cannot be read ({type(error).__name__})"
        return CheckResult(_PART, "look", what, remedy)
    if registered is None:
        remedy = "to look at them, give intake's own URL in KETENAANPAK_MONGO_URL"
        return CheckResult(_PART, "look", "not looked at, the database is not intake's", remedy)
    return judge(mandated, registered)


def judge(mandated: Sequence[str], registered: Mapping[str, int]) -> CheckResult:
    """The result for persons with a mandate, and by how many matches each registered one is found.

    Whoever is registered with a name and a birth date has several matches; with the number alone
    there is one.
    """
    lacking = [person for person in mandated if person not in registered]
    scarcely = [person for person in mandated if registered.get(person, 2) < 2]
    found = [
        f"{len(persons)} {what}: {', '.join(persons)}"
        for persons, what in (
            (lacking, "with a mandate never taken in"),
            (scarcely, "recognised by number only"),
        )
        if persons
    ]
    if not found:
        return CheckResult(_PART, "well", f"all {len(mandated)} with a mandate are recognised")
    return CheckResult(_PART, "wrong" if lacking else "look", "; ".join(found), _IMPORT)


def _mandated(opa_url: str, now: datetime) -> list[str]:
    opa = Opa(opa_url, timeout=_SECONDS)
    try:
        decision = opa.decide("ketenaanpak/staff/decision", {"now": now.isoformat()})
    finally:
        opa.close()
    if decision.get("allow") is not True:
        raise CodedError("policy_unavailable")
    return list(decision["persons"])


def _registered(url: str) -> dict[str, int] | None:
    """Person → the number of matches it looks for; None when the database is not intake's."""
    limit = int(_SECONDS * 1000)
    with MongoClient[dict[str, Any]](
        url, serverSelectionTimeoutMS=limit, connectTimeoutMS=limit, socketTimeoutMS=limit
    ) as client:
        database = client.get_default_database()
        if database.name != "intake":
            return None
        found = database["staff"].find({}, {"looks_for.strength": True})
        return {one["_id"]: len(one["looks_for"]) for one in found}
