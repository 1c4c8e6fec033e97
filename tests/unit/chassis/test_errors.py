"""What may be answered of an error, and what stays where it happened."""

import pytest

from chassis.errors import (
    CodedError,
    Mangled,
    Park,
    Refuse,
    RemoteError,
    Retry,
    TimedOut,
    Unreachable,
    coded,
    may_succeed_later,
    translate,
)


def test_a_coded_error_gives_its_code_detail_members_and_next_step() -> None:
    """A person would otherwise be refused without knowing why or what to do."""
    error = coded(Refuse("stale_version", "The case was changed.", expected=3, found=4))
    assert error is not None
    assert (error.code, error.detail) == ("stale_version", "The case was changed.")
    assert (error.members, error.next_step) == ({"expected": 3, "found": 4}, "refuse")


class Numbered(Exception):
    """An error of a library with a code of its own."""

    code = 112


@pytest.mark.parametrize(
    "error", [ValueError("CANARY"), SystemExit(2), KeyError("CANARY"), Numbered(), None]
)
def test_anything_else_is_shown_to_nobody(error: BaseException | None) -> None:
    """A message that quotes a family's content would otherwise leave with the error."""
    assert coded(error) is None


@pytest.mark.parametrize(
    ("error", "code", "next_step"),
    [
        (Refuse("not_found"), "not_found", "refuse"),
        (Retry("conflict"), "conflict", "retry"),
        (Park("event_invalid"), "event_invalid", "park"),
        (Unreachable(), "service_unavailable", "retry"),
        (TimedOut(), "outcome_unknown", "retry"),
        (Mangled(), "message_mangled", "park"),
        (RemoteError("case_unknown"), "case_unknown", "refuse"),
    ],
)
def test_errors_on_the_way_say_what_to_do_next(
    error: CodedError, code: str, next_step: str
) -> None:
    """A caller would otherwise retry what can never work, or give up what would."""
    assert (error.code, error.detail, error.members) == (code, None, {})
    assert error.next_step == next_step
    assert may_succeed_later(error) is (next_step == "retry")


def test_what_the_far_side_said_is_handed_on() -> None:
    """The reason would otherwise be lost between two services."""
    error = RemoteError("cap_reached", "The agreement has no free place.", {"cap": 20})
    assert coded(error) is error
    assert (error.detail, error.members) == ("The agreement has no free place.", {"cap": 20})


def test_an_error_of_a_library_can_be_given_a_meaning() -> None:
    """A database that is away would otherwise look like a bug of ours."""

    class LibraryError(Exception):
        pass

    assert coded(LibraryError()) is None
    translate(LibraryError, lambda _error: Unreachable())
    known = coded(LibraryError())
    assert known is not None
    assert known.code == "service_unavailable"
