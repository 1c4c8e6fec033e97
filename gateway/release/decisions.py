"""Decisions of the policy service, read strictly: a malformed one is no decision.

The shapes are those of `services/policy`; domain.md, section 7 says what they mean.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chassis.errors import Retry
from contracts.vocabulary import CATEGORIES, LEVELS

STANDINGS: Final = ("participant", "chair", "coordination", "referrer", "emergency")
OBLIGATIONS: Final = ("record", "use_limitation", "no_onward_sharing", "expires_at")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Grant:
    """How much of one fragment is released, and why not more."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """What policy decided about one case, for one viewer, now."""

    allow: bool
    standing: str | None
    grants: Mapping[str, Grant]
    withheld: tuple[str, ...]
    reasons: tuple[str, ...]
    obligations: tuple[Mapping[str, Any], ...]
    partner: str | None
    roles: tuple[str, ...]
    agreement_version: str | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class ReleaseDecision:
    """What policy decided about all cases of an answer, by case id."""

    policy_revision: str
    cases: Mapping[str, CaseDecision]


@dataclass(frozen=True, slots=True)
class ActionDecision:
    """Whether an action may go on; `result` is the whole of policy's answer.

    `hide`: the person may not even know what it is about.
    """

    allow: bool
    hide: bool
    reasons: tuple[str, ...]
    terms: Mapping[str, Any]
    partner: str | None
    roles: tuple[str, ...]
    agreement: str | None
    agreement_version: str | None
    policy_revision: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DirectoryDecision:
    """The contact person of each partner."""

    allow: bool
    contacts: tuple[Mapping[str, Any], ...]
    policy_revision: str


class _MalformedDecision(Exception):
    """The answer is not one of those agreed upon."""


def read_release(result: Any, expected: Mapping[str, Sequence[str]]) -> ReleaseDecision:
    """The decision in `result`, for exactly the cases and fragments `asked` (case id → ids).

    Raises Retry("policy_unavailable") when the result is malformed in any way.
    """
    try:
        decisions = _member(result, "decisions", dict)
        if set(decisions) != set(expected):
            raise _MalformedDecision
        cases = {case: _case(decisions[case], expected[case]) for case in expected}
        return ReleaseDecision(_revision(result), cases)
    except _MalformedDecision as error:
        raise Retry("policy_unavailable") from error


def read_action(result: Any) -> ActionDecision:
    """The decision in `result`. Raises Retry("policy_unavailable") when it is malformed."""
    try:
        allow, hide = _member(result, "allow", bool), _member(result, "hide", bool)
        if allow and hide:
            raise _MalformedDecision
        return ActionDecision(
            allow=allow,
            hide=hide,
            reasons=_codes(result, "reasons"),
            terms=_member(result, "terms", dict),
            partner=_code_or_none(result, "partner"),
            roles=_codes(result, "roles"),
            agreement=_code_or_none(result, "agreement"),
            agreement_version=_text_or_none(result, "agreement_version"),
            policy_revision=_revision(result),
            result=result,
        )
    except _MalformedDecision as error:
        raise Retry("policy_unavailable") from error


def read_directory(result: Any) -> DirectoryDecision:
    """The contacts in `result`. Raises Retry("policy_unavailable") when it is malformed."""
    try:
        contacts = _member(result, "contacts", list)
        if not all(isinstance(contact, dict) for contact in contacts):
            raise _MalformedDecision
        return DirectoryDecision(_member(result, "allow", bool), tuple(contacts), _revision(result))
    except _MalformedDecision as error:
        raise Retry("policy_unavailable") from error


def _case(decision: Any, fragments: Sequence[str]) -> CaseDecision:
    allow = _member(decision, "allow", bool)
    standing = _text_or_none(decision, "standing")
    given = _member(decision, "fragments", dict)
    if set(given) != (set(fragments) if allow else set()):
        raise _MalformedDecision
    grants = {fragment: _grant(given[fragment]) for fragment in given}
    if allow and standing not in STANDINGS:
        raise _MalformedDecision
    if standing == "coordination" and any(grant.level != "none" for grant in grants.values()):
        raise _MalformedDecision
    emergency, obligations = _member(decision, "emergency", bool), _obligations(decision)
    if standing == "emergency" and not (emergency and _expires(obligations)):
        raise _MalformedDecision
    return CaseDecision(
        allow=allow,
        standing=standing,
        grants=grants,
        withheld=_withheld(decision),
        reasons=_codes(decision, "reasons"),
        obligations=obligations,
        partner=_code_or_none(decision, "partner"),
        roles=_codes(decision, "roles"),
        agreement_version=_text_or_none(decision, "agreement_version"),
        emergency=emergency,
    )


def _grant(value: Any) -> Grant:
    level = _member(value, "level", str)
    if level not in LEVELS:
        raise _MalformedDecision
    return Grant(level, _codes(value, "reasons"))


def _withheld(decision: Any) -> tuple[str, ...]:
    withheld = _member(decision, "withheld", dict)
    if not all(category in CATEGORIES and mark is True for category, mark in withheld.items()):
        raise _MalformedDecision
    return tuple(category for category in CATEGORIES if category in withheld)


def _obligations(decision: Any) -> tuple[Mapping[str, Any], ...]:
    obligations = _member(decision, "obligations", list)
    for obligation in obligations:
        if _member(obligation, "kind", str) not in OBLIGATIONS:
            raise _MalformedDecision
    return tuple(obligations)


def _expires(obligations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the reader is told until when it is open: emergency access ends by itself."""
    return any(each["kind"] == "expires_at" and each.get("at") for each in obligations)


def _revision(result: Any) -> str:
    revision = _member(result, "policy_revision", str)
    if not revision:
        raise _MalformedDecision
    return revision


def _member(value: Any, name: str, kind: type[T]) -> T:
    """The member `name`, of exactly `kind`: a truthy word is not `true`."""
    if type(value) is not dict or type(value.get(name)) is not kind:
        raise _MalformedDecision
    member: T = value[name]
    return member


def _codes(value: Any, name: str) -> tuple[str, ...]:
    listed = _member(value, name, list)
    if not all(type(each) is str and _CODE.fullmatch(each) for each in listed):
        raise _MalformedDecision
    return tuple(listed)


def _text_or_none(value: Any, name: str) -> str | None:
    if type(value) is dict and name in value and value[name] is None:
        return None
    return _member(value, name, str)


def _code_or_none(value: Any, name: str) -> str | None:
    text = _text_or_none(value, name)
    if text is not None and not _CODE.fullmatch(text):
        raise _MalformedDecision
    return text
