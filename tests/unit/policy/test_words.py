"""The tables of the rules speak the words that services and gateway speak."""

import json
import re
from pathlib import Path
from typing import Any

from contracts import vocabulary as words
from contracts.bodies import COMMAND_BODIES
from contracts.events import EVENTS
from contracts.fragments import KINDS
from contracts.rpc.notifications import TASKS
from contracts.topology import SUBSCRIPTIONS

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
TELLS_NOBODY = {
    "intake.forming_completed",
    "intake.informing_recorded",
    "intake.direction_mandate_recorded",
    "intake.emergency_reviewed",
    "intake.follow_up_extended",
    "plans.plan_position_taken",
    "plans.progress_reported",
    "plans.follow_up_recorded",
}
"""Heard for what they say of a case or a due day: nothing waits for anybody by them."""

DEADLINES = (
    "question",
    "action",
    "report",
    "positions",
    "mandates",
    "informing",
    "emergency_review",
    "follow_up",
)
"""What a day that comes reminds of, and is escalated some days later."""


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


def test_every_agreement_tells_the_need_of_every_category():
    """A new category must be decided upon by each agreement, not by accident."""
    expected = set(words.CATEGORIES) - {"whereabouts"}
    for agreement in agreements():
        assert set(agreement["need_to_know"]["domains"]) == expected, agreement["id"]
        for row in agreement["need_to_know"]["domains"].values():
            assert set(row) == set(words.DOMAINS)
        assert set(agreement["purposes"]) <= set(words.PURPOSES)


def test_what_is_the_referrers_own_are_kinds_of_fragments():
    """A referral's part that is not named here would be kept from its own author."""
    own = table("referral")
    assert {*own["kinds"], *own["answers"]} <= set(KINDS)
    assert not {"item", "whereabouts", "request", "crisis_note"} & {*own["kinds"], *own["answers"]}


def test_notices_are_given_for_what_notifications_hears_and_for_days_that_come():
    """An event heard without a row tells nobody; a row never asked about tells nothing."""
    told = set(table("notifications"))
    days = {f"notifications.{each}_{when}" for each in DEADLINES for when in ("due", "overdue")}
    heard = set(SUBSCRIPTIONS["notifications"])
    assert told == (heard - TELLS_NOBODY) | days
    assert TELLS_NOBODY < heard <= set(EVENTS)


def test_every_task_is_left_by_a_row_or_by_what_ends():
    """A task that nothing leaves is a promise that nobody keeps."""
    given = {row["task"] for row in table("notifications").values()}
    rules = "\n".join(rules_of("notify"))
    ends = set(re.findall(r'"task": "([a-z_]+)"', rules))
    assert ends == {"mandate_ends", "agreement_ends"}
    assert given | ends == set(TASKS)


def test_every_group_and_condition_of_a_notice_is_known():
    """A group that no rule knows is nobody; a member that no event has is never met."""
    groups = set(re.findall(r'^belongs\("([a-z_]+)"', "\n".join(rules_of("notify")), re.MULTILINE))
    rows = table("notifications")
    assert {group for row in rows.values() for group in row["tell"]} == groups
    for name, row in rows.items():
        for member, values in row.get("when", {}).items():
            allowed = EVENTS[name][max(EVENTS[name])]().fields[member].validate.choices
            assert set(values) <= set(allowed), name


def test_acute_danger_opens_categories_that_there_are():
    """A misspelt category would stay closed when a life depends on it."""
    levels = table("emergency")["levels"]
    assert set(levels) <= set(words.CATEGORIES) - {"whereabouts"}
    assert set(levels.values()) <= set(words.LEVELS)


def test_no_agreement_opens_a_case_for_danger_without_saying_so_twice():
    """Emergency access needs the purpose and the permission; one alone was forgotten."""
    for agreement in agreements():
        allows = agreement["modalities"]["emergency_access"]
        assert ("acute_danger" in agreement["purposes"]) is allows, agreement["id"]
        assert agreement["modalities"]["adoption"] in words.ADOPTION_RULES


def test_every_reason_is_given_somewhere_and_every_code_of_a_table_is_a_reason():
    """A code without words reaches a person as a code."""
    given = "\n".join(
        path.read_text(encoding="utf-8")
        for path in POLICY.rglob("*.rego")
        if not path.name.endswith("_test.rego")
    )
    of_tables = {code for row in table("actions").values() for code in row["needs"].values()}
    reasons = set(table("reasons"))
    conflicts = {f"conflict_{word}" for word in ("same_person", *words.INTERESTS)}

    assert of_tables <= reasons
    assert conflicts <= reasons
    quoted = set(re.findall(r'"([a-z_]+)"', given))
    assert reasons - of_tables - conflicts <= quoted


def test_every_condition_that_a_row_needs_is_one_of_the_rules():
    """A condition that no rule knows is never met, so nobody could act."""
    rules = (POLICY / "conditions" / "conditions.rego").read_text(encoding="utf-8")
    known = set(re.findall(r'^met\("([a-z_]+)"', rules, flags=re.MULTILINE))
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


def test_every_party_of_the_samples_has_a_contact_person_and_the_same_domain():
    """Anybody with a login must find whom to call."""
    partners = sample("partners.json")
    for agreement in agreements():
        for party in agreement["parties"]:
            assert partners[party["partner"]]["domain"] == party["domain"]
            assert partners[party["partner"]]["contact"]["email"].endswith(".example")


def rules_of(package: str) -> list[str]:
    """The lines of a package's rules; its folder has its name."""
    path = POLICY / package / f"{package}.rego"
    return path.read_text(encoding="utf-8").splitlines()


def test_every_rule_that_another_package_uses_says_what_it_is():
    """A rule that only its author can read is no agreement."""
    packages = {path.stem for path in POLICY.rglob("*.rego") if not path.stem.endswith("_test")}
    texts = {package: rules_of(package) for package in packages}
    bare = set()
    for package, lines in texts.items():
        assert lines[:1] == ["# METADATA"], package
        others = "\n".join("\n".join(text) for name, text in texts.items() if name != package)
        used = {"decision", *re.findall(rf"\b{package}\.([a-z_]+)", others)}
        for rule in used:
            first = next(
                (n for n, line in enumerate(lines) if re.match(rf"(default )?{rule}\b", line)), None
            )
            if first is None:
                continue
            comment = lines[:first][::-1]
            above = [line for line in comment[: comment.index("")] if line.startswith("#")]
            if "# METADATA" not in above or not any("# title: " in line for line in above):
                bare.add(f"{package}.{rule}")
    assert bare == set()
