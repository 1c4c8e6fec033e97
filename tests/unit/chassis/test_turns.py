"""Commands on one thing take turns."""

import threading

import pytest

from chassis.mongo import Conflict
from chassis.turns import Turns


def test_a_second_command_on_a_case_waits_for_the_first() -> None:
    """People who press a button together are served one after the other."""
    turns, told = Turns(), []
    inside, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with turns.of("case"):
            inside.set()
            may_end.wait(5)
            told.append("first")

    def second() -> None:
        with turns.of("case"):
            told.append("second")

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    inside.wait(5)
    two.start()
    may_end.set()
    one.join(5)
    two.join(5)

    assert told == ["first", "second"]


def test_nobody_waits_for_ever() -> None:
    """A command behind one that hangs is told to come back instead of hanging too."""
    turns = Turns(patience=0.01)

    with turns.of("case"), pytest.raises(Conflict), turns.of("case"):
        pass


def test_other_cases_go_on_meanwhile() -> None:
    """A family is not made to wait for another family; what is about none waits for nobody."""
    turns = Turns(patience=0.01)

    with turns.of("one"), turns.of("two"), turns.of(None), turns.of(None):
        pass


def test_a_turn_ends_with_a_refusal_too() -> None:
    """A refused command does not block the case."""
    turns = Turns(patience=0.01)

    with pytest.raises(ValueError, match="refused"), turns.of("case"):
        raise ValueError("refused")
    with turns.of("case"):
        pass
