"""An answer of the policy service that is odd in any way is no decision."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from chassis.opa import PolicyUnavailable
from tests.unit.gateway.fakes import (
    Platform,
    allow_everything,
    an_id,
    fragment,
    permit,
    raising,
)

Spoil = Callable[[dict[str, Any]], Any]


def first(result: dict[str, Any]) -> dict[str, Any]:
    """The decision of the one case."""
    decision: dict[str, Any] = next(iter(result["decisions"].values()))
    return decision


def grant(result: dict[str, Any]) -> dict[str, Any]:
    """The level of the one fragment."""
    level: dict[str, Any] = next(iter(first(result)["fragments"].values()))
    return level


RELEASES: dict[str, Spoil] = {
    "nothing": lambda r: r.clear(),
    "no decisions": lambda r: r.pop("decisions"),
    "decisions of the wrong type": lambda r: r.update(decisions=[]),
    "no revision": lambda r: r.pop("policy_revision"),
    "an empty revision": lambda r: r.update(policy_revision=""),
    "a revision of the wrong type": lambda r: r.update(policy_revision=7),
    "a missing case": lambda r: r["decisions"].clear(),
    "an extra case": lambda r: r["decisions"].update({an_id(): first(r)}),
    "allow as a word": lambda r: first(r).update(allow="yes"),
    "allow as a number": lambda r: first(r).update(allow=1),
    "allow missing": lambda r: first(r).pop("allow"),
    "a missing fragment": lambda r: first(r)["fragments"].clear(),
    "an extra fragment": lambda r: first(r)["fragments"].update({an_id(): grant(r)}),
    "an unknown level": lambda r: grant(r).update(level="everything"),
    "a level that is not a word": lambda r: grant(r).update(level=True),
    "reasons that are no codes": lambda r: grant(r).update(reasons=["a sentence"]),
    "an unknown standing": lambda r: first(r).update(standing="friend"),
    "no standing": lambda r: first(r).update(standing=None),
    "content for coordination": lambda r: first(r).update(standing="coordination"),
    "a refusal with fragments": lambda r: first(r).update(allow=False),
    "an unknown obligation": lambda r: first(r).update(obligations=[{"kind": "forget"}]),
    "an obligation that is a word": lambda r: first(r).update(obligations=["record"]),
    "an unknown withheld category": lambda r: first(r).update(withheld={"gossip": True}),
    "a count of what is withheld": lambda r: first(r).update(withheld={"judicial": 3}),
    "a partner that is no code": lambda r: first(r).update(partner="two words"),
    "roles of the wrong type": lambda r: first(r).update(roles="chair"),
    "an emergency that is none": lambda r: first(r).update(standing="emergency"),
    "an emergency without an end": lambda r: first(r).update(standing="emergency", emergency=True),
    "no emergency flag": lambda r: first(r).pop("emergency"),
}


@pytest.mark.parametrize("spoil", RELEASES.values(), ids=RELEASES)
def test_nonsense_instead_of_a_release_decision_releases_nothing(
    platform: Platform, spoil: Spoil
) -> None:
    """A policy service that is confused must not be read as one that agrees."""
    case = platform.put_case(fragment())

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        result = copy.deepcopy(allow_everything(question))
        spoil(result)
        return result

    platform.policy.release = decide
    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (503, "policy_unavailable")
    assert "KANARIE" not in answer.text
    assert platform.recorded == []


ACTIONS: dict[str, Spoil] = {
    "nothing": lambda r: r.clear(),
    "allow as a word": lambda r: r.update(allow="yes"),
    "allow missing": lambda r: r.pop("allow"),
    "hide missing": lambda r: r.pop("hide"),
    "allowed and hidden": lambda r: r.update(hide=True),
    "terms of the wrong type": lambda r: r.update(terms=[]),
    "no revision": lambda r: r.pop("policy_revision"),
    "reasons of the wrong type": lambda r: r.update(reasons="none"),
    "roles missing": lambda r: r.pop("roles"),
    "an agreement that is no code": lambda r: r.update(agreement={"id": "x"}),
}


@pytest.mark.parametrize("spoil", ACTIONS.values(), ids=ACTIONS)
def test_nonsense_instead_of_an_action_decision_sends_nothing(
    platform: Platform, spoil: Spoil
) -> None:
    """A command goes only where a sound decision lets it."""
    case = platform.put_case()

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        result = permit(question)
        spoil(result)
        return result

    platform.policy.action = decide
    answer = platform.command(f"/v1/cases/{case}/answers", {"answer": "nothing_known"})

    assert (answer.status_code, answer.json["code"]) == (503, "policy_unavailable")
    assert platform.recorded == []
    assert "intake.answer_forming" not in platform.calls()


def test_a_policy_service_that_is_away_releases_nothing(platform: Platform) -> None:
    """No decision, no release."""
    case = platform.put_case(fragment())
    platform.policy.release = raising(PolicyUnavailable())

    answer = platform.get(f"/v1/cases/{case}")

    assert (answer.status_code, answer.json["code"]) == (503, "policy_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert platform.recorded == []
