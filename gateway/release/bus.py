"""Calls to services: each within the request's budget, failures by their code."""

from collections.abc import Sequence
from typing import Any, Protocol

from chassis.errors import CodedError, Mangled, Refuse, RemoteError, Retry, TimedOut, Unreachable
from contracts.errors import STATUS
from gateway.request_context import Budget

READ_SECONDS = 1.5
RECORD_SECONDS = 1.5
COMMAND_SECONDS = 3.0

Call = tuple[str, str, dict[str, Any]]
"""Service, method, payload."""


class Client(Protocol):
    """What the gateway needs of chassis' RpcClient."""

    def call_many(
        self, requests: Sequence[Call], timeout: float = ..., *, return_errors: bool = ...
    ) -> list[Any]: ...

    def reachable(self) -> bool: ...


class Bus:
    """Asks services; every failure is an error that the gateway has a problem document for."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, budget: Budget, *calls: Call) -> list[Any]:
        """The replies to calls that change nothing, made at the same time, in order.

        Raises Retry("service_unavailable") when one does not come, or what a service refused with.
        """
        try:
            return self._client.call_many(calls, budget.share(READ_SECONDS))
        except (Unreachable, TimedOut, Mangled) as error:
            raise Retry("service_unavailable") from error
        except RemoteError as error:
            raise _translated(error) from error

    def record(self, budget: Budget, payload: dict[str, Any]) -> Any:
        """What audit answers once the entries are durable.

        Raises Retry("audit_unavailable") for whatever else happens, so that nothing leaves.
        """
        try:
            call = ("audit", "record", payload)
            seconds = budget.share(RECORD_SECONDS, "audit_unavailable")
            return self._client.call_many([call], seconds)[0]
        except (Unreachable, TimedOut, Mangled, RemoteError) as error:
            raise Retry("audit_unavailable") from error

    def command(self, budget: Budget, service: str, method: str, payload: dict[str, Any]) -> Any:
        """The outcome of a decided and recorded command.

        Raises Retry("service_unavailable") when nothing was sent, Retry("outcome_unknown") when it
        was and no answer came, or what the service refused with.
        """
        try:
            seconds = budget.share(COMMAND_SECONDS)
            return self._client.call_many([(service, method, payload)], seconds)[0]
        except Unreachable as error:
            raise Retry("service_unavailable") from error
        except (TimedOut, Mangled) as error:
            raise Retry("outcome_unknown") from error
        except RemoteError as error:
            raise _translated(error) from error

    def answering(self, services: Sequence[str], seconds: float) -> dict[str, bool]:
        """Which services answer a ping, and say that they are ready, within `seconds`."""
        calls: list[Call] = [(service, "ping", {}) for service in services]
        answers = self._client.call_many(calls, seconds, return_errors=True)
        return {
            service: isinstance(answer, dict) and answer.get("ready") is True
            for service, answer in zip(services, answers, strict=True)
        }

    def reachable(self) -> bool:
        """Whether the broker takes our messages."""
        return self._client.reachable()


_PUBLIC_MEMBERS = frozenset(
    {
        "allowed",
        "errors",
        "fields",
        "members",
        "partners",
        "reason",
        "services",
        "stage",
        "step",
        "subjects",
        "version",
    }
)
"""Members of a service's refusal that a caller may read: words and ids, never content."""


def _translated(error: RemoteError) -> CodedError:
    """A service's error as an error of the gateway; an unknown code stays inside."""
    if error.code not in STATUS:
        return Retry("service_unavailable")
    members = {name: error.members[name] for name in _PUBLIC_MEMBERS & set(error.members)}
    kind = Retry if STATUS[error.code] >= 500 else Refuse
    return kind(error.code, error.detail, **members)
