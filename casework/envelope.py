"""A decided command as it travels (contracts/rpc/command.py), read into what rules are given."""

import uuid
from typing import Any, NotRequired, TypedDict

from casework.case import CaseSnapshot
from casework.command import Command
from chassis.clock import Clock
from chassis.errors import Refuse
from chassis.validation import load
from contracts.bodies import COMMAND_BODIES


class DecidedOn(TypedDict):
    """The case as policy saw it, as it travels with a command."""

    stage: str
    version: int
    submitted_by: str
    participants: list[str]
    persons: list[str]
    director: str | None
    walled: list[str]
    referred: NotRequired[list[str]]


class Cause(TypedDict):
    """What events name as their cause."""

    command_id: str
    decision_id: str
    traceparent: str


class Envelope(Cause):
    """A decided command as it travels; contracts/rpc/command.py says what each member is."""

    person: str
    partner: str | None
    roles: list[str]
    agreement: str | None
    agreement_version: str | None
    policy_revision: str
    terms: dict[str, Any]
    decided_on: DecidedOn | None
    target: str | None
    case: str | None
    if_match: int | None
    body: dict[str, Any]


def load_command(name: str, envelope: Envelope, clock: Clock) -> Command:
    """The command in an envelope; raises Refuse("validation_failed") when its body does not fit."""
    return Command(
        name=name,
        person=envelope["person"],
        partner=envelope["partner"],
        roles=tuple(envelope["roles"]),
        terms=envelope["terms"],
        body=load(COMMAND_BODIES[name], envelope["body"]),
        now=clock.now(),
        new_id=lambda: str(uuid.uuid4()),
        target=envelope["target"],
        if_match=envelope["if_match"],
    )


def case_snapshot(envelope: Envelope) -> CaseSnapshot:
    """The case that a command was decided on; raises Refuse("not_found") when there is none."""
    seen = envelope["decided_on"]
    if seen is None or envelope["case"] is None or envelope["agreement"] is None:
        raise Refuse("not_found")
    return CaseSnapshot(
        id=envelope["case"],
        agreement=envelope["agreement"],
        stage=seen["stage"],
        submitted_by=seen["submitted_by"],
        participants=tuple(seen["participants"]),
        persons=tuple(seen["persons"]),
        walled=tuple(seen["walled"]),
        director=seen["director"],
        referred=tuple(seen.get("referred", ())),
    )


def identity(name: str, envelope: Envelope) -> dict[str, Any]:
    """What makes two commands with one key the same; how they were decided may differ."""
    return {
        "name": name,
        "case": envelope["case"],
        "target": envelope["target"],
        "if_match": envelope["if_match"],
        "body": envelope["body"],
    }
