"""Calls to the gateway as a person would make them: own token, stated purpose, own keys."""

import uuid
from collections.abc import Callable
from typing import Any

import requests

Answer = requests.Response


class StoryStopped(Exception):
    """A step of the story did not go as told; the message says which and what came back."""


class Caller:
    """Calls the gateway at `base` for any person; `token` mints a token for a person's id."""

    def __init__(self, base: str, token: Callable[[str], str]) -> None:
        self.base = base
        self.token = token
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, person: str, path: str, purpose: str) -> Answer:
        """A read; any status is an answer."""
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
    ) -> Answer:
        """A command, with an idempotency key of its own unless `key` is given."""
        return self._command("POST", person, path, purpose, body, if_match, key)

    def put(
        self,
        person: str,
        path: str,
        purpose: str,
        body: dict[str, Any],
        if_match: int | None = None,
    ) -> Answer:
        """A command that sets a document, or replaces the version that it names."""
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
    ) -> Answer:
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


def succeeded(answer: Answer, step: str) -> dict[str, Any]:
    """The body of a 2xx answer; raises StoryStopped with the problem otherwise."""
    if not answer.ok:
        raise StoryStopped(f"{step}: {answer.status_code} {answer.text[:500]}")
    body: dict[str, Any] = answer.json()
    return body
