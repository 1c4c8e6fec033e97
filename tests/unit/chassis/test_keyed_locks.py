"""Commands on one thing wait for each other."""

import threading

import pytest

from chassis.keyed_locks import KeyedLocks
from chassis.mongo import Conflict


def test_a_second_command_on_a_case_waits_for_the_first() -> None:
    """People who press a button together are served one after the other."""
    locks, order = KeyedLocks(), []
    inside, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with locks.holding("case"):
            inside.set()
            may_end.wait(5)
            order.append("first")

    def second() -> None:
        with locks.holding("case"):
            order.append("second")

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    inside.wait(5)
    two.start()
    may_end.set()
    one.join(5)
    two.join(5)

    assert order == ["first", "second"]


def test_nobody_waits_for_ever() -> None:
    """A command behind one that hangs is told to come back instead of hanging too."""
    locks = KeyedLocks(wait_seconds=0.01)

    with locks.holding("case"), pytest.raises(Conflict), locks.holding("case"):
        pass


def test_other_cases_go_on_meanwhile() -> None:
    """A family is not made to wait for another family; what is about none waits for nobody."""
    locks = KeyedLocks(wait_seconds=0.01)

    with locks.holding("one"), locks.holding("two"), locks.holding(None), locks.holding(None):
        pass


def test_a_lock_ends_with_a_refusal_too() -> None:
    """A refused command does not block the case."""
    locks = KeyedLocks(wait_seconds=0.01)

    with pytest.raises(ValueError, match="refused"), locks.holding("case"):
        raise ValueError("refused")
    with locks.holding("case"):
        pass
