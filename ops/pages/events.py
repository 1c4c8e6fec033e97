"""`docs/events.md`: every event, its data and its subscribers."""

from collections.abc import Iterable, Iterator
from typing import cast

from marshmallow import Schema, fields, validate

from contracts.events import DATASCHEMA, EVENTS, Envelope
from contracts.events.shared import CaseData
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

Made from `contracts/events/` and `contracts/topology.py` by `ketenaanpak docs`. A sample of each
is in `contracts/examples/<service>/`, beside the command that causes it.

An event says what happened, in ids and codes only: for more a service or a person makes a request,
about which policy decides. It is a CloudEvents 1.0 document, published on the exchange
`{EVENTS_EXCHANGE}` with the routing key `<source>.<type>`, persistent and confirmed;
`dataschema` is `{DATASCHEMA.format(type="<event>", version="<version>")}`. A published version
never changes. A service that receives an event twice processes it once.

## The events and their subscribers
"""

_DATA = """\
## The data

*case* stands for the members of every event about a case, so that a subscriber need not ask:
{members}. `walled` are the persons who must not be notified, as far as is known.
"""


def render() -> str:
    """The page, in Markdown."""
    of_case = ", ".join(f"`{name}`" for name in CaseData().fields)
    return "\n".join(
        (
            _HEAD,
            table(("event", "version", "what happened", "data", "subscribers"), _events()),
            _DATA.format(members=of_case),
            table(("member", "kind"), _members(_data_schemas())),
            "## The envelope\n",
            table(("member", "kind"), _members([("every event", Envelope())])),
        )
    )


def _events() -> Iterator[Row]:
    for name, event in EVENTS.items():
        for version, schema in event.versions.items():
            members = ", ".join(_members_of(schema()))
            subscribers = ", ".join(_subscribers(name))
            yield (f"`{name}`", str(version), event.meaning, members, subscribers)


def _members_of(schema: Schema) -> Iterator[str]:
    common = CaseData().fields if isinstance(schema, CaseData) else {}
    if common:
        yield "*case*"
    yield from (f"`{name}`" for name in schema.fields if name not in common)


def _subscribers(name: str) -> Iterator[str]:
    for service, keys in SUBSCRIPTIONS.items():
        if name in keys or "#" in keys:
            yield service


def _data_schemas() -> Iterator[tuple[str, Schema]]:
    yield "*case*", CaseData()
    for name, event in EVENTS.items():
        yield from ((f"*{name}*", schema()) for schema in event.versions.values())


def _members(schemas: Iterable[tuple[str, Schema]]) -> Iterator[Row]:
    """A row per member; where one name has several kinds, a row per kind that says in which."""
    kinds: dict[str, dict[str, list[str]]] = {}
    for where, schema in schemas:
        for name, field in schema.fields.items():
            kinds.setdefault(name, {}).setdefault(_described(field), []).append(where)
    for name, by_kind in kinds.items():
        for kind, schemas_with_it in by_kind.items():
            only = len(by_kind) == 1
            yield f"`{name}`", kind if only else f"{kind}: {', '.join(schemas_with_it)}"


def _described(field: fields.Field[object]) -> str:
    return _kind(field) if field.required else f"{_kind(field)}; may be absent"


def _kind(field: fields.Field[object]) -> str:
    if isinstance(field, OneOf):
        return " or ".join(f"`{word}`" for word in _words(field))
    if isinstance(field, fields.List):
        listed = _kind(field.inner)
        return (
            f"list of {listed}" if isinstance(field.inner, fields.Nested) else f"list of {listed}s"
        )
    if isinstance(field, fields.Nested):
        return f"{{{', '.join(f'`{name}`' for name in field.schema.fields)}}}"
    for kind, name in _KINDS.items():
        if isinstance(field, kind):
            return name
    return "object" if isinstance(field, fields.Dict) else "text"


def _words(field: OneOf) -> tuple[str, ...]:
    (choice,) = field.validators
    return tuple(cast(validate.OneOf, choice).choices)
