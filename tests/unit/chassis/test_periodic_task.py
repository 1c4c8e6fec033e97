"""Work beside a service: again and again, whatever one round came to."""

import threading
from typing import Any

from chassis.errors import Retry
from chassis.periodic_task import PeriodicTask


def until_third(task: Any) -> int:
    """Does a task until its third round; gives the rounds that it had."""
    rounds = 0

    def counted() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            periodic.stop()
        task()

    periodic = PeriodicTask("app.remind", counted, 0.001)
    running = threading.Thread(target=periodic.run)
    running.start()
    running.join(10)
    assert not running.is_alive()
    return rounds


def test_a_task_that_fails_is_done_again() -> None:
    """One bad night must not end the reminders until somebody restarts the service."""

    def away() -> None:
        raise Retry("service_unavailable")

    def broken() -> None:
        raise ValueError

    assert until_third(away) == until_third(broken) == 3


def test_a_task_that_is_stopped_finishes_its_round_and_begins_no_other() -> None:
    """Stopping in the middle would leave others to wait for the lease."""
    assert until_third(lambda: None) == 3


def test_a_task_that_is_stopped_before_its_first_round_has_none() -> None:
    """A service that is told to stop while it starts does nothing more."""
    done: list[int] = []
    periodic = PeriodicTask("app.remind", lambda: done.append(1), 60.0)
    periodic.stop()

    periodic.run()

    assert done == []
