"""Moments as they are stored and sent: text of one fixed form, which sorts by time."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """A moment in UTC (ISO 8601), always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
