"""An HTTP client of the gateway for sample persons: own token, stated purpose, idempotency keys."""

import uuid
from collections.abc import Callable
from typing import Any

import requests


class UnexpectedResponse(Exception):
    """A call did not succeed as expected; the message says which and what the response was."""


class ApiClient:
    """Calls the gateway at `base` for any person; `token` mints a token for a person's id."""

    def __init__(self, base: str, token: Callable[[str], str]) -> None:
        self.base = base
        self.token = token
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, person: str, path: str, purpose: str) -> requests.Response:
        """A read; returns the response whatever its status."""
        return self._session.get(
            self.base + path, headers=self._headers(person, purpose), timeout=10
        )

    def post(
        self,
        person: str,
        path: str,
        purpose: str,
        body: dict[str, Any],
        if_match: int | None = None,
        *,
        key: str = "",
    ) -> requests.Response:
        """A command, with a new idempotency key unless `key` is given."""
        return self._command("POST", person, path, purpose, body, if_match, key)

    def put(
        self,
        person: str,
        path: str,
        purpose: str,
        body: dict[str, Any],
        if_match: int | None = None,
    ) -> requests.Response:
        """A command that creates a document, or replaces the version `if_match` of it."""
        return self._command("PUT", person, path, purpose, body, if_match, "")

    def _command(
        self,
        method: str,
        person: str,
        path: str,
        purpose: str,
        body: dict[str, Any],
        if_match: int | None,
        key: str,
    ) -> requests.Response:
        headers = self._headers(person, purpose) | {"Idempotency-Key": key or str(uuid.uuid4())}
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        return self._session.request(
            method, self.base + path, json=body, headers=headers, timeout=10
        )

    def _headers(self, person: str, purpose: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(person)}",
            "Purpose-Of-Use": purpose,
            "Accept-Language": "nl",
        }


def expect_success(response: requests.Response, step: str) -> dict[str, Any]:
    """The body of a 2xx response; raises UnexpectedResponse with the problem otherwise."""
    if not response.ok:
        raise UnexpectedResponse(f"{step}: {response.status_code} {response.text[:500]}")
    body: dict[str, Any] = response.json()
    return body
