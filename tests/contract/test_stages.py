"""At which stages a command can be given is said once, in the table of policy.

An owner acts on the stage that policy saw (`check_decided_on`), and judges it no second time: two
rules would come to differ, and a person would be told two reasons for one refusal.
"""

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Refuse
from contracts.vocabulary import STAGES, TRANSITIONS
from services.intake import commands
from services.intake.domain import (
    contributions,
    crisis,
    direction,
    informing,
    referral_corrections,
    sessions,
)
from services.intake.domain.case import Case
from services.intake.domain.transitions import allowed_from
from tests import builders
from tests.contract.test_error_codes import trees
from tests.unit.casework.factories import VICTIM, command
from tests.unit.intake.factories import case, information_request, item, session

ROOT = Path(__file__).parents[2]
ACTIONS = json.loads((ROOT / "services/policy/tables/actions.json").read_text(encoding="utf-8"))
OWNERS = ("casework", "services/intake", "services/risk", "services/plans")

QUESTION = builders.request("ggz", VICTIM) | {"due": "2026-03-09"}
OFFER = builders.item("safety", VICTIM)
INFORMED = {"subject": VICTIM, "state": "informed"}

RULES: dict[str, Callable[[Case], object]] = {
    "offer_item": lambda of: contributions.offer_item(of, command("offer_item", OFFER), None),
    "offer_whereabouts": lambda of: contributions.offer_whereabouts(
        of,
        command(
            "offer_whereabouts",
            {"subjects": [VICTIM], "address": "Straat 1", "only_for": ["parket"]},
        ),
    ),
    "correct_item": lambda of: contributions.correct_item(
        of,
        command(
            "correct_item",
            {name: value for name, value in OFFER.items() if name != "category"},
            if_match=1,
        ),
        item(),
    ),
    "recall_item": lambda of: contributions.recall_item(
        of, command("recall_item", if_match=1), item(), questions=(), still_contributes=True
    ),
    "withdraw_request": lambda of: contributions.withdraw_request(
        of,
        command("withdraw_request", {"ground": "other"}, if_match=1),
        information_request(),
    ),
    "add_involved_service": lambda of: referral_corrections.add_involved_service(
        of, command("add_involved_service", {"service": "School", "subjects": [VICTIM]})
    ),
    "answer_forming": lambda of: contributions.answer_forming(
        of, command("answer_forming", {"answer": "nothing_known"}), has_contributed=False
    ),
    "request_information": lambda of: contributions.request_information(
        of, command("request_information", QUESTION, terms={"latest_due_days": 30})
    ),
    "answer_request": lambda of: contributions.answer_request(
        of,
        command("answer_request", {"outcome": "nothing_known"}, if_match=1),
        information_request(),
        None,
    ),
    "put_on_agenda": lambda of: sessions.put_on_agenda(
        of, session(), command("put_on_agenda", {"case": of.id}, terms={"guest_hours": 4})
    ),
    "raise_crisis": lambda of: crisis.raise_crisis(
        of, command("raise_crisis", {"text": "nu", "summary": "nu", "subjects": [VICTIM]})
    ),
    "write_advice": lambda of: direction.write_advice(
        of, command("write_advice", {"text": "raad", "summary": "raad"})
    ),
    "confirm_informing": lambda of: informing.confirm_informing(of, command("confirm_informing")),
}
"""Rules of intake, each given a case at some stage, otherwise so that it holds."""


def outcome(rule: Callable[[Case], object], stage: str) -> Any:
    """What the rule says of a case at a stage: done, or why not."""
    settled = rule is RULES["confirm_informing"]
    try:
        rule(case(stage=stage, victim_informed=not settled))
    except Refuse as refused:
        return refused.code, refused.members.get("reason")
    return "done"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_holds_at_each_stage_at_which_policy_lets_it_through(name: str) -> None:
    """Somebody would be let through, and refused for the same thing by another rule."""
    stages = ACTIONS[name].get("stages", STAGES)

    assert {stage: outcome(RULES[name], stage) for stage in stages} == dict.fromkeys(stages, "done")


def test_no_owner_refuses_for_the_stage() -> None:
    """The one that does not know of the other's change would refuse what is allowed by now."""
    judged = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if str(path).startswith(OWNERS)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "STAGE")
        or (
            isinstance(node, ast.If)
            and any(isinstance(one, ast.Raise) for one in node.body)
            and any(
                isinstance(one, ast.Attribute) and one.attr == "stage"
                for one in ast.walk(node.test)
            )
        )
    ]

    # A decision about another stage than the present one is refused, whatever the stage.
    assert [place.rpartition(":")[0] for place in judged] == ["services/intake/domain/case.py"]


class Locked:
    """A transaction of intake that has one case, and lets nothing else be looked at."""

    def __init__(self, of: Case) -> None:
        self._case = of

    def lock_case(self, _case: str) -> Case:
        return self._case


@pytest.mark.parametrize("name", commands.RULES)
@pytest.mark.parametrize("seen", [("weighing", 4), ("forming", 3), None])
def test_no_command_is_done_on_a_case_that_has_moved_on(
    name: str, seen: tuple[str, int] | None
) -> None:
    """What was decided about a case in weighing would be done to one that was withdrawn.

    Acute danger is decided alike at every stage, and reported whatever has changed.
    """
    decided_on = seen and {"stage": seen[0], "version": seen[1]}
    envelope: Any = {"case": case().id, "body": {"case": case().id}, "decided_on": decided_on}
    context = commands.CommandContext(envelope, lambda: None, tuple, str)
    sent = command("raise_crisis", {"text": "nu", "summary": "nu", "subjects": [VICTIM]})
    given: Any = Locked(case())

    if seen and name in commands.AT_ANY_MOMENT:
        assert commands.change_of(replace(sent, name=name), given, context).case
        return
    with pytest.raises(Refuse, match="facts_changed"):
        commands.change_of(replace(sent, name=name), given, context)


def test_a_question_belongs_to_forming() -> None:
    """The round of forming ends once each question is answered (domain.md, section 4, step 2)."""
    assert ACTIONS["request_information"]["stages"] == ["forming"]
    assert ACTIONS["answer_forming"]["stages"] == ["forming"]


def test_each_step_of_a_case_begins_somewhere() -> None:
    """`change_stage` has no stages in the table of policy: the table of transitions has them."""
    assert "stages" not in ACTIONS["change_stage"]
    assert {one for stage in STAGES for one in allowed_from(stage)} == set(TRANSITIONS)
