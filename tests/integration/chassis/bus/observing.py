"""What a test looks at from outside: messages written, switches set, events parked."""

import uuid
from typing import Any

import amqp
import orjson
import pymongo

from chassis.bus import topology
from chassis.bus.connection import connect, drop
from chassis.bus.parking import ParkedEvent, list_parked, replay
from deploy.local.parts import Parts

SERVICE = "notifications"


def event_of(subject: str, **members: Any) -> dict[str, Any]:
    """An event that the sample service handles."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "intake",
        "type": "referral_submitted",
        "subject": subject,
        "number": 0,
    } | members


def publish(parts: Parts, body: bytes, key: str = "intake.referral_submitted") -> None:
    """Publish bytes as intake; returns when the broker has them."""
    connection = connect(parts.broker_url("intake"), "test publishes")
    try:
        connection.channel().basic_publish_confirm(
            amqp.Message(body, user_id="intake", delivery_mode=2),
            topology.EVENTS_EXCHANGE,
            key,
            timeout=2,
            confirm_timeout=2,
        )
    finally:
        drop(connection)


def publish_event(parts: Parts, event: dict[str, Any]) -> None:
    """Publish one event as intake."""
    publish(parts, orjson.dumps(event), f"intake.{event['type']}")


def messages_about(parts: Parts, subject: str) -> list[dict[str, Any]]:
    """The messages written about a subject, in the order of their writing."""
    with pymongo.MongoClient(parts.mongo_url(SERVICE)) as client:
        return list(
            client[SERVICE]["sample_messages"].find({"subject": subject}).sort("$natural", 1)
        )


def message_count(parts: Parts, subject: str) -> int:
    """How many messages there are about a subject."""
    return len(messages_about(parts, subject))


def set_mood(parts: Parts, subject: str, mood: str) -> None:
    """Make the sample handler fail in some way for a subject."""
    with pymongo.MongoClient(parts.mongo_url(SERVICE)) as client:
        client[SERVICE]["switches"].replace_one({"_id": subject}, {"mood": mood}, upsert=True)


def mood(parts: Parts, subject: str) -> str:
    """How the sample handler fails for a subject now; "well" once it has been killed for it."""
    with pymongo.MongoClient(parts.mongo_url(SERVICE)) as client:
        switch: dict[str, str] = client[SERVICE]["switches"].find_one({"_id": subject}) or {}
        return switch["mood"]


def parked(parts: Parts) -> list[ParkedEvent]:
    """What the operator finds parked."""
    connection = connect(parts.broker_url("operator"), "test lists")
    try:
        return list_parked(connection, SERVICE)
    finally:
        drop(connection)


def parked_one(parts: Parts, event_id: str) -> ParkedEvent | None:
    """The parked event with this id."""
    return next((each for each in parked(parts) if each.id == event_id), None)


def replay_as_operator(parts: Parts, event_id: str | None) -> int:
    """Send parked events back."""
    connection = connect(parts.broker_url("operator"), "test replays")
    try:
        return replay(connection, SERVICE, event_id)
    finally:
        drop(connection)


def queue_length(parts: Parts, queue: str, user: str = SERVICE) -> int:
    """How many messages wait in a queue (those in hand not counted)."""
    connection = connect(parts.broker_url(user), "test counts")
    try:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)
    finally:
        drop(connection)
