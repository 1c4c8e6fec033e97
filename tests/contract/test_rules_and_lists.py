"""What has a contract has a rule that performs it, and a list that shows it."""

import pytest

from contracts.bodies import BODIES
from contracts.fragment_projections import KINDS
from gateway.routes import referrals
from gateway.routes.case_resources import ITEMS, LATER_STEPS, REQUESTS
from services.intake import commands as intake
from services.plans import commands as plans
from services.risk import commands as risk
from tests.unit.risk.instruments import catalogue

RULES = {
    "intake": {*intake.RULES, *intake.WITHOUT_CASE},
    "risk": set(risk.rules(catalogue())),
    "plans": set(plans.RULES),
}
"""Service → its commands that have a rule."""

SHOWN_WITH_THE_CASE = {"crisis_note", "crisis_end", "takeover"}
"""Kinds that are in no list: they are read with the case itself."""


@pytest.mark.parametrize("service", RULES)
def test_every_command_has_a_rule_and_every_rule_a_command(service: str) -> None:
    """A caller whose command is allowed and recorded would meet a fault of ours."""
    assert RULES[service] == set(BODIES[service])


def test_every_kind_of_fragment_is_in_a_list() -> None:
    """What a partner wrote down for the others would be kept, and seen by nobody."""
    listed = {kind for resource in (ITEMS, REQUESTS, *LATER_STEPS) for kind in resource.kinds}

    assert listed | set(referrals.KINDS) | SHOWN_WITH_THE_CASE == set(KINDS)
