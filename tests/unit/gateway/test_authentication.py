"""A token proves a person, by a signature of the issuer, now, for this platform."""

import base64
import hmac
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from chassis.clock import FixedClock
from chassis.errors import Refuse, Retry
from gateway.http.authentication import Authenticator
from gateway.http.signing_keys import FetchedKeys, FileKeys, keys_from, read_jwks
from gateway.request_context import Viewer
from tests.unit.gateway.fakes import AUDIENCE, BEGIN, ISSUER, FixedKeys

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
FOREIGN = OKPKey.generate_key("Ed25519", {"kid": "ed"})
CLOCK = FixedClock(BEGIN)
NOW = int(BEGIN.timestamp())


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good token; None leaves one out."""
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "p-00000001", "exp": NOW + 60, **changes}
    return {name: value for name, value in good.items() if value is not None}


def signed(key: Any, algorithm: str, **changes: Any) -> str:
    header = {"alg": algorithm, "kid": key.kid}
    return jwt.encode(header, claims(**changes), key, algorithms=[algorithm])


def identify(token: str) -> Viewer:
    keys = FixedKeys(RSA, ED, EC)
    return Authenticator(keys, ISSUER, AUDIENCE, CLOCK).identify(f"Bearer {token}")


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (ED, "Ed25519"), (EC, "ES256")])
def test_a_token_of_the_issuer_proves_its_subject(key: Any, algorithm: str) -> None:
    """Each of the allowed algorithms is taken."""
    assert identify(signed(key, algorithm)) == Viewer("p-00000001", None)


def test_a_token_may_choose_among_mandates() -> None:
    """The claim selects; whether it is theirs is decided elsewhere."""
    assert identify(signed(ED, "Ed25519", mandate="m-7")) == Viewer("p-00000001", "m-7")


def test_a_token_for_several_audiences_is_for_us_too() -> None:
    """Issuers give one token for several systems."""
    assert identify(signed(ED, "Ed25519", aud=["other", AUDIENCE])).person == "p-00000001"


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{encoded({'alg': 'none', 'kid': 'ed'})}.{encoded(claims())}."


def with_public_key_as_secret() -> str:
    secret = RSA.as_pem(private=False)
    signed_part = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(claims())}"
    proof = hmac.digest(secret, signed_part.encode(), "sha256")
    return f"{signed_part}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def altered() -> str:
    head, _body, signature = signed(ED, "Ed25519").split(".")
    return f"{head}.{encoded(claims(sub='p-00000002'))}.{signature}"


BAD = {
    "alg none": unsigned,
    "HS256 with the public key as secret": with_public_key_as_secret,
    "a foreign key under a known id": lambda: signed(FOREIGN, "Ed25519"),
    "an unknown key id": lambda: jwt.encode(
        {"alg": "Ed25519", "kid": "x"}, claims(), ED, algorithms=["Ed25519"]
    ),
    "an algorithm that is not allowed": lambda: signed(RSA, "PS256"),
    "an altered body": altered,
    "expired": lambda: signed(ED, "Ed25519", exp=NOW - 6),
    "no expiry": lambda: signed(ED, "Ed25519", exp=None),
    "an expiry that is no number": lambda: signed(ED, "Ed25519", exp="tomorrow"),
    "not valid yet": lambda: signed(ED, "Ed25519", nbf=NOW + 6),
    "issued in the future": lambda: signed(ED, "Ed25519", iat=NOW + 60),
    "another audience": lambda: signed(ED, "Ed25519", aud="elsewhere"),
    "no audience": lambda: signed(ED, "Ed25519", aud=None),
    "another issuer": lambda: signed(ED, "Ed25519", iss="https://evil.example"),
    "no issuer": lambda: signed(ED, "Ed25519", iss=None),
    "no subject": lambda: signed(ED, "Ed25519", sub=None),
    "a subject that is no code": lambda: signed(ED, "Ed25519", sub="Anna Voorbeeld"),
    "a subject that is a number": lambda: signed(ED, "Ed25519", sub=7),
    "a mandate that is no code": lambda: signed(ED, "Ed25519", mandate="a b"),
    "a mandate that is a list": lambda: signed(ED, "Ed25519", mandate=["m-1", "m-2"]),
    "two parts": lambda: "a.b",
    "five parts": lambda: "a.b.c.d.e",
    "no base64": lambda: "é.b.c",
    "a very long token": lambda: "a" * 10_000,
    "claims that are a list": lambda: f"{encoded({'alg': 'Ed25519'})}.{encoded([])}.AA",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_token_that_proves_nothing_is_refused(make: Any) -> None:
    """A door that takes one of these is open to everybody; which one it was is not answered."""
    with pytest.raises(Refuse) as refused:
        identify(make())

    assert (refused.value.code, refused.value.members) == ("token_invalid", {})


def test_a_token_lives_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are held against the platform's clock, not the machine's."""
    clock = FixedClock(BEGIN)
    authenticator = Authenticator(FixedKeys(ED), ISSUER, AUDIENCE, clock)
    bearer = f"Bearer {signed(ED, 'Ed25519')}"

    assert authenticator.identify(bearer).person == "p-00000001"
    clock.advance(timedelta(seconds=66))
    with pytest.raises(Refuse, match="token_invalid"):
        authenticator.identify(bearer)


