"""Stands in for the identity provider of a real installation: keys, JWKS, tokens."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from deploy.local.secrets import Secrets

ISSUER = "https://aanmelden.ketenaanpak.example"
AUDIENCE = "ketenaanpak"
KEY_ID = "local-1"
LIFETIME = timedelta(hours=1)


class Identity:
    """Signs tokens for sample persons with a key that only this local run trusts."""

    def __init__(self, secrets: Secrets) -> None:
        self._key_file = secrets.path("identity-key.pem", _new_key)
        self.jwks = secrets.path("identity-jwks.json", self._public_set)

    def token(self, person: str, now: datetime, **claims: Any) -> str:
        """Give a token that proves `person` for an hour from `now`; `claims` add or replace."""
        issued = int(now.timestamp())
        standard: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person,
            "iat": issued,
            "nbf": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
        return jwt.encode(header, standard | claims, self._key)

    @cached_property
    def _key(self) -> RSAKey:
        return RSAKey.import_key(self._key_file.read_text(), {"kid": KEY_ID})

    def _public_set(self) -> str:
        public = self._key.as_dict(private=False)
        return json.dumps({"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]})


def _new_key() -> str:
    return RSAKey.generate_key(2048).as_pem(private=True).decode()


def audit_key(secrets: Secrets) -> Path:
    """Give the file with the Ed25519 key (PEM) that signs the audit log's checkpoints."""
    return secrets.path("audit-signing-key.pem", _new_audit_key)


def _new_audit_key() -> str:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    plain = form.NoEncryption()
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, plain).decode()


def audit_public_key(secrets: Secrets) -> Path:
    """Give the file with the public half (PEM), which an auditor holds."""
    from cryptography.hazmat.primitives import serialization as form

    def public() -> str:
        key = form.load_pem_private_key(audit_key(secrets).read_bytes(), password=None)
        layout = form.PublicFormat.SubjectPublicKeyInfo
        return key.public_key().public_bytes(form.Encoding.PEM, layout).decode()

    return secrets.path("audit-public-key.pem", public)
