"""The routes of the API, one module for each resource."""

from gateway.doors import Door
from gateway.routes import (
    audit,
    cases,
    contacts,
    inbox,
    items,
    referrals,
    requests,
    sessions,
)

DOORS: tuple[Door, ...] = (
    referrals.door,
    cases.door,
    items.door,
    requests.door,
    sessions.door,
    inbox.door,
    contacts.door,
    audit.door,
)
"""All resources, in the order of the documentation."""
