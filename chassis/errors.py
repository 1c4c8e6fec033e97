"""Errors that may cross a wire, named by what the one who meets them does next.

**Refuse**: the request is at fault; do not send it again as it is. **Retry**: a part is missing or
busy; the same request may succeed later. **Park**: no retry will mend this message; set it aside
for a person. Each has a stable code (`contracts/errors.py` lists them). Any other exception stays
where it happened, and nobody is told of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, TypeVar

NextStep = Literal["retry", "refuse", "park"]
E = TypeVar("E", bound=BaseException)


class CodedError(Exception):
    """An error whose `code` callers may rely on.

    `detail` is a sentence without personal data; `members` are JSON values that belong to the
    code, such as the version that was found instead of the one expected.
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
    """A part is missing or busy; the same request may succeed later."""

    next_step = "retry"


class Park(CodedError):
    """A message that no retry will mend: set aside for a person."""

    next_step = "park"


class Unreachable(Retry):
    """The other side could not be reached: nothing was sent, so nothing happened."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("service_unavailable", detail)


class TimedOut(Retry):
    """It was sent and no answer came in time: it may or may not have happened, never by half."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("outcome_unknown", detail)


class Mangled(Park):
    """Bytes that cannot be opened or read: wrong key, wrong context, damaged or not ours."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("message_mangled", detail)


class RemoteError(CodedError):
    """The other side answered with an error; `code` is the one that it gave."""

    def __init__(
        self, code: str, detail: str | None = None, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code, detail, **dict(members or {}))


_translations: list[tuple[type[BaseException], Callable[[Any], BaseException]]] = []


def translate(kind: type[E], into: Callable[[E], BaseException]) -> None:
    """From now on `coded` puts errors of `kind` through `into` first.

    For errors of libraries that have a meaning for our callers, such as a database that is away.
    """
    _translations.append((kind, into))


def coded(error: BaseException | None) -> CodedError | None:
    """The coded error that `error` is or means; None when nothing may be told of it."""
    for kind, into in _translations:
        if isinstance(error, kind):
            error = into(error)
    return error if isinstance(error, CodedError) else None


def may_succeed_later(error: BaseException) -> bool:
    """Whether the same attempt, made again later, may succeed."""
    known = coded(error)
    return known is not None and known.next_step == "retry"
