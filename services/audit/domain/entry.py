"""What may be recorded: a strict check that costs little, and the canonical form of an entry.

`contracts/rpc/audit.py` says what an entry is. This check accepts just what that schema accepts
(a contract test proves it) at a fraction of the cost, because nothing leaves before it is done.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from chassis.errors import Refuse
from contracts.rpc.audit import DECIDED_LIMIT, OUTCOMES, tells_only_codes
from contracts.vocabulary import CATEGORIES, LEVELS

MOST_ENTRIES: Final = 200
MOST_BYTES: Final = 16 * 1024 * 1024
"""What the decisions of one request may take together, as JSON."""

_RANDOM_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}").fullmatch
_LABEL = re.compile(r"[!-~]{1,128}").fullmatch
_FRAGMENT = frozenset(("id", "category", "level"))

Fits = Callable[[object], bool]
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked entry: what its leaf tells, what stands beside it, and the decision as JSON."""

    told: dict[str, Any]
    beside: dict[str, Any]
    decision: bytes

    @property
    def id(self) -> str:
        """The caller's random id for it: the same id is the same entry."""
        return str(self.told["entry_id"])


def read_entries(payload: object) -> list[Entry]:
    """The checked entries of a request to record.

    Raises Refuse("validation_failed") that names the members at fault, never their values, and
    Refuse("body_too_large") when they are too much for one request.
    """
    if not isinstance(payload, dict) or payload.keys() != {"entries"}:
        raise Refuse("validation_failed", fields=["entries"])
    given = payload["entries"]
    if not isinstance(given, list) or not 0 < len(given) <= MOST_ENTRIES:
        raise Refuse("validation_failed", fields=["entries"])
    entries = [read_entry(each) for each in given]
    if sum(len(entry.decision) for entry in entries) > MOST_BYTES:
        raise Refuse("body_too_large")
    return entries


def read_entry(given: object) -> Entry:
    """One checked entry. Raises Refuse("validation_failed")."""
    if not isinstance(given, dict):
        raise Refuse("validation_failed", fields=["entries"])
    faults = [name for name in _REQUIRED if name not in given]
    faults += [name for name in given if not _fits(name, given[name])]
    moment = _moment(given.get("time"))
    asked, answered = _decided(given.get("input")), _decided(given.get("result"))
    if faults or moment is None or asked is None or answered is None:
        made = {"time": moment, "input": asked, "result": answered}
        faults += [name for name, value in made.items() if value is None]
        raise Refuse("validation_failed", fields=_named(faults))
    told = {name: given.get(name) for name in _TOLD}
    told["time"] = moment
    beside = {name: given[name] for name in _BESIDE}
    return Entry(told, beside, b'{"input":%b,"result":%b}' % (asked, answered))


def written(moment: datetime) -> str:
    """A moment in the one form that the log knows: its order is the order of time."""
    bare = moment.astimezone(UTC).replace(tzinfo=None)
    return bare.isoformat(timespec="microseconds") + "Z"


def _named(faults: Iterable[object]) -> list[str]:
    """The members at fault by their names; of those that are not ours, only that there are some."""
    return sorted(
        {name if isinstance(name, str) and name in _MEMBERS else "unknown" for name in faults}
    )


def _fits(name: object, value: object) -> bool:
    fits = _MEMBERS.get(name) if isinstance(name, str) else None
    return fits is not None and fits(value)


def _decided(value: object) -> bytes | None:
    """A decision's input or result as compact JSON; None when it is not to be recorded."""
    if not isinstance(value, dict):
        return None
    try:
        json = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None
    return json if len(json) <= DECIDED_LIMIT and tells_only_codes(json) else None


def _moment(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.utcoffset() is None else written(moment)
    except (ValueError, OverflowError):
        return None


def _anything(_value: object) -> bool:
    """Looked at apart, where the value is made."""
    return True


def _random_id(value: object) -> bool:
    return isinstance(value, str) and _RANDOM_ID(value) is not None


def _code(value: object) -> bool:
    return isinstance(value, str) and _CODE(value) is not None


def _label(value: object) -> bool:
    return isinstance(value, str) and _LABEL(value) is not None


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _or_null(fits: Fits) -> Fits:
    return lambda value: value is None or fits(value)


def _one_of(words: Iterable[str]) -> Fits:
    known = frozenset(words)
    return lambda value: isinstance(value, str) and value in known


def _list_of(fits: Fits, most: int, *, different: bool) -> Fits:
    def all_fit(values: object) -> bool:
        return (
            isinstance(values, list)
            and len(values) <= most
            and all(map(fits, values))
            and not (different and len(set(values)) < len(values))
        )

    return all_fit


def _fragment(value: object) -> bool:
    """Written out, because an entry has dozens of them."""
    return (
        isinstance(value, dict)
        and value.keys() == _FRAGMENT
        and isinstance(value["category"], str)
        and value["category"] in _CATEGORIES
        and isinstance(value["level"], str)
        and value["level"] in _LEVELS
        and isinstance(value["id"], str)
        and _RANDOM_ID(value["id"]) is not None
    )


_CATEGORIES: Final[Words] = frozenset(CATEGORIES)
_LEVELS: Final[Words] = frozenset(LEVELS)

_TOLD: Final[Mapping[str, Fits]] = {
    "entry_id": _random_id,
    "kind": _one_of(("release", "action", "event")),
    "time": _anything,
    "decision_id": _random_id,
    "command_id": _or_null(_random_id),
    "action": _code,
    "person": _or_null(_code),
    "partner": _or_null(_code),
    "roles": _list_of(_code, 50, different=True),
    "on_behalf_of": _or_null(_code),
    "purpose": _or_null(_code),
    "agreement": _or_null(_code),
    "agreement_version": _or_null(_label),
    "policy_revision": _or_null(_label),
    "case": _or_null(_random_id),
    "outcome": _one_of(OUTCOMES),
    "emergency": _flag,
}
"""What the leaf itself tells: who, what, when, why, under what, and how it ended."""

_BESIDE: Final[Mapping[str, Fits]] = {
    "case_persons": _list_of(_random_id, 200, different=True),
    "fragments": _list_of(_fragment, 5000, different=False),
    "reasons": _list_of(_code, 200, different=False),
}
"""What stands beside the leaf, with the decision: about whom, and what of them."""

_MEMBERS: Final[Mapping[str, Fits]] = {
    **_TOLD,
    **_BESIDE,
    "input": _anything,
    "result": _anything,
}
_REQUIRED: Final = tuple(name for name in _MEMBERS if name not in ("command_id", "on_behalf_of"))
