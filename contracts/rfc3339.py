"""Days and moments as text: `full-date` and `date-time` of RFC 3339, and no other form."""

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def parse_day(text: str) -> date:
    """A calendar day (`2026-03-01`). Raises ValueError for every other form of ISO 8601."""
    if _DAY.fullmatch(text) is None:
        raise ValueError("no full-date of RFC 3339")
    return date.fromisoformat(text)


def parse_moment(text: str) -> datetime:
    """A moment (`2026-03-01T10:00:00+01:00`), in UTC, to the microsecond.

    `t` and `z` may be small. A fraction has at most nine digits, of which six are kept. `-00:00`
    is UTC: the moment is known, only the place is not. Raises ValueError for every other form,
    for a leap second (`:60`), which no clock here can show, and for a moment outside the years 1
    to 9999.
    """
    normal = text.upper()
    if _MOMENT.fullmatch(normal) is None:
        raise ValueError("no date-time of RFC 3339")
    try:
        return datetime.fromisoformat(normal).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years that there are") from error
