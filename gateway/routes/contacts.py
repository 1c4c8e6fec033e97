"""The contact person of every partner, for anyone with a login."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Refuse
from gateway.asking import Asking
from gateway.decisions import ActionDecision
from gateway.doors import Door, parts
from gateway.release import Released
from gateway.shapes import ContactsAnswer

door = Door("contacts", __name__, description="Whom to turn to at each partner")

_PARTNER = ("partner", "name", "domain")
_PERSON = ("name", "function", "email", "phone")


@door.read("/contacts", "read_contacts", ContactsAnswer)
def read_contacts(asking: Asking) -> Released:
    """List the contact person of every partner."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        directory = parts().policy.directory(asking)
        if not directory.allow:
            raise Refuse("not_allowed")
        return {"contacts": [_contact(each) for each in directory.contacts]}

    return parts().releases.permitted(asking, "read_contacts", answer)


def _contact(partner: Mapping[str, Any]) -> dict[str, Any]:
    person = partner.get("contact") or {}
    return {
        **{name: partner.get(name) for name in _PARTNER},
        "contact": {name: person.get(name) for name in _PERSON},
    }
