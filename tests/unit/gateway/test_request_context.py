"""One budget for all hops: whatever happens, the caller is answered within five seconds."""

import pytest

from chassis.errors import Retry, TimedOut
from gateway.app import until_tick
from gateway.release.bus import Bus
from gateway.request_context import TOTAL_SECONDS, Budget


class SlowClient:
    """Takes all the time that it is given, and never answers."""

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock

    def call_many(
        self, requests: object, timeout: float = 2.0, *, return_errors: bool = False
    ) -> list[object]:
        self.clock[0] += timeout
        raise TimedOut

    def reachable(self) -> bool:
        return False


def test_all_hops_together_stay_within_the_budget() -> None:
    """Each hop alone may be patient; together they may not."""
    clock = [0.0]
    budget, bus = Budget(monotonic=lambda: clock[0]), Bus(SlowClient(clock))

    for _ in range(10):
        with pytest.raises(Retry, match="service_unavailable"):
            bus.read(budget, ("intake", "read_case", {}))

    assert clock[0] == TOTAL_SECONDS


def test_a_record_without_time_left_is_no_record() -> None:
    """The code says which promise held it back."""
    clock = [0.0]
    budget = Budget(monotonic=lambda: clock[0])
    clock[0] = 10.0

    with pytest.raises(Retry) as late:
        Bus(SlowClient(clock)).record(budget, {})

    assert late.value.code == "audit_unavailable"


@pytest.mark.parametrize(
    ("elapsed", "left"), [(0.001, 0.049), (0.049, 0.001), (0.05, 0.0), (0.051, 0.049), (0.12, 0.03)]
)
def test_what_is_hidden_leaves_on_a_fixed_grid(elapsed: float, left: float) -> None:
    """How long it took is rounded up to the same tick for all."""
    assert until_tick(elapsed) == pytest.approx(left)
