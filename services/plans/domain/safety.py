"""Safety checks (veiligheidschecks): how safe people are, said beside a step or by itself."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from casework.case import CaseSnapshot
from casework.change import Change, Event, fragment_event
from casework.command import Command, unmet
from casework.fragment import Fragment, of_the_table
from contracts.reasons import Reason

KINDS: Final = ("safety_check", "safety_note")
"""The kinds of fragments that are safety checks: one that goes with a step, one by itself."""

_ENDS: Final = ("conclusion", "follow_up")
LOOKED_AT: Final = (*KINDS, *_ENDS)
"""The kinds that say whether somebody is unsafe: the checks, and what proposes to end a case."""

_UNSAFE: Final = "unsafe"
_SAYS_NOTHING: Final = "unknown"


def safety_check(case: CaseSnapshot, command: Command, of: Fragment) -> Fragment:
    """How safe it is at the moment of `of`, with which it goes; about whom that is, or all."""
    content = {"of": of.id, **command.body["safety_check"]}
    check = of_the_table(command, "safety_check", of.subjects or case.persons, content)
    return replace(check, category="safety", of=of.id, place=1)


def check_safety(case: CaseSnapshot, command: Command, held: Iterable[Fragment]) -> Change:
    """A safety check by itself, at any step from forming until the case is closed.

    `held` are the fragments of `LOOKED_AT`.
    """
    subjects = command.body["subjects"]
    case.check_subjects(subjects)
    content = command.given("judgement", "text", "summary", "session")
    note = of_the_table(command, "safety_note", subjects, content)
    note = replace(note, category="safety", source=command.speaker)
    checked = fragment_event("plans.safety_checked", note)
    return Change(note, added=(note,), events=(checked, *changed_safety(held, note)))


def alarm(check: Fragment) -> tuple[Event, ...]:
    """The event that tells at once of a check that says `unsafe`."""
    return (fragment_event("plans.unsafe_reported", check),) if _says(check) == _UNSAFE else ()


def changed_safety(held: Iterable[Fragment], check: Fragment) -> tuple[Event, ...]:
    """What a check changes: that somebody is unsafe, or that nobody is any more.

    `held` are the fragments of `LOOKED_AT` before it.
    """
    before = tuple(held)
    if is_anybody_unsafe(before) and not is_anybody_unsafe((*before, check)):
        return (fragment_event("plans.safety_cleared", check),)
    return alarm(check)


def is_anybody_unsafe(held: Iterable[Fragment]) -> bool:
    """Whether the newest check of any member of the client system says so.

    `unknown` clears nothing: the last that said something counts. Of two at one moment the worse
    counts. Nor does a check that goes with a conclusion or follow-up clear anything, for nobody
    may remove what stands in the way of the own proposal (domain.md, section 4). `held` are the
    fragments of `LOOKED_AT`, with the content of the checks.
    """
    fragments = tuple(held)
    ends = {one.id for one in fragments if one.kind in _ENDS}
    checks = [one for one in fragments if one.kind in KINDS and _counts(one, ends)]
    in_order = sorted(checks, key=lambda check: (check.at, _says(check) == _UNSAFE))
    newest = {subject: _says(check) for check in in_order for subject in check.subjects}
    return _UNSAFE in newest.values()


def check_ends_safely(held: Iterable[Fragment], own: Fragment) -> None:
    """Raises Refuse while somebody is unsafe by the checks before the one of the step (`own`).

    One that itself says `unsafe` is never refused: it is kept and told, and intake ends no case
    while it stands. The refusal does not say whose check it is.
    """
    if _says(own) != _UNSAFE and is_anybody_unsafe(held):
        raise unmet(Reason.UNSAFE, "the newest safety check of somebody says `unsafe`")


def _counts(check: Fragment, ends: Collection[str]) -> bool:
    """Whether a check says something that counts; `ends` are conclusions and follow-ups."""
    if _says(check) == _UNSAFE:
        return True
    return _says(check) != _SAYS_NOTHING and (check.content or {}).get("of") not in ends


def _says(check: Fragment) -> str:
    return str((check.content or {})["judgement"])
