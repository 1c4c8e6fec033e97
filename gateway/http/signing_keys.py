"""The keys that tokens are checked with: a JWKS file, or an https URL kept in memory."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from joserfc.jwk import KeySet

from chassis import logs

FETCH_SECONDS = 2.0
FRESH_SECONDS = 600.0
"""How long fetched keys are used without looking for newer ones."""

RETRY_SECONDS = 30.0
"""How often, at most, an unknown key id makes us look for newer keys."""

_LARGEST = 256 * 1024
_PUBLIC_TYPES = ("OKP", "RSA", "EC")

log = logs.logger(__name__)


class Keys(Protocol):
    """Gives the keys of the issuer."""

    def current(self, key_id: str | None) -> KeySet:
        """The public keys now; looks for newer ones when `key_id` is not among them.

        Raises OSError or ValueError when there are none to be had.
        """
        ...


class FileKeys:
    """A JWKS file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = -1
        self._keys = KeySet([])

    def current(self, key_id: str | None) -> KeySet:
        changed = self._path.stat().st_mtime_ns
        if changed != self._changed:
            self._keys = read_jwks(self._path.read_bytes())
            self._changed = changed
        return self._keys


class FetchedKeys:
    """A JWKS behind https; keys fetched before stay good while the issuer cannot be reached."""

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], bytes] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not url.startswith("https://"):
            raise ValueError("keys are fetched over https only")
        self._url = url
        self._fetch = fetch or _fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys = KeySet([])
        self._looked = float("-inf")

    def current(self, key_id: str | None) -> KeySet:
        age = self._monotonic() - self._looked
        unknown = key_id is not None and all(key.kid != key_id for key in self._keys.keys)
        if age > FRESH_SECONDS or (age > RETRY_SECONDS and (unknown or not self._keys.keys)):
            self._refresh()
        if not self._keys.keys:
            raise OSError("no keys were fetched yet")
        return self._keys

    def _refresh(self) -> None:
        if not self._lock.acquire(blocking=not self._keys.keys):
            return
        try:
            self._looked = self._monotonic()
            self._keys = read_jwks(self._fetch(self._url))
        except (OSError, ValueError) as error:
            log.warning("keys_not_refreshed", exc_info=error)
        finally:
            self._lock.release()


def keys_from(source: str) -> Keys:
    """The keys at a path or an https URL. Raises ValueError for any other URL."""
    return FetchedKeys(source) if "://" in source else FileKeys(Path(source))


def read_jwks(document: bytes) -> KeySet:
    """The public keys of a JWKS document; shared secrets are left out, they prove nothing here.

    Raises ValueError when it is malformed or holds no public key.
    """
    listed: list[dict[str, Any]] = json.loads(document)["keys"]
    usable = [key for key in listed if key.get("kty") in _PUBLIC_TYPES]
    if not usable:
        raise ValueError("no public key in the JWKS")
    return KeySet.import_key_set({"keys": usable})


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=FETCH_SECONDS) as answer:  # noqa: S310 (https, checked)
        document: bytes = answer.read(_LARGEST)
    return document
