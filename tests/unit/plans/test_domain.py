"""What plans may tell of what was closed."""

import pytest

from contracts.errors import Refuse
from services.plans.domain import settled


def test_what_is_not_closed_is_refused() -> None:
    """No case moves on without a decision that stands."""
    with pytest.raises(Refuse) as refusal:
        settled(None)

    assert refusal.value.code == "not_found"


def test_what_is_closed_is_told_with_its_id() -> None:
    """The answer names the document that it is about."""
    assert settled({"_id": "d-1", "case": "c-1"}) == {"_id": "d-1", "id": "d-1", "case": "c-1"}
