"""What a command changes, as its rule returns it: nothing is written before it is complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.fragment import Fragment


@dataclass(frozen=True)
class Event:
    """Something that happened: `<source>.<type>` and its data beside the facts of the case."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """An immutable document that intake may rest a step on (contracts/rpc/outcomes.py).

    `kind` is the collection that holds it, `members` what it says once and for all.
    """

    kind: str
    id: str
    members: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """All that a command about one case writes, in one transaction.

    `about` is the fragment that it made or changed, `state` the state of that now.
    """

    about: Fragment
    state: str = "offered"
    added: tuple[Fragment, ...] = ()
    revised: tuple[Fragment, ...] = ()
    outcome: Outcome | None = None
    events: tuple[Event, ...] = ()


def fragment_event(name: str, fragment: Fragment, **data: Any) -> Event:
    """An event that names a fragment and its category."""
    return Event(name, {"fragment": fragment.id, "category": fragment.category, **data})


def put(fragment: Fragment, state: str, *events: Event) -> Change:
    """The change that adds a fragment when it is new, and revises it otherwise."""
    if fragment.version == 1:
        return Change(fragment, state, added=(fragment,), events=events)
    return Change(fragment, state, revised=(fragment,), events=events)


def result_of(case: str, stage: str, change: Change) -> dict[str, Any]:
    """What a command answers: ids and state, never content (contracts/rpc/command.py)."""
    return {
        "id": change.about.id,
        "case": case,
        "stage": stage,
        "version": change.about.version,
        "state": change.state,
    }
