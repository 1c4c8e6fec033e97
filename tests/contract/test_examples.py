"""The committed samples and the schemas say the same, in both directions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from contracts.bodies import COMMAND_BODIES, OWNERS
from contracts.events import DATASCHEMA, EVENTS, Envelope, read_event
from contracts.rpc import METHODS
from tests import samples

EVENTS_OF_AN_OPERATOR = "intake/staff_import.json"
"""Holds the events that no call of a method causes."""

ONE_WAY = {"request": 0, "reply": 1}
MESSAGES = {
    (service, method, way): methods[method][place]
    for service, methods in METHODS.items()
    for method in methods
    for way, place in ONE_WAY.items()
}
"""Service, method and way → schema of the message."""

EVENT_VERSIONS = [(name, version) for name, event in EVENTS.items() for version in event.versions]

each_message = pytest.mark.parametrize(("service", "method", "way"), MESSAGES)
each_event = pytest.mark.parametrize(("name", "version"), EVENT_VERSIONS)
each_command = pytest.mark.parametrize("command", COMMAND_BODIES)
each_file = pytest.mark.parametrize(
    "file", samples.files(), ids=lambda path: f"{path.parent.name}.{path.stem}"
)


def test_a_sample_is_committed_for_every_schema_and_for_nothing_else() -> None:
    """Somebody who integrates finds a true sample of everything that crosses a wire."""
    found = {str(path.relative_to(samples.EXAMPLES)) for path in samples.files()}

    methods = {
        f"{service}/{method}.json" for service, methods in METHODS.items() for method in methods
    }
    assert found == methods | {EVENTS_OF_AN_OPERATOR}
    assert sorted(samples.event_names()) == sorted(EVENT_VERSIONS)


@each_file
def test_a_file_holds_a_request_its_reply_and_events_only(file: Path) -> None:
    """Nothing is among the samples that no test looks at; events are those of a command."""
    document = json.loads(file.read_text(encoding="utf-8"))

    by_command = str(file.relative_to(samples.EXAMPLES)) != EVENTS_OF_AN_OPERATOR
    assert set(document) - {"events"} == (set(ONE_WAY) if by_command else set())
    assert "events" not in document or file.stem in COMMAND_BODIES or not by_command
    for event in document.get("events", ()):
        assert event["source"] == file.parent.name


@each_message
def test_a_message_survives_loading_and_dumping_unchanged(
    service: str, method: str, way: str
) -> None:
    """What one side writes the other side reads, and nothing is lost or added on the way."""
    document, schema = message(service, method, way), MESSAGES[service, method, way]()

    assert as_json(schema.dump(schema.load(document))) == document


@each_event
def test_an_event_survives_loading_and_dumping_unchanged(name: str, version: int) -> None:
    """The envelope is read as it was written."""
    document = samples.event(name, version)

    assert as_json(Envelope().dump(Envelope().load(document))) == document


@each_file
def test_a_sample_is_written_in_one_way_only(file: Path) -> None:
    """A changed sample shows in a review as the change that it is."""
    text = file.read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


@each_message
def test_an_unknown_member_of_a_message_is_refused(service: str, method: str, way: str) -> None:
    """A misspelt or smuggled member is reported to its sender, not quietly dropped."""
    refuses_unknown_members(MESSAGES[service, method, way](), message(service, method, way))


@each_event
def test_an_unknown_member_of_an_event_is_refused(name: str, version: int) -> None:
    """The same of an envelope, by whoever publishes it."""
    refuses_unknown_members(Envelope(), samples.event(name, version))


@each_event
def test_an_event_sample_is_read_as_the_event_of_its_name(name: str, version: int) -> None:
    """A subscriber understands a sample of every version that was ever published."""
    event, schema = samples.event(name, version), EVENTS[name].versions[version]()

    assert event["dataschema"] == DATASCHEMA.format(type=name, version=version)
    assert as_json(schema.dump(read_event(event))) == event["data"]
    for spoilt, place in with_unknown_member(schema, event["data"]):
        assert schema.validate(spoilt), place


@each_command
def test_a_command_sample_carries_a_body_of_its_kind(command: str) -> None:
    """The command that the gateway sends holds a body that its owner takes as it is."""
    body = samples.request(OWNERS[command], command)["body"]
    schema = COMMAND_BODIES[command]()

    assert as_json(schema.dump(schema.load(body))) == body
    for spoilt, place in with_unknown_member(schema, body):
        assert schema.validate(spoilt), place


def test_samples_name_no_real_way_to_reach_anybody() -> None:
    """No sample holds what could be a person's telephone number or mail address."""
    for file in samples.files():
        text = file.read_text(encoding="utf-8")
        assert "@" not in text, file
        assert "+32" not in text, file


def message(service: str, method: str, way: str) -> Any:
    return {"request": samples.request, "reply": samples.reply}[way](service, method)


def refuses_unknown_members(schema: Schema, document: dict[str, Any]) -> None:
    for spoilt, place in with_unknown_member(schema, document):
        with pytest.raises(ValidationError) as refusal:
            schema.load(spoilt)
        assert "Unknown field." in json.dumps(refusal.value.messages), place


def as_json(value: Any) -> Any:
    """The value as it would arrive: tuples are lists on a wire."""
    return json.loads(json.dumps(value))


def with_unknown_member(
    schema: Schema, document: dict[str, Any], place: str = ""
) -> Iterator[tuple[dict[str, Any], str]]:
    """The document with one unknown member, at its top and in every document within."""
    yield {**document, "unknown": 1}, place
    for name, field in schema.fields.items():
        value = document.get(name)
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested) and value:
            for spoilt, deeper in with_unknown_member(
                field.inner.schema, value[0], f"{place}/{name}/0"
            ):
                yield {**document, name: [spoilt, *value[1:]]}, deeper
        elif isinstance(field, fields.Nested) and value is not None:
            for spoilt, deeper in with_unknown_member(field.schema, value, f"{place}/{name}"):
                yield {**document, name: spoilt}, deeper