def jwks(*keys: Any) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def test_a_key_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """Keys are rotated without a restart."""
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(ED))
    keys = FileKeys(file)
    before = [key.kid for key in keys.current(None).keys]

    file.write_bytes(jwks(RSA))
    changed = time.time_ns() + 10**9
    os.utime(file, ns=(changed, changed))

    assert (before, [key.kid for key in keys.current(None).keys]) == (["ed"], ["rsa"])


def test_shared_secrets_in_a_key_set_are_left_out() -> None:
    """A secret that several hold proves nothing about who signed."""
    secret = {"kty": "oct", "k": "AAAA", "kid": "s"}
    document = json.dumps({"keys": [secret, ED.as_dict(private=False)]}).encode()

    assert [key.kid for key in read_jwks(document).keys] == ["ed"]
    with pytest.raises(ValueError, match="no public key"):
        read_jwks(json.dumps({"keys": [secret]}).encode())


def test_keys_are_fetched_over_https_only() -> None:
    """Keys that came in clear may be anybody's."""
    with pytest.raises(ValueError, match="https"):
        keys_from("http://login.example/jwks")


class Issuer:
    """Serves keys, counts how often they are fetched, and may be away."""

    def __init__(self, *keys: Any) -> None:
        self.keys = keys
        self.fetches = 0
        self.away = False
        self.now = 0.0

    def fetch(self, _url: str) -> bytes:
        self.fetches += 1
        if self.away:
            raise OSError
        return jwks(*self.keys)

    def cached(self) -> FetchedKeys:
        return FetchedKeys("https://login.example/jwks", self.fetch, lambda: self.now)


def kids(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys.keys]


def test_fetched_keys_are_kept_and_refreshed() -> None:
    """The issuer is not asked for every request."""
    issuer = Issuer(ED)
    keys = issuer.cached()

    assert kids(keys.current("ed")) == ["ed"]
    keys.current("ed")
    assert issuer.fetches == 1
    issuer.now = 601
    keys.current("ed")
    assert issuer.fetches == 2


def test_an_unknown_key_id_makes_us_look_but_not_for_every_request() -> None:
    """A new key is taken soon; a flood of made-up key ids does not flood the issuer."""
    issuer = Issuer(ED)
    keys = issuer.cached()
    keys.current("ed")
    issuer.keys = (ED, RSA)

    for _ in range(20):
        assert kids(keys.current("rsa")) == ["ed"]
    issuer.now = 31
    assert kids(keys.current("rsa")) == ["ed", "rsa"]
    assert issuer.fetches == 2


def test_an_issuer_that_is_away_does_not_close_the_door() -> None:
    """Keys that were good stay good."""
    issuer = Issuer(ED)
    keys = issuer.cached()
    keys.current("ed")
    issuer.away, issuer.now = True, 700

    assert kids(keys.current("ed")) == ["ed"]


def test_without_any_key_nobody_is_let_in_and_it_is_not_the_callers_fault() -> None:
    """A missing issuer is a 503, not a refusal."""
    issuer = Issuer()
    issuer.away = True
    authenticator = Authenticator(issuer.cached(), ISSUER, AUDIENCE, CLOCK)

    with pytest.raises(Retry) as retry:
        authenticator.identify(f"Bearer {signed(ED, 'Ed25519')}")

    assert retry.value.code == "service_unavailable"
    assert authenticator.ready() is False
