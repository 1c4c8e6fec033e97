"""Finds contradictions in the data that the rules decide by, once each file fits its schema.

A rule that looks up a misspelt word finds nothing: it denies, or falls back to a wider row, and
nobody notices. These checks refuse such data before a bundle is built. Each function yields its
faults as `<agreement, mandate or table/row>: <place>: <what is wrong>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.events import EVENTS
from contracts.fields import Flag
from contracts.fragment_projections import KINDS
from contracts.reasons import Reason
from contracts.rfc3339 import parse_moment
from contracts.rpc.notifications import DEADLINES, TASKS
from contracts.vocabulary import TRANSITIONS
from deploy.opa.rules import DefinedWords

Table = Mapping[str, Any]

REASONS: Final = frozenset(Reason)

_DAYS: Final = frozenset(
    f"notifications.{kind}_{phase}" for kind in DEADLINES for phase in ("due", "overdue")
)
"""The days that come, in the form of events."""


def faults(document: Table, defined: DefinedWords) -> list[str]:
    """Every contradiction in the document that the rules see (deploy.opa.data), tables last."""
    return [
        *_agreements(document),
        *_mandates(document),
        *_tables(document),
        *_undefined(document, defined),
    ]


def _agreements(document: Table) -> Iterator[str]:
    agreements, partners = document["agreements"], document.get("partners", {})
    for agreement in agreements.values():
        found = (
            *_parties(agreement, partners),
            *_types(agreement),
            *_succession(agreement, agreements),
            *_validity(agreement),
            *_danger(agreement),
            *_quorum(agreement),
            *_twice("tables", (table["id"] for table in agreement["tables"])),
        )
        yield from (f"{agreement['id']}: {fault}" for fault in found)


def _parties(agreement: Table, partners: Table) -> Iterator[str]:
    yield from _twice("parties", (party["partner"] for party in agreement["parties"]))
    for party in agreement["parties"]:
        partner, domain = party["partner"], party["domain"]
        if partner not in partners:
            yield f"parties: no partner {partner!r}"
        elif partners[partner]["domain"] != domain:
            usual = partners[partner]["domain"]
            yield f"parties/{partner}: domain {domain!r}, in partners.json {usual!r}"


def _types(agreement: Table) -> Iterator[str]:
    rows = agreement["need_to_know"]["types"]
    for party in agreement["parties"]:
        if party["type"] not in rows:
            place = f"parties/{party['partner']}"
            yield f"{place}: type {party['type']!r} has no row in need_to_know/types"
    for name in sorted(rows.keys() - {party["type"] for party in agreement["parties"]}):
        yield f"need_to_know/types: no party is of type {name!r}"


def _succession(agreement: Table, agreements: Table) -> Iterator[str]:
    passed: list[str] = []
    earlier = agreement["succeeds"]
    while earlier in agreements and earlier != agreement["id"] and earlier not in passed:
        passed.append(earlier)
        earlier = agreements[earlier]["succeeds"]
    if earlier == agreement["id"]:
        yield "succeeds: itself" + "".join(f", by way of {each!r}" for each in passed)
    elif earlier is not None and not passed:
        yield f"succeeds: no agreement {earlier!r}"


def _validity(agreement: Table) -> Iterator[str]:
    end = _moment(agreement["valid_until"])
    if end < _moment(agreement["valid_from"]):
        yield "valid_until: before it begins"
    if end < _moment(agreement["legal_basis"]["valid_from"]):
        yield "legal_basis/valid_from: after the agreement has ended"


def _danger(agreement: Table) -> Iterator[str]:
    purpose = "acute_danger" in agreement["purposes"]
    allowed = agreement["modalities"]["emergency_access"]
    if allowed and not purpose:
        yield "emergency_access without the purpose 'acute_danger'"
    if purpose and not allowed:
        yield "the purpose 'acute_danger' without emergency_access"


def _quorum(agreement: Table) -> Iterator[str]:
    quorum, parties = agreement["modalities"]["quorum"], len(agreement["parties"])
    if quorum > parties:
        yield f"modalities/quorum: {quorum} of {parties} parties"


def _mandates(document: Table) -> Iterator[str]:
    agreements = document["agreements"]
    for mandate in (each for held in document["mandates"].values() for each in held):
        name, partner, end = mandate["agreement"], mandate["partner"], mandate["until"]
        agreement = agreements.get(name)
        if agreement is None:
            yield f"{mandate['id']}: agreement: no agreement {name!r}"
        elif partner and partner not in {party["partner"] for party in agreement["parties"]}:
            yield f"{mandate['id']}: partner: {partner!r} is no party to {name}"
        if end and _moment(end) < _moment(mandate["from"]):
            yield f"{mandate['id']}: until: before it begins"


def _tables(document: Table) -> Iterator[str]:
    for table, check in _CHECKS.items():
        for name, row in document.get(table, {}).items():
            yield from (f"{table}/{name}: {fault}" for fault in check(name, row, document))


def _undefined(document: Table, defined: DefinedWords) -> Iterator[str]:
    for name, row in document.get("actions", {}).items():
        for condition in sorted(row["needs"].keys() - defined.conditions):
            yield f"actions/{name}: needs: no condition {condition!r}"
    for name, row in document.get("notifications", {}).items():
        for group in sorted(_groups(row) - defined.groups):
            yield f"notifications/{name}: no group {group!r}"
        conditions = {entry["if"] for entry in _entries(row) if "if" in entry}
        for condition in sorted(conditions - defined.circumstances):
            yield f"notifications/{name}: if: no condition {condition!r}"
    for name, audiences in document.get("stages", {}).items():
        for audience in sorted({each["who"] for each in audiences} - defined.audiences):
            yield f"stages/{name}: who: no audience {audience!r}"


def _action(name: str, row: Table, document: Table) -> Iterator[str]:
    for condition, reason in row["needs"].items():
        if reason not in REASONS:
            yield f"needs/{condition}: no reason {reason!r}"
    served = {each: document["purposes"][each] for each in row["purposes"]}
    for role in row["roles"]:
        if not any(role in roles for roles in served.values()):
            yield f"roles: {role!r} serves none of its purposes"
    for purpose, roles in served.items():
        if row["roles"] and not set(roles) & set(row["roles"]):
            yield f"purposes: {purpose!r} is served by none of its roles"
    if row["about"] == "danger" and "stages" not in row:
        yield "stages: missing, so that no access would ever be open"


def _transition(name: str, row: Table, document: Table) -> Iterator[str]:
    if name not in TRANSITIONS:
        yield "no step of a case"
    for role in row["roles"]:
        if role not in document["actions"]["change_stage"]["roles"]:
            yield f"roles: {role!r} may not change_stage"


def _resource(name: str, row: Table, document: Table) -> Iterator[str]:
    for purpose in row["purposes"]:
        if set(document["purposes"][purpose].values()) <= {"none"}:
            yield f"purposes: {purpose!r} shows nobody a case"


def _stage(name: str, row: Iterable[Table], document: Table) -> Iterator[str]:
    yield from _twice("who", (audience["who"] for audience in row))


def _notification(name: str, row: Table, document: Table) -> Iterator[str]:
    if name not in EVENTS and name not in _DAYS:
        yield "no event and no day that comes"
        return
    for entry in _entries(row):
        for member, values in entry.get("when", {}).items():
            yield from _condition(name, member, values)
    for entry in row.get("tell", ()):
        if entry["task"] not in TASKS:
            yield f"no task {entry['task']!r}"
    for entry in row.get("next", ()):
        for command in sorted({*entry["do"]} - {*document["actions"], *TRANSITIONS}):
            yield f"next: no command {command!r}"
    for kind in sorted(_deadlines(row) - document["deadlines"].keys()):
        yield f"no deadline {kind!r}"
    for entry in row.get("begins", ()):
        yield from _beginning(entry, document["deadlines"].get(entry["deadline"], {}))


def _beginning(entry: Table, deadline: Table) -> Iterator[str]:
    if "on" not in entry and "days" not in deadline:
        yield f"begins: {entry['deadline']!r} has neither a day nor days"


def _deadline(name: str, row: Table, document: Table) -> Iterator[str]:
    if name not in DEADLINES:
        yield "no kind of deadline"
    for command in sorted({*row["waits_for"]} - {*document["actions"], *TRANSITIONS}):
        yield f"waits_for: no command {command!r}"


def _entries(row: Table) -> list[Table]:
    """All entries of what follows from an event."""
    members = ("next", "tell", "begins", "ends", "suspends", "resumes")
    return [entry for member in members for entry in row.get(member, ())]


def _groups(row: Table) -> set[str]:
    who = {group for entry in row.get("next", ()) for group in entry["who"]}
    told = (group for each in row.get("tell", ()) for group in each["to"])
    return who.union(told, *(each.get("otherwise", ()) for each in row.get("tell", ())))


def _deadlines(row: Table) -> set[str]:
    changed = ("ends", "suspends", "resumes")
    kinds = (kind for each in changed for entry in row.get(each, ()) for kind in entry["deadlines"])
    return {entry["deadline"] for entry in row.get("begins", ())}.union(kinds)


def _condition(event: str, member: str, values: Iterable[Any]) -> Iterator[str]:
    field = EVENTS[event].newest().fields.get(member) if event in EVENTS else None
    if not field:
        yield f"when: the event has no member {member!r}"
        return
    possible = (True, False) if isinstance(field, Flag) else getattr(field.validate, "choices", ())
    for value in values:
        if value is None and field.required and not field.allow_none:
            yield f"when/{member}: never absent"
        elif value is not None and value not in possible:
            yield f"when/{member}: never {value!r}"


def _kinds(name: str, row: Any, document: Table) -> Iterator[str]:
    if name != "levels":  # of categories, which its schema knows
        yield from (f"no kind of fragment {kind!r}" for kind in row if kind not in KINDS)


_CHECKS: Final[Mapping[str, Callable[[str, Any, Table], Iterator[str]]]] = {
    "actions": _action,
    "transitions": _transition,
    "resources": _resource,
    "stages": _stage,
    "notifications": _notification,
    "deadlines": _deadline,
    "referral": _kinds,
    "emergency": _kinds,
}
"""What is wrong with a row of a table, by the row's name, what it says, and all data."""


def _twice(place: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{place}: {name!r} is there twice"
        seen.add(name)


def _moment(text: str) -> datetime:
    return parse_moment(text)
