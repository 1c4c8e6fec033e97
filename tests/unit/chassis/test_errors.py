"""What may be told of an error, and what stays where it happened."""

import pytest

from chassis.errors import (
    Coded,
    Description,
    Mangled,
    RemoteError,
    TimedOut,
    Unreachable,
    describe,
    translate,
)


class StaleVersion(Coded):
    """An example of a domain's refusal."""

    code = "stale_version"


class NotOfOurFamily(Exception):
    """An error of a package that knows nothing of ours, coded by its attributes alone."""

    code = "no_quorum"
    next_step = "park"
    members = {"needed": 5}


def test_a_coded_error_tells_its_code_detail_members_and_next_step() -> None:
    """A person would otherwise be refused without knowing why or what to do."""
    error = StaleVersion("The case was changed meanwhile.", expected=3, found=4)
    assert describe(error) == Description(
        "stale_version", "The case was changed meanwhile.", {"expected": 3, "found": 4}, "refuse"
    )


def test_an_error_is_coded_by_its_attributes_not_by_its_family() -> None:
    """A domain would otherwise have to import the chassis to refuse anything."""
    assert describe(NotOfOurFamily()) == Description("no_quorum", None, {"needed": 5}, "park")


@pytest.mark.parametrize("error", [ValueError("CANARY"), SystemExit(2), KeyError("CANARY")])
def test_anything_else_is_told_to_nobody(error: BaseException) -> None:
    """A message that quotes a family's content would otherwise leave with the error."""
    assert describe(error) is None


def test_a_numeric_code_is_not_one_of_ours() -> None:
    """A database's error number would otherwise be shown as our code."""

    class Numbered(Exception):
        code = 112

    assert describe(Numbered()) is None


def test_attributes_of_the_wrong_kind_are_left_out() -> None:
    """One careless exception would otherwise break the answer that should tell of it."""

    class Careless(Exception):
        code = "careless"
        detail = 3
        members = "many"
        next_step = "panic"

    assert describe(Careless()) == Description("careless", None, {}, None)


@pytest.mark.parametrize(
    ("error", "code", "next_step"),
    [
        (Unreachable(), "service_unavailable", "retry"),
        (TimedOut(), "outcome_unknown", "retry"),
        (Mangled(), "mangled", "park"),
        (RemoteError("case_unknown"), "case_unknown", "refuse"),
    ],
)
def test_errors_on_the_way_say_what_to_do_next(error: Coded, code: str, next_step: str) -> None:
    """A caller would otherwise retry what can never work, or give up what would."""
    assert describe(error) == Description(code, None, {}, next_step)


def test_what_the_far_side_said_is_handed_on() -> None:
    """The reason would otherwise be lost between two services."""
    error = RemoteError("cap_reached", "The agreement has no free place.", {"cap": 20})
    assert describe(error) == Description(
        "cap_reached", "The agreement has no free place.", {"cap": 20}, "refuse"
    )


def test_an_error_of_a_library_can_be_given_a_meaning() -> None:
    """A database that is away would otherwise look like a bug of ours."""

    class LibraryError(Exception):
        pass

    assert describe(LibraryError()) is None
    translate(LibraryError, lambda _error: Unreachable())
    description = describe(LibraryError())
    assert description is not None
    assert description.code == "service_unavailable"
