"""Errors that may cross a process boundary, named by what their receiver does next.

**Refuse**: the request is at fault; do not send it again as it is. **Retry**: a dependency is
missing or busy; the same request may succeed later. **Park**: no retry can succeed; set the
message aside for an operator. Each has a stable code (`contracts/errors.py` lists them). Any
other exception is logged where it happened and crosses as `internal_error`.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, TypeVar

NextStep = Literal["retry", "refuse", "park"]
E = TypeVar("E", bound=BaseException)


class CodedError(Exception):
    """An error whose `code` callers may rely on.

    `detail` is a sentence for developers, without personal data, that no answer to a person holds;
    `members` are JSON values that belong to the code, such as the version that was found instead of
    the one expected.
    """

    next_step: ClassVar[NextStep] = "refuse"

    def __init__(self, code: str, detail: str | None = None, **members: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.members = members


class Refuse(CodedError):
    """The request is at fault and changed nothing."""


class Retry(CodedError):
    """A dependency is missing or busy; the same request may succeed later."""

    next_step = "retry"


class Park(CodedError):
    """A message for which no retry can succeed: set aside for an operator."""

    next_step = "park"


class Unreachable(Retry):
    """The service could not be reached: nothing was sent, so nothing happened."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("service_unavailable", detail)


class TimedOut(Retry):
    """No reply came in time: the request may or may not have been carried out, never in part."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("outcome_unknown", detail)


class Mangled(Park):
    """Bytes that cannot be opened or read: wrong key, wrong context, damaged or not ours."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("message_mangled", detail)


class RemoteError(CodedError):
    """The service replied with an error, whose code, detail and members these are."""

    def __init__(
        self, code: str, detail: str | None = None, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code, detail, **dict(members or {}))


_translations: list[tuple[type[BaseException], Callable[[Any], BaseException]]] = []


def translate(kind: type[E], into: Callable[[E], BaseException]) -> None:
    """Register a translation: `coded` converts errors of `kind` by `into`.

    For errors of libraries that mean something to our callers, such as an unavailable database.
    """
    _translations.append((kind, into))


def coded(error: BaseException | None) -> CodedError | None:
    """The coded error that `error` is or translates to; None when it is neither."""
    for kind, into in _translations:
        if isinstance(error, kind):
            error = into(error)
    return error if isinstance(error, CodedError) else None


def may_succeed_later(error: BaseException) -> bool:
    """Whether the same attempt, made again later, may succeed."""
    cause = coded(error)
    return cause is not None and cause.next_step == "retry"
