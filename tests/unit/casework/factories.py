"""What every test of a rule about a case is given: a moment, persons, a command, its refusal."""

import itertools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.command import Command
from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
VICTIM, PERPETRATOR, CHILD = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


def command(name: str, body: Mapping[str, Any] | None = None, **changes: Any) -> Command:
    """A command of CAW's team member; the body is loaded by its schema, ids count upwards."""
    numbers = itertools.count(100)
    given = Command(
        name=name,
        person="p-caw",
        partner="caw",
        roles=("team_member",),
        terms={},
        body=COMMAND_BODIES[name]().load(body or {}),
        now=NOW,
        new_id=lambda: str(uuid.UUID(int=next(numbers))),
    )
    return replace(given, **changes)


def refusal(rule: Callable[[], object]) -> tuple[str, Any]:
    """The code of the refusal, and the reason where it has one."""
    with pytest.raises(Refuse) as refused:
        rule()
    return refused.value.code, refused.value.members.get("reason")
