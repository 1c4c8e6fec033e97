"""Events: what happened, in ids and codes only, as CloudEvents 1.0 (docs/events.md).

An event never carries content. `data` of a case event holds the facts that a subscriber needs to
react without asking: the agreement, the stage, who takes part and who must not learn of the case
(`walled`).
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from marshmallow import EXCLUDE, ValidationError, fields, validate

from contracts import vocabulary as words
from contracts.events import intake, plans, risk
from contracts.events.shared import EventType
from contracts.fields import Code, Moment, OneOf, RandomId, Strict

DATASCHEMA: Final = "urn:ketenaanpak:event:{type}:{version}"


class Envelope(Strict):
    """CloudEvents 1.0 with the three extensions that join it to a trace, a command, a decision."""

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))
    id = RandomId(required=True)
    source = OneOf(words.SERVICES, required=True)
    type = Code(required=True)
    time = Moment(required=True)
    subject = RandomId(required=True)
    dataschema = fields.String(required=True)
    datacontenttype = fields.String(required=True, validate=validate.Equal("application/json"))
    traceparent = fields.String()
    commandid = RandomId(required=True)
    decisionid = RandomId(required=True)
    data = fields.Dict(keys=fields.String(), required=True)


EVENTS: Final[Mapping[str, EventType]] = {
    f"{source}.{event_type}": event
    for source, module in {"intake": intake, "risk": risk, "plans": plans}.items()
    for event_type, event in module.EVENTS.items()
}
"""`<source>.<type>` → what it says happened, and its data."""


def make_event(
    name: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    subject: str,
    command_id: str,
    decision_id: str,
    traceparent: str = "",
) -> dict[str, Any]:
    """A new event of the newest version of `name` (`<source>.<type>`), validated, as JSON."""
    source, event_type = name.split(".", 1)
    schema, version = EVENTS[name].newest(), max(EVENTS[name].versions)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": source,
        "type": event_type,
        "time": at.isoformat(),
        "subject": subject,
        "dataschema": DATASCHEMA.format(type=name, version=version),
        "datacontenttype": "application/json",
        "commandid": command_id,
        "decisionid": decision_id,
        "data": schema.dump(schema.load(schema.dump(data))),
    }
    if traceparent:
        event["traceparent"] = traceparent
    return event


def read_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The validated `data` of an event; raises ValidationError when it is none of ours.

    A subscriber reads only the members that it knows of: unknown members of a newer version of the
    envelope are left out.
    """
    problems = Envelope(unknown=EXCLUDE).validate(event)
    name = f"{event.get('source')}.{event.get('type')}"
    version = str(event.get("dataschema", "")).rpartition(":")[2]
    schemas = EVENTS[name].versions if name in EVENTS else {}
    if problems or not version.isdigit() or int(version) not in schemas:
        raise ValidationError("type")
    loaded: dict[str, Any] = schemas[int(version)]().load(event["data"])
    return loaded
