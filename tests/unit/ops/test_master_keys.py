"""After a rotation an operator asks whether the old master key may be thrown away."""

from collections.abc import Mapping, Sequence

import pytest

from ops.master_keys import judge


@pytest.mark.parametrize(
    ("ring", "counts", "state", "expected"),
    [
        (["k1"], {}, "well", "0 data keys, all wrapped with k1"),
        (["k1"], {"k1": 3}, "well", "3 data keys, all wrapped with k1"),
        (["k2", "k1"], {"k2": 3}, "well", "3 data keys, all wrapped with k2; no longer needed: k1"),
        (
            ["k2", "k1"],
            {"k1": 2, "k2": 1},
            "look",
            "an older key is still needed: k1 for 2 data keys",
        ),
        (["k2"], {"k1": 2}, "wrong", "not on the ring, but needed: k1 for 2 data keys"),
        (["k2"], {"?": 1}, "wrong", "not on the ring, but needed: ? for 1 data keys"),
    ],
)
def test_it_says_whether_an_older_key_is_needed(
    ring: Sequence[str], counts: Mapping[str, int], state: str, expected: str
) -> None:
    """Throwing a key away a day too early would make families' cases unreadable."""
    result = judge("intake", ring, counts)

    assert (result.part, result.state, result.detail) == ("master keys intake", state, expected)
    assert bool(result.remedy) == (state != "well")
