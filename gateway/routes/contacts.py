"""The contact person of every partner, for anyone with a login."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Refuse
from gateway.dependencies import dependencies
from gateway.http.response_schemas import ContactsAnswer
from gateway.http.routing import ApiBlueprint
from gateway.release.decisions import ActionDecision
from gateway.release.pipeline import Released
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("contacts", __name__, description="Whom to turn to at each partner")

_PARTNER = ("partner", "name", "domain")
_PERSON = ("name", "function", "email", "phone")


@blueprint.read("/contacts", "read_contacts", ContactsAnswer)
def read_contacts(context: RequestContext) -> Released:
    """List the contact person of every partner."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        directory = dependencies().policy.directory(context)
        if not directory.allow:
            raise Refuse("not_allowed")
        return {"contacts": [_contact(each) for each in directory.contacts]}

    return dependencies().releases.permitted(context, "read_contacts", answer)


def _contact(partner: Mapping[str, Any]) -> dict[str, Any]:
    person = partner.get("contact") or {}
    return {
        **{name: partner.get(name) for name in _PARTNER},
        "contact": {name: person.get(name) for name in _PERSON},
    }
