"""Fast validation of entries, and their canonical form.

`contracts/rpc/audit.py` is the schema. This validation accepts exactly what the schema accepts (a
contract test proves it) at a fraction of the cost, because every release waits for it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from chassis.errors import Refuse
from contracts.rfc3339 import parse_moment
from contracts.rpc.audit import DECIDED_LIMIT, OUTCOMES, tells_only_codes
from contracts.vocabulary import CATEGORIES, LEVELS

MAX_ENTRIES: Final = 200
MAX_BYTES: Final = 16 * 1024 * 1024
"""The size limit of all decisions of one request together, as JSON."""

_RANDOM_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}").fullmatch
_LABEL = re.compile(r"[!-~]{1,128}").fullmatch
_FRAGMENT = frozenset(("id", "category", "level"))

Check = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """A valid entry: the members of its leaf, those of its detail, and the decision as JSON."""

    leaf_members: dict[str, Any]
    detail_members: dict[str, Any]
    decision: bytes

    @property
    def id(self) -> str:
        """The random id that the caller gave it; an id stands for one entry only."""
        return str(self.leaf_members["entry_id"])


def read_entries(payload: object) -> list[Entry]:
    """The validated entries of a request to record.

    Raises Refuse("validation_failed"), which names the invalid members and never quotes their
    values, and Refuse("body_too_large").
    """
    if not isinstance(payload, dict) or payload.keys() != {"entries"}:
        raise Refuse("validation_failed", fields=["entries"])
    given = payload["entries"]
    if not isinstance(given, list) or not 0 < len(given) <= MAX_ENTRIES:
        raise Refuse("validation_failed", fields=["entries"])
    entries = [read_entry(each) for each in given]
    if sum(len(entry.decision) for entry in entries) > MAX_BYTES:
        raise Refuse("body_too_large")
    return entries


def read_entry(given: object) -> Entry:
    """Validate one entry. Raises Refuse("validation_failed")."""
    if not isinstance(given, dict):
        raise Refuse("validation_failed", fields=["entries"])
    invalid = [name for name in _REQUIRED if name not in given]
    invalid += [name for name in given if not _is_valid(name, given[name])]
    time = _formatted_time(given.get("time"))
    policy_input, result = _json_object(given.get("input")), _json_object(given.get("result"))
    if invalid or time is None or policy_input is None or result is None:
        parsed = {"time": time, "input": policy_input, "result": result}
        invalid += [name for name, value in parsed.items() if value is None]
        raise Refuse("validation_failed", fields=_names(invalid))
    leaf_members = {name: given.get(name) for name in _LEAF_MEMBERS}
    leaf_members["time"] = time
    detail_members = {name: given[name] for name in _DETAIL_MEMBERS}
    decision = b'{"input":%b,"result":%b}' % (policy_input, result)
    return Entry(leaf_members, detail_members, decision)


def format_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: sorting as text is sorting by time."""
    bare = moment.astimezone(UTC).replace(tzinfo=None)
    return bare.isoformat(timespec="microseconds") + "Z"


def _names(invalid: Iterable[object]) -> list[str]:
    """The names of invalid members; "unknown" for all that are not members of an entry."""
    return sorted(
        {name if isinstance(name, str) and name in _MEMBERS else "unknown" for name in invalid}
    )


def _is_valid(name: object, value: object) -> bool:
    check = _MEMBERS.get(name) if isinstance(name, str) else None
    return check is not None and check(value)


def _json_object(value: object) -> bytes | None:
    """A decision's input or result as compact JSON; None when it is invalid."""
    if not isinstance(value, dict):
        return None
    try:
        json = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None
    return json if len(json) <= DECIDED_LIMIT and tells_only_codes(json) else None


def _formatted_time(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return format_time(parse_moment(value))
    except ValueError:
        return None


def _any_value(_value: object) -> bool:
    """For members that `read_entry` validates by converting them."""
    return True


def _random_id(value: object) -> bool:
    return isinstance(value, str) and _RANDOM_ID(value) is not None


def _code(value: object) -> bool:
    return isinstance(value, str) and _CODE(value) is not None


def _label(value: object) -> bool:
    return isinstance(value, str) and _LABEL(value) is not None


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _one_of(values: Iterable[str]) -> Check:
    allowed = frozenset(values)
    return lambda value: isinstance(value, str) and value in allowed


def _list_of(check: Check, max_length: int, *, unique: bool) -> Check:
    def check_list(values: object) -> bool:
        return (
            isinstance(values, list)
            and len(values) <= max_length
            and all(map(check, values))
            and not (unique and len(set(values)) < len(values))
        )

    return check_list


def _fragment(value: object) -> bool:
    """Not composed of other checks, for speed: an entry has dozens of fragments."""
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


_CATEGORIES: Final = frozenset[str](CATEGORIES)
_LEVELS: Final = frozenset[str](LEVELS)

_LEAF_MEMBERS: Final[Mapping[str, Check]] = {
    "entry_id": _random_id,
    "kind": _one_of(("release", "action", "event")),
    "time": _any_value,
    "decision_id": _random_id,
    "command_id": _or_null(_random_id),
    "action": _code,
    "person": _or_null(_code),
    "partner": _or_null(_code),
    "roles": _list_of(_code, 50, unique=True),
    "on_behalf_of": _or_null(_code),
    "purpose": _or_null(_code),
    "agreement": _or_null(_code),
    "agreement_version": _or_null(_label),
    "policy_revision": _or_null(_label),
    "case": _or_null(_random_id),
    "outcome": _one_of(OUTCOMES),
    "emergency": _flag,
}
"""The members of the leaf: who, what, when, why, under which agreement, with which outcome."""

_DETAIL_MEMBERS: Final[Mapping[str, Check]] = {
    "case_persons": _list_of(_random_id, 200, unique=True),
    "fragments": _list_of(_fragment, 5000, unique=False),
    "reasons": _list_of(_code, 200, unique=False),
}
"""The members of the detail, apart from the decision: about whom, and which fragments."""

_MEMBERS: Final[Mapping[str, Check]] = {
    **_LEAF_MEMBERS,
    **_DETAIL_MEMBERS,
    "input": _any_value,
    "result": _any_value,
}
_REQUIRED: Final = tuple(name for name in _MEMBERS if name not in ("command_id", "on_behalf_of"))
