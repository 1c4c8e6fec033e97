"""`docs/events.md`: every event, what it tells and who hears it."""

from collections.abc import Iterable, Iterator
from typing import cast

from marshmallow import Schema, fields, validate

from contracts.events import DATASCHEMA, EVENTS, MEANINGS, CaseData, Envelope
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId
from contracts.topology import EVENTS_EXCHANGE, SUBSCRIPTIONS
from ops.pages.markdown import table

Row = tuple[str, ...]

_KINDS = {
    RandomId: "random id",
    Code: "code",
    Day: "day",
    Moment: "moment (UTC)",
    Flag: "true or false",
}

_HEAD = f"""\
# Events

Made from `contracts/events.py` and `contracts/topology.py` by `ketenaanpak docs`. A sample of each
is in `contracts/examples/`, as `<event>.v<version>.json`.

An event says what happened, in ids and codes only: whoever wants to know more asks, and is decided
about. It is a CloudEvents 1.0 document, published on the exchange `{EVENTS_EXCHANGE}` with the
routing key `<source>.<type>`, persistent and confirmed; `dataschema` is
`{DATASCHEMA.format(type="<event>", version="<version>")}`. A published version never changes. A
service that hears an event twice acts once.

## What happened, and who hears it
"""

_DATA = """\
## The data

*case* stands for what every event about a case tells, so that a hearer need not ask:
{members}. `walled` are the persons of whom it is known that they must not be told.
"""


def render() -> str:
    """The page, in Markdown."""
    of_case = ", ".join(f"`{name}`" for name in CaseData().fields)
    return "\n".join(
        (
            _HEAD,
            table(("event", "version", "what happened", "tells", "heard by"), _events()),
            _DATA.format(members=of_case),
            table(("member", "kind"), _members(_data_schemas())),
            "## The envelope\n",
            table(("member", "kind"), _members([Envelope()])),
        )
    )


def _events() -> Iterator[Row]:
    for name, versions in EVENTS.items():
        for version, schema in versions.items():
            told = ", ".join(_tells(schema()))
            heard_by = ", ".join(_hearers(name))
            yield (f"`{name}`", str(version), MEANINGS[name], told, heard_by)


def _tells(schema: Schema) -> Iterator[str]:
    known = CaseData().fields if isinstance(schema, CaseData) else {}
    if known:
        yield "*case*"
    yield from (f"`{name}`" for name in schema.fields if name not in known)


def _hearers(name: str) -> Iterator[str]:
    for service, keys in SUBSCRIPTIONS.items():
        if name in keys or "#" in keys:
            yield service


def _data_schemas() -> Iterator[Schema]:
    yield CaseData()
    for versions in EVENTS.values():
        yield from (schema() for schema in versions.values())


def _members(schemas: Iterable[Schema]) -> list[Row]:
    """A row per member; ValueError when one name means two things."""
    kinds: dict[str, str] = {}
    for schema in schemas:
        for name, field in schema.fields.items():
            if kinds.setdefault(name, _told(field)) != _told(field):
                raise ValueError(f"{name} is {kinds[name]} and {_told(field)}")
    return [(f"`{name}`", kind) for name, kind in kinds.items()]


def _told(field: fields.Field[object]) -> str:
    return _kind(field) if field.required else f"{_kind(field)}; may be absent"


def _kind(field: fields.Field[object]) -> str:
    if isinstance(field, OneOf):
        return " or ".join(f"`{word}`" for word in _words(field))
    if isinstance(field, fields.List):
        return f"list of {_kind(field.inner)}s"
    for kind, told in _KINDS.items():
        if isinstance(field, kind):
            return told
    return "object" if isinstance(field, fields.Dict) else "text"


def _words(field: OneOf) -> tuple[str, ...]:
    (choice,) = field.validators
    return tuple(cast(validate.OneOf, choice).choices)
