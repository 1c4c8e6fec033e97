"""Which facts intake stores of its fragments."""

from typing import Final

from casework.fragment_documents import FragmentLayout
from services.intake.domain.information_request import present

LAYOUT: Final = FragmentLayout(
    facts=("only_for", "withhold_from", "addressed_to", "status"), codes="request", present=present
)
"""The only fragments with codes are information requests."""

WHEREABOUTS: Final = "whereabouts"
"""The kind of fragments whose content is kept apart, under a key of its own."""
