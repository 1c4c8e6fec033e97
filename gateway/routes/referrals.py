"""Step 1: referrals (aanmeldingen), as the referrer makes and follows them."""

from typing import Any, Final

from gateway.asking import Asking
from gateway.case_shapes import CaseAnswer, ReferralsAnswer
from gateway.commands import Done
from gateway.doors import Door, PageQuery, parts
from gateway.ordering import ordered
from gateway.projection import case_body
from gateway.release import Page, Released

door = Door("referrals", __name__, description="Step 1: refer a family, follow the referral")

KINDS: Final = (
    "person",
    "occurrence",
    "worry",
    "wish",
    "precaution",
    "involved_service",
    "criterion",
    "informing",
    "uninformed_ground",
    "advice",
)
"""What a referral is made of. A safe address is not among it: it is not needed to follow it."""


@door.command("/referrals", "submit_referral", created=True)
def submit_referral(asking: Asking, body: dict[str, Any]) -> Done:
    """Submit a referral: the case begins."""
    return ordered(asking, "submit_referral", body, location="/v1/referrals/{case}")


@door.read("/referrals", "read_referrals", ReferralsAnswer, query=PageQuery)
def list_referrals(asking: Asking, query: dict[str, Any]) -> Released:
    """List one's own referrals, newest first."""
    return parts().releases.cases(asking, "referrals", Page(**query), referrer=True)


@door.read("/referrals/<random_id:referral_id>", "read_referral", CaseAnswer)
def read_referral(asking: Asking, referral_id: str) -> Released:
    """Read one's own referral, its state and the advice."""
    return parts().releases.case(asking, "referral", referral_id, case_body, kinds=KINDS)
