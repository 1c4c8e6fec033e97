"""The tables of the rules speak the words that services and gateway speak."""

import json
from pathlib import Path
from typing import Any

from contracts import vocabulary as words
from contracts.bodies import COMMAND_BODIES
from contracts.events import EVENTS
from contracts.fragment_projections import KINDS
from contracts.rpc.notifications import DEADLINES, TASKS
from contracts.topology import CASE_LIFE, SUBSCRIPTIONS
from tests import rego, samples

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "services" / "policy"
READS = {
    "list_cases",
    "list_referrals",
    "read_instruments",
    "read_sessions",
    "read_session",
    "read_inbox",
    "read_contacts",
    "read_audit",
    "read_checkpoints",
}


def table(name: str) -> Any:
    """A table of the rules."""
    return json.loads((POLICY / "tables" / f"{name}.json").read_text(encoding="utf-8"))


def sample(name: str) -> Any:
    """A sample data file."""
    return json.loads((POLICY / "data" / name).read_text(encoding="utf-8"))


def agreements() -> list[dict[str, Any]]:
    """The sample agreements."""
    return [json.loads(path.read_text()) for path in (POLICY / "data/agreements").glob("*.json")]


def test_every_command_and_read_has_a_row():
    """A command without a row is refused to everybody."""
    assert set(table("actions")) == {*COMMAND_BODIES, *READS}


def test_purposes_roles_and_stages_are_the_contracts():
    """A word that only one side knows denies for no reason that anybody would find."""
    assert set(table("purposes")) == set(words.PURPOSES)
    assert set(table("stages")) == set(words.STAGES)
    for row in table("actions").values():
        assert set(row["roles"]) <= set(words.MANDATE_ROLES)
        assert set(row["purposes"]) <= set(words.PURPOSES)
        assert set(row.get("stages", [])) <= set(words.STAGES)
    for roles in table("purposes").values():
        assert set(roles) <= set(words.MANDATE_ROLES)


def test_every_agreement_says_the_need_of_every_category():
    """A new category must be decided upon by each agreement, not by accident."""
    expected = set(words.CATEGORIES) - {"whereabouts"}
    for agreement in agreements():
        assert set(agreement["need_to_know"]["domains"]) == expected, agreement["id"]
        for row in agreement["need_to_know"]["domains"].values():
            assert set(row) == set(words.DOMAINS)
        assert set(agreement["purposes"]) <= set(words.PURPOSES)
        assert agreement["modalities"]["adoption"] in words.ADOPTION_RULES


def test_what_is_the_referrers_own_are_kinds_of_fragments():
    """A referral's part that is not named here would be kept from its own author."""
    own = table("referral")
    assert {*own["kinds"], *own["answers"]} <= set(KINDS)
    assert not {"item", "whereabouts", "request", "crisis_note"} & {*own["kinds"], *own["answers"]}


def rows() -> dict[str, dict[str, Any]]:
    """Event or day → what follows from it."""
    found: dict[str, dict[str, Any]] = table("notifications")
    return found


def entries(row: dict[str, Any], *members: str) -> list[dict[str, Any]]:
    """The entries of what follows from an event, of some sorts."""
    return [entry for member in members for entry in row.get(member, ())]


def test_every_event_and_every_day_that_comes_has_a_row() -> None:
    """An event without a row is one after which nobody knows who must act."""
    days = {f"notifications.{each}_{when}" for each in DEADLINES for when in ("due", "overdue")}

    assert set(rows()) == {*EVENTS, *days}


def test_notifications_subscribes_to_what_tells_somebody_or_changes_a_deadline() -> None:
    """What it does not receive it does nothing about; of a case's life it keeps the facts."""
    effects = ("tell", "begins", "ends", "suspends", "resumes")
    effective = {name for name, row in rows().items() if entries(row, *effects)} & set(EVENTS)

    assert set(SUBSCRIPTIONS["notifications"]) == effective | set(CASE_LIFE)


def test_every_deadline_begins_somewhere_and_ends_by_what_it_waits_for() -> None:
    """A record that merely asks for an act must not end the wait for it.

    Beside what it waits for only the end of a case ends a deadline: it is suspended, or the case is
    withdrawn, from which nothing leads on.
    """
    causes = samples.commands_of_events()
    for kind, deadline in table("deadlines").items():
        begun = {name for name, row in rows().items() if kind in _kinds(row, "begins")}
        ended = {name for name, row in rows().items() if kind in _kinds(row, "ends")}
        assert begun, kind
        done_by = {command for name in ended for command in causes[name]}
        waited_for = set(deadline["waits_for"])
        assert done_by <= waited_for | {"withdraw"}, kind
        renewed = {command for name in begun for command in causes[name]}
        assert waited_for <= done_by | renewed, kind
        assert done_by & waited_for or renewed & waited_for, kind


DONE = {
    ("plans.plan_adopted", "decision"),
    ("plans.plan_adopted", "revision"),
    ("intake.direction_mandate_recorded", "mandates"),
    ("intake.referral_part_withdrawn", "mandates"),
}
"""An event that is the act itself, and the deadline: what the event asks for comes after it."""


