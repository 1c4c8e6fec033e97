"""Asks the policy service. Only an explicit result counts; everything else is no decision."""

from typing import Any
from urllib.parse import urlsplit

import requests
from opa_client.opa import OpaClient
from requests.adapters import HTTPAdapter

from chassis.errors import Coded

_CONNECTIONS = 64


class PolicyUnavailable(Coded):
    """There is no decision: the policy service is away, late, or answered nonsense."""

    code = "policy_unavailable"
    next_step = "retry"


class Opa:
    """One client for a process: its threads share a pool of kept connections.

    ``url`` is like ``http://127.0.0.1:8181``; ``timeout`` in seconds bounds connecting and each
    wait for an answer.
    """

    def __init__(self, url: str, timeout: float = 0.3) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the policy service needs a URL such as http://127.0.0.1:8181")
        secure = parts.scheme == "https"
        self._client = OpaClient(
            host=parts.hostname,
            port=parts.port or (443 if secure else 8181),
            ssl=secure,
            retries=0,
            timeout=timeout,
        )
        session = self._client._session
        # Neither a proxy nor a .netrc of the machine may come between us and a decision.
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))

    def decide(self, path: str, input: dict[str, Any]) -> dict[str, Any]:
        """The decision at a constant path such as ``ketenaanpak/release/decision``.

        ``input`` is JSON. Raises PolicyUnavailable whenever there is no explicit result.
        """
        package, _, rule = path.rpartition("/")
        try:
            answer = self._client.query_rule(input_data=input, package_path=package, rule_name=rule)
        except requests.RequestException as error:
            raise PolicyUnavailable from error
        result = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(result, dict):
            raise PolicyUnavailable
        return result

    def ready(self) -> bool:
        """Whether the policy service answers and has its bundles."""
        return bool(self._client.check_health({"bundles": "true"}))

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close_connection()
