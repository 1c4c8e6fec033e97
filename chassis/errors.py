"""What can go wrong on the way, named by what to do next.

Any exception with a ``str`` attribute ``code`` is *coded*: its code, detail and members may cross
a wire. Everything else stays where it happened and is told to nobody.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

NextStep = Literal["retry", "refuse", "park"]
E = TypeVar("E", bound=BaseException)


class Coded(Exception):
    """An error whose ``code`` callers may rely on.

    ``detail`` is a sentence without personal data; ``members`` are JSON values that belong to the
    code, such as the version that was found instead of the one expected.
    """

    code: str = "internal_error"
    next_step: NextStep = "refuse"

    def __init__(self, detail: str | None = None, **members: Any) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.members: dict[str, Any] = members


class Unreachable(Coded):
    """The other side could not be reached: nothing was sent, so nothing happened."""

    code = "service_unavailable"
    next_step = "retry"


class TimedOut(Coded):
    """It was sent and no answer came in time: it may or may not have happened, never by half."""

    code = "outcome_unknown"
    next_step = "retry"


class Mangled(Coded):
    """Bytes that cannot be opened or read: wrong key, wrong context, damaged or not ours."""

    code = "mangled"
    next_step = "park"


class RemoteError(Coded):
    """The other side answered with an error; ``code`` is the one that it gave."""

    def __init__(
        self, code: str, detail: str | None = None, members: Mapping[str, Any] | None = None
    ) -> None:
        self.code = code
        super().__init__(detail, **dict(members or {}))


class Description(NamedTuple):
    """What may be told of a coded error. ``next_step`` is None where the error does not say."""

    code: str
    detail: str | None
    members: dict[str, Any]
    next_step: NextStep | None


_translations: list[tuple[type[BaseException], Callable[[Any], BaseException]]] = []


def translate(kind: type[E], into: Callable[[E], BaseException]) -> None:
    """From now on `describe` first puts errors of ``kind`` through ``into``.

    For errors of libraries that have a meaning for our callers, such as a database that is away.
    """
    _translations.append((kind, into))


def describe(error: BaseException) -> Description | None:
    """What may be told of ``error``: None when it is not coded, and then nothing may be told."""
    for kind, into in _translations:
        if isinstance(error, kind):
            error = into(error)
    code = getattr(error, "code", None)
    if not isinstance(code, str):
        return None
    detail = getattr(error, "detail", None)
    members = getattr(error, "members", None)
    next_step = getattr(error, "next_step", None)
    return Description(
        code,
        detail if isinstance(detail, str) else None,
        dict(members) if isinstance(members, Mapping) else {},
        next_step if next_step in ("retry", "refuse", "park") else None,
    )