def test_no_event_ends_the_wait_for_what_it_asks_for_itself() -> None:
    """A follow-up that asks to reopen the case would be forgotten by being written down."""
    waits_for = {kind: {*row["waits_for"]} for kind, row in table("deadlines").items()}
    for name, row in rows().items():
        for ended in row.get("ends", ()):
            for asked in row.get("next", ()):
                begun_anew = _kinds(row, "begins")
                for kind in {*ended["deadlines"]} - begun_anew:
                    asks = {*asked["do"]} & waits_for[kind]
                    done = (name, kind) in DONE or _apart(ended, asked)
                    assert not asks or done, f"{name} ends {kind}"


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two entries never count for the same event."""
    if {one.get("if"), other.get("if")} & {"mandates_are_due", "informing_is_deferred"}:
        return None in {value for values in one.get("when", {}).values() for value in values}
    first, second = one.get("when", {}), other.get("when", {})
    return any(not {*first[name]} & {*second[name]} for name in first.keys() & second.keys())


def test_what_is_suspended_with_a_case_is_resumed_with_it() -> None:
    """Reopening would otherwise forget who still has to act."""
    suspended = {kind for row in rows().values() for kind in _kinds(row, "suspends")}

    assert suspended == _kinds(rows()["intake.case_reopened"], "resumes")


def test_every_day_that_comes_tells_somebody_its_own_task() -> None:
    """A reminder with the words of another misleads."""
    for kind in DEADLINES:
        for when in ("due", "overdue"):
            (told,) = rows()[f"notifications.{kind}_{when}"]["tell"]
            assert told["task"] == f"{kind}_{when}"


def _kinds(row: dict[str, Any], change: str) -> set[str]:
    found = entries(row, change)
    return {kind for each in found for kind in each.get("deadlines", [each.get("deadline")])}


def test_every_task_is_left_by_a_row_or_by_what_ends() -> None:
    """A task that nothing leaves is a promise that nobody keeps."""
    given = {told["task"] for row in rows().values() for told in row.get("tell", ())}
    ends = rego.members("notify", "task") - {None}
    assert ends == {"mandate_ends", "agreement_ends"}
    assert given | ends == set(TASKS)


def test_every_group_and_circumstance_of_a_row_is_one_of_the_rules() -> None:
    """A group that no rule knows is nobody; a circumstance that none knows never is."""
    groups, circumstances = rego.cases("notify", "belongs"), rego.cases("notify", "holds")
    told = [each for row in rows().values() for each in row.get("tell", ())]
    every = [
        each for row in rows().values() for each in entries(row, "next", "tell", "begins", "ends")
    ]
    assert {group for each in told for group in each["to"]} == groups
    assert {each["if"] for each in every if "if" in each} | {"always"} == circumstances


def test_every_audience_of_a_stage_is_one_of_the_rules():
    """An audience that no rule knows reads nothing."""
    audiences = rego.cases("stages", "belongs")
    assert {row["who"] for stage in table("stages").values() for row in stage} == audiences


def test_acute_danger_opens_categories_that_there_are():
    """A misspelt category would stay closed when a life depends on it."""
    levels = table("emergency")["levels"]
    assert set(levels) <= set(words.CATEGORIES) - {"whereabouts"}
    assert set(levels.values()) <= set(words.LEVELS)


def test_every_condition_that_a_row_needs_is_one_of_the_rules():
    """A condition that no rule knows is never met, so nobody could act."""
    known = rego.cases("conditions", "met")
    assert {name for row in table("actions").values() for name in row["needs"]} == known


def test_the_sample_persons_hold_the_mandates_that_they_are_listed_with():
    """`make people` must not promise a role that the rules do not know of."""
    people = json.loads((ROOT / "deploy/local/sample_persons.json").read_text(encoding="utf-8"))
    every = {agreement["id"] for agreement in agreements()}
    expected = {
        (person["id"], agreement, person["partner"], role)
        for person in people
        for agreement in (every if person["agreement"] == "*" else {person["agreement"]})
        for role in person["roles"]
    }
    held = {
        (m["person"], m["agreement"], m["partner"], m["role"])
        for m in sample("mandates/sample.json")
    }
    assert held == expected


def test_every_party_of_the_samples_has_a_contact_person():
    """Anybody with a login must find whom to call."""
    partners = sample("partners.json")
    for agreement in agreements():
        for party in agreement["parties"]:
            assert partners[party["partner"]]["contact"]["email"].endswith(".example")


def test_every_rule_that_another_package_uses_says_what_it_is():
    """A rule that only its author can read is no agreement."""
    used = {each for package in rego.PACKAGES for each in rego.uses(package)}
    decisions = {(package, "decision") for package in ("action", "directory", "notify", "release")}
    assert {(package,) for package in rego.PACKAGES} | used | decisions <= rego.titled()


def test_every_folder_of_rules_has_tests_beside_them():
    """Whoever changes a rule would not see what it is held to."""
    folders = {path.name for path in rego.RULES.iterdir()} - {"samples"}
    tested = {
        path.parent.name
        for path in rego.RULES.glob("*/*_test.rego")
        if "\ntest_" in path.read_text(encoding="utf-8")
    }
    assert folders == set(rego.PACKAGES)
    assert folders <= tested
