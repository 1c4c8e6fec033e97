"""Cursors: where a list goes on, sealed, for one person and one list, for an hour."""

import base64
import binascii
from datetime import datetime, timedelta

import orjson

from chassis.errors import Mangled, Refuse
from chassis.sealing import KeyRing

LIFETIME = timedelta(hours=1)
_LONGEST = 2_000
_PADDED = 320


class Cursors:
    """Makes and opens cursors; nobody can see what is inside, not even by its length."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def make(self, person: str, listing: str, after: str, now: datetime) -> str:
        """A cursor with which `person` goes on after `after` in `listing`."""
        plain = orjson.dumps({"after": after, "until": (now + LIFETIME).timestamp()})
        padded = plain.ljust(-(-len(plain) // _PADDED) * _PADDED)
        sealed = self._ring.seal(padded, _context(person, listing))
        return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    def open(self, person: str, listing: str, cursor: str, now: datetime) -> str:
        """Where to go on. Raises Refuse("cursor_invalid") for any cursor that is not theirs now."""
        try:
            if len(cursor) > _LONGEST:
                raise Mangled("no cursor is that long")
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), "-_", validate=True)
            inside = orjson.loads(self._ring.open(sealed, _context(person, listing)))
        except (Mangled, ValueError, binascii.Error) as error:
            raise Refuse("cursor_invalid") from error
        if inside["until"] < now.timestamp():
            raise Refuse("cursor_invalid", "the cursor has expired")
        return str(inside["after"])


def _context(person: str, listing: str) -> bytes:
    return f"cursor\x00{person}\x00{listing}".encode()
