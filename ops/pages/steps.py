"""`docs/steps.md`: the six steps of the chain, and the calls that make them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.bodies import COMMAND_BODIES
from contracts.events import EVENTS
from ops.pages.api import Document, openapi_document
from ops.pages.markdown import table
from ops.pages.policy_tables import policy_table
from services.intake.domain.transitions import TABLE as TRANSITIONS

_HEAD: Final = """\
# The six steps, and the calls that make them

Made from the routes of the gateway, the tables of the policy service and the transition table of
intake by `ketenaanpak docs`. Who may do what, and when, is decided by the policy service
(`services/policy/tables/`); what must be true is checked by the owner of what changes. The whole
table of stages is in [transitions.md](transitions.md), every body and answer in [api.md](api.md).
Below, `case` stands for `/v1/cases/{case_id}`. Each call is decided and recorded before it has an
effect; each read releases what the reader needs to know at that stage, and nothing else.
"""

_STEPS: Final = {
    1: "1. Referral (aanmelding)",
    2: "2. Forming (dossiervorming)",
    3: "3. Weighing and problem profile (weging, kwalificatie)",
    4: "4. Direction (regie)",
    5: "5. Execution (uitvoering)",
    6: "6. Closing and evaluation (afsluiting, evaluatie)",
    None: "Beside every step",
}
"""Step → heading; None for what belongs to no step."""

_FIRST_AT: Final = {
    "referred": 1,
    "forming": 2,
    "weighing": 3,
    "waiting": 3,
    "accepted": 4,
    "active": 5,
    "concluded": 6,
    "closed": 6,
}
"""Stage → the step that is taken at it."""

_ROLES: Final = {
    "chair": "chair",
    "team_member": "team member",
    "coordination_team": "coordination team",
    "referrer": "referrer",
    "steering_group": "steering group",
    "auditor": "auditor",
}

WHO_MEETS: Final = {
    "directs": "the director",
    "chairs_or_directs": "chair, director",
    "follows_action": "the follower",
    "addressed_to_us": "the partner asked",
    "own_source": "the source",
    "asked_about_wall": "whoever is asked",
    "asks_or_chairs": "chair, who asked",
    "emergency_agreed": "team member of any party",
    "agreement_succeeds": "chair under the successor",
}
"""A condition in tables/actions.json that says more of a person than the role → who that is."""


def render() -> str:
    """The page, in Markdown."""
    document = openapi_document()
    parts = [_HEAD]
    for step, heading in _STEPS.items():
        rows = [*_calls(document, step), *dict.fromkeys(_transitions(step))]
        parts += [f"## {heading}\n", table(("who", "call", "what it does"), rows)]
    return "\n".join(parts)


def _calls(document: Document, step: int | None) -> Iterator[tuple[str, str, str]]:
    descriptions = {tag["name"]: tag["description"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            [tag], name = operation["tags"], operation["x-recorded-as"]
            if _step(descriptions[tag], name) == step:
                call = path.replace("/v1/cases/{case_id}", "case")
                yield ", ".join(_who(name)), f"`{method.upper()} {call}`", operation["summary"]


def _step(description: str, name: str) -> int | None:
    """The step that a call belongs to.

    The description of its resource begins with it; otherwise it is that of the first stage at which
    policy lets the command be given, if any.
    """
    found = re.match(r"Step (\d): ", description)
    if found:
        return int(found[1])
    stages = policy_table("actions").get(name, {}).get("stages")
    return _FIRST_AT.get(stages[0]) if stages else None


def _transitions(step: int | None) -> Iterator[tuple[str, str, str]]:
    """The steps that are taken by `change_stage`; others have a call of their own."""
    for row in TRANSITIONS:
        if row.step == step and row.command not in COMMAND_BODIES:
            call = f"`POST case/transitions` `{row.command}`"
            yield row.who, call, EVENTS[row.event].meaning


def _who(name: str) -> Iterable[str]:
    """Who may make a call, known to policy as `name`, in a word or a few."""
    action = policy_table("actions").get(name)
    if action is None:
        return _readers(policy_table("resources")[name.removeprefix("read_")])
    said = [WHO_MEETS[need] for need in action["needs"] if need in WHO_MEETS]
    return said or _words(set(action["roles"]))


def _readers(resource: Mapping[str, Any]) -> Iterable[str]:
    """Who reads a resource: the roles that its purposes give a standing; guests read nothing."""
    purposes = policy_table("purposes")
    return _words(
        {
            role
            for purpose in resource["purposes"]
            for role, standing in purposes[purpose].items()
            if standing not in ("none", "guest")
        }
    )


def _words(roles: set[str]) -> Iterable[str]:
    if not roles or roles == set(_ROLES):
        return ["everybody"]
    return [word for role, word in _ROLES.items() if role in roles]
