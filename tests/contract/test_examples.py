"""The committed samples and the schemas say the same, in both directions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from contracts.bodies import COMMAND_BODIES, OWNERS
from contracts.events import DATASCHEMA, EVENTS, Envelope, read_event
from contracts.fields import Strict
from contracts.rpc import METHODS

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"


def declared() -> Iterator[tuple[str, type[Strict]]]:
    """Every sample that there must be, with its schema."""
    for name, versions in EVENTS.items():
        for version in versions:
            yield f"{name}.v{version}.json", Envelope
    for service, methods in METHODS.items():
        for method, (request, reply) in methods.items():
            yield f"rpc/{service}.{method}.request.json", request
            yield f"rpc/{service}.{method}.reply.json", reply


SAMPLES = dict(declared())
each_sample = pytest.mark.parametrize("name", SAMPLES)
each_event = pytest.mark.parametrize("name", [n for n in SAMPLES if not n.startswith("rpc/")])
each_command = pytest.mark.parametrize("command", COMMAND_BODIES)


def test_a_sample_is_committed_for_every_schema_and_for_nothing_else() -> None:
    """Somebody who integrates finds a true sample of everything that crosses a wire."""
    found = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*") if path.is_file()}

    assert found == set(SAMPLES)


@each_sample
def test_a_sample_survives_loading_and_dumping_unchanged(name: str) -> None:
    """What one side writes the other side reads, and nothing is lost or added on the way."""
    document, schema = read(name), SAMPLES[name]()

    assert as_json(schema.dump(schema.load(document))) == document


@each_sample
def test_a_sample_is_written_in_one_way_only(name: str) -> None:
    """A changed sample shows in a review as the change that it is."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


@each_sample
def test_an_unknown_member_is_refused_wherever_it_stands(name: str) -> None:
    """A misspelt or smuggled member is told to its sender, not quietly dropped."""
    schema = SAMPLES[name]()
    for spoilt, place in with_unknown_member(schema, read(name)):
        with pytest.raises(ValidationError) as refusal:
            schema.load(spoilt)
        assert "Unknown field." in json.dumps(refusal.value.messages), place


@each_event
def test_an_event_sample_is_read_as_the_event_of_its_name(name: str) -> None:
    """A hearer understands a sample of every version that was ever published."""
    event = read(name)
    source_and_type, version = name.removesuffix(".json").rsplit(".v", 1)
    schema = EVENTS[source_and_type][int(version)]()

    assert f"{event['source']}.{event['type']}" == source_and_type
    assert event["dataschema"] == DATASCHEMA.format(type=source_and_type, version=version)
    assert as_json(schema.dump(read_event(event))) == event["data"]
    for spoilt, place in with_unknown_member(schema, event["data"]):
        assert schema.validate(spoilt), place


@each_command
def test_a_command_sample_carries_a_body_of_its_kind(command: str) -> None:
    """The command that the gateway sends holds a body that its owner takes as it is."""
    sample = read(f"rpc/{OWNERS[command]}.{command}.request.json")
    body, schema = sample["body"], COMMAND_BODIES[command]()

    assert as_json(schema.dump(schema.load(body))) == body
    for spoilt, place in with_unknown_member(schema, body):
        assert schema.validate(spoilt), place


def test_samples_name_no_real_way_to_reach_anybody() -> None:
    """No sample holds what could be a person's telephone number or mail address."""
    for name in SAMPLES:
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        assert "@" not in text, name
        assert "+32" not in text, name


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    return document


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
