"""`docs/deadlines.md`: what follows from each event, and what each deadline waits for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.events import EVENTS
from ops.pages.markdown import table
from ops.pages.policy_tables import policy_table

GROUPS: Final[Mapping[str, str]] = {
    "chairs": "the chairs",
    "coordination": "the coordination team",
    "members": "every team member",
    "team": "the team",
    "team_without_answer": "the team, without those who answered",
    "referrer": "the referrer",
    "submitting_partner": "the partner that submitted",
    "partner_asked": "the partner that is asked",
    "partner_asking": "the partner that asked",
    "partner_named": "the partner that it is about",
    "followers": "the partners that follow the actions",
    "representatives": "whoever represents a partner that has nobody left",
    "follower": "the partner that follows the action",
    "person_named": "the person that it is about",
    "director": "the director",
    "wall_answerers": "those who are asked",
}
"""Group of people → how a reader knows them."""

CIRCUMSTANCES: Final[Mapping[str, str]] = {
    "a_partner_has_nobody": "a partner has nobody who may speak for it",
    "their_place_is_empty": "nobody else has the person's place",
    "everybody_answered": "everybody answered",
    "is_about_an_action": "it is about an action",
    "informing_is_deferred": "somebody is still to be informed",
    "mandates_are_due": "services still have to mandate",
}
"""Condition of an entry → how a reader knows it."""

_HEAD: Final = """\
# Who acts next, who is told, what is waited for

Made from `services/policy/tables/notifications.json` and `deadlines.json` by `ketenaanpak docs`.

A message says that something waits, never what or about whom. Nobody is told of what he may not
open. A deadline ends by the act that it waits for, never by a record that merely asks for it. With
the end of a case deadlines are suspended, and reopening brings them back.

## What follows from an event
"""

_DAYS: Final = """\
## When a day comes

A deadline reminds once, in the morning of its day, and is escalated when nobody acted some days
later: once, or, where it repeats, again after as many days as it has, until it ends. Days are those
of Belgium.
"""

_KINDS: Final = """\
## The deadlines

The days are those of an agreement that names none of its own (`deadline_days`), and count from the
event that begins the deadline. Without days here, the event says the day.
"""


def render() -> str:
    """The page, in Markdown."""
    rows = policy_table("notifications")
    return "\n".join(
        (
            _HEAD,
            table(
                ("event", "who acts next", "who is told", "begins", "ends", "suspends, resumes"),
                (_event(name, rows[name]) for name in EVENTS),
            ),
            _DAYS,
            table(
                ("deadline", "who is reminded", "to whom it goes when nobody acted", "who acts"),
                _days(rows),
            ),
            _KINDS,
            table(("deadline", "waits for", "days", "repeats", "begun by"), _kinds(rows)),
        )
    )


def _event(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    still = [f"suspends {_changed(each)}" for each in row.get("suspends", ())]
    again = [f"resumes {_changed(each)}" for each in row.get("resumes", ())]
    return (
        f"`{name}`",
        _next(row),
        _told(row),
        _lines(_begun(each) for each in row.get("begins", ())),
        _lines(_changed(each) for each in row.get("ends", ())),
        _lines([*still, *again]),
    )


def _days(rows: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for kind in policy_table("deadlines"):
        due, overdue = (rows[f"notifications.{kind}_{phase}"] for phase in ("due", "overdue"))
        yield f"`{kind}`", _told(due), _told(overdue), _next(due)


def _kinds(rows: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for kind, row in policy_table("deadlines").items():
        begun_by = [
            f"`{name}`"
            for name, each in rows.items()
            if any(entry["deadline"] == kind for entry in each.get("begins", ()))
        ]
        waits_for = ", ".join(f"`{command}`" for command in row["waits_for"])
        repeats = "yes" if row.get("repeats") else ""
        yield f"`{kind}`", waits_for, str(row.get("days", "")), repeats, ", ".join(begun_by)


def _next(row: Mapping[str, Any]) -> str:
    if "nobody" in row:
        return f"nobody: {row['nobody']}"
    return _lines(
        f"{_people(each['who'])}: {', '.join(f'`{command}`' for command in each['do'])}"
        f"{_when(each)}"
        for each in row["next"]
    )


def _told(row: Mapping[str, Any]) -> str:
    return _lines(_message(each) for each in row.get("tell", ()))


def _message(told: Mapping[str, Any]) -> str:
    urgent = ", urgently" if told.get("urgent") else ""
    otherwise = f", or else {_people(told['otherwise'])}" if "otherwise" in told else ""
    nothing = "" if told.get("opens", True) else ", leading to nothing"
    return f"{_people(told['to'])}{otherwise}: `{told['task']}`{urgent}{nothing}{_when(told)}"


def _begun(entry: Mapping[str, Any]) -> str:
    day = f" on `{entry['on']}`" if "on" in entry else ""
    each = f" for each of `{entry['each']}`" if "each" in entry else ""
    again = "; while it stands, whoever joins is told too" if entry.get("again") else ""
    return f"`{entry['deadline']}`{day}{each}{_when(entry)}{again}"


def _changed(entry: Mapping[str, Any]) -> str:
    kinds = ", ".join(f"`{kind}`" for kind in entry["deadlines"])
    return f"{kinds}{_when(entry)}"


def _when(entry: Mapping[str, Any]) -> str:
    wanted = [
        f"`{member}` is {' or '.join(_value(value) for value in values)}"
        for member, values in entry.get("when", {}).items()
    ]
    if "if" in entry:
        wanted.append(CIRCUMSTANCES[entry["if"]])
    return f" (when {' and '.join(wanted)})" if wanted else ""


def _value(value: object) -> str:
    if value is None:
        return "absent"
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"


def _people(groups: Sequence[str]) -> str:
    return ", ".join(GROUPS[group] for group in groups)


def _lines(texts: Iterator[str] | Sequence[str]) -> str:
    return "<br>".join(texts)
