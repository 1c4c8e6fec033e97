"""Who is calling: a signed token proves a person and nothing more.

Partner and role come from mandates, which the policy service knows; the optional claim `mandate`
only selects among them (domain.md, section 7).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry

from chassis.clock import Clock
from chassis.errors import Refuse, Retry
from gateway.http.signing_keys import Keys
from gateway.request_context import Viewer

ALGORITHMS: Final = ("EdDSA", "Ed25519", "ES256", "RS256")
"""Signatures with a private key that only the issuer holds; no shared secrets, no `none`."""

LEEWAY_SECONDS: Final = 5
_LONGEST = 8192
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class _Signatures(JWSRegistry):
    """The allowed algorithms, without joserfc's warning that `EdDSA` has a newer name (RFC 9864):
    issuers choose the name, and the curve is settled by the key."""

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


class Authenticator:
    """Checks signature, issuer, audience and times of bearer tokens."""

    def __init__(self, keys: Keys, issuer: str, audience: str, clock: Clock) -> None:
        self._keys = keys
        self._registry = _Signatures(strict_check_header=False)
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def identify(self, authorization: str | None) -> Viewer:
        """The person that the Authorization header proves.

        Raises Refuse("token_missing"), Refuse("token_invalid"), which does not say why, or
        Retry("service_unavailable") while the issuer's keys cannot be had.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refuse("token_missing")
        claims = self._proven(token.strip())
        return Viewer(_code(claims["sub"]), _mandate(claims))

    def ready(self) -> bool:
        """Whether there are keys to check tokens with."""
        try:
            return bool(self._keys.current(None).keys)
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _proven(self, token: str) -> Mapping[str, Any]:
        if len(token) > _LONGEST or not token.isascii():
            raise Refuse("token_invalid")
        try:
            decoded = jwt.decode(token, self._key_set, registry=self._registry)
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise Refuse("token_invalid") from error
        return decoded.claims

    def _key_set(self, token: Any) -> Any:
        try:
            return self._keys.current(token.headers().get("kid"))
        except (OSError, ValueError) as error:
            raise Retry("service_unavailable", "no keys to check tokens with") from error


def _mandate(claims: Mapping[str, Any]) -> str | None:
    return None if claims.get("mandate") is None else _code(claims["mandate"])


def _code(value: object) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise Refuse("token_invalid")
    return value
