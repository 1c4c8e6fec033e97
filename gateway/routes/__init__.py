"""The routes of the API."""

from gateway.http.routing import ApiBlueprint
from gateway.routes import audit, cases, contacts, inbox, instruments, items, referrals, sessions
from gateway.routes.case_blueprints import blueprint_of
from gateway.routes.case_resources import LATER_STEPS, REQUESTS

BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    referrals.blueprint,
    cases.blueprint,
    items.blueprint,
    blueprint_of(REQUESTS),
    sessions.blueprint,
    instruments.blueprint,
    *map(blueprint_of, LATER_STEPS),
    inbox.blueprint,
    contacts.blueprint,
    audit.blueprint,
)
"""All resources, in the order of the documentation."""
