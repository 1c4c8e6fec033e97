"""Every reason that a person is given is one of the contract, and each of the contract is given."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import vocabulary
from contracts.fragment_projections import FACT_FIELDS, KINDS
from contracts.reasons import Reason
from contracts.rpc.notifications import TASKS
from tests import rego

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "services" / "policy"
SOURCES = sorted(
    path for room in ("services", "casework", "gateway") for path in (ROOT / room).rglob("*.py")
)
VOCABULARY = [each for each in vars(vocabulary).values() if isinstance(each, tuple)]
SHARED = {*TASKS, *KINDS, *FACT_FIELDS, *(word for words in VOCABULARY for word in words)}
SAID_BESIDE = {
    *("", " ", "%s.%s", "2006-01-02", "Europe/Brussels"),
    *("agreement_version", "agreements", "allow", "at", "cap", "contacts", "fragments"),
    *("expires_at", "follow_up_on", "hide", "key", "mandate", "minutes", "no_onward_sharing"),
    *("not_before", "obligations", "offered", "party", "policy_revision", "review", "standings"),
    *("review_working_days", "table", "terms", "use_limitation", "walled", "walled_from_matches"),
    *("answer_working_days", "partners", "withheld", "always", "change", "UTC", "repeat_on"),
    *("submitted_by", "crisis_raised", "evaluating", "contributors", "followers", "_overdue"),
}
"""What the rules say that is neither a reason nor a word of a table or schema: the members of
questions and decisions, obligations, formats."""


def words(content: object) -> Iterator[str]:
    """Every string in a JSON document, the names of members among them."""
    if isinstance(content, dict):
        yield from content
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from words(part)
    elif isinstance(content, str):
        yield content


def words_of(folder: str) -> set[str]:
    """Every string of the JSON files of a folder."""
    files = (POLICY / folder).glob("*.json")
    return {word for file in files for word in words(json.loads(file.read_text(encoding="utf-8")))}


def said_by_rules() -> set[str]:
    """Every string of the rules."""
    return {word for package in rego.PACKAGES for word in rego.strings(rego.rules(package))}


def of_tables() -> set[str]:
    """The reasons why a command's conditions were not met."""
    rows = json.loads((POLICY / "tables" / "actions.json").read_text(encoding="utf-8")).values()
    return {reason for row in rows for reason in row["needs"].values()}


def given_by(source: str) -> Iterator[Reason]:
    """The reasons that Python source gives; fails for one that is not in the contract."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        given = [word.value for word in node.keywords if word.arg == "reason"]
        for reason in given + node.args[: name == "unmet"]:
            if isinstance(reason, ast.Attribute) and ast.unparse(reason.value) == "Reason":
                yield Reason[reason.attr]
            elif isinstance(reason, ast.Constant):
                yield Reason(reason.value)
            else:
                assert name != "unmet", ast.unparse(node)


def test_every_string_of_the_rules_is_a_reason_or_a_word_of_another_kind() -> None:
    """A misspelt reason would reach a person as a code."""
    others = words_of("tables") | words_of("schemas") | SHARED
    assert said_by_rules() - set(Reason) - others == SAID_BESIDE


def test_every_conflict_of_interest_has_a_reason() -> None:
    """Whoever declared one would not understand why the case is hidden."""
    conflicts = {f"conflict_{word}" for word in ("same_person", *vocabulary.INTERESTS)}
    assert {word for word in said_by_rules() if word.startswith("conflict_")} == conflicts
    assert conflicts <= set(Reason)


def test_every_reason_of_the_table_of_actions_is_one() -> None:
    """A command would be refused with a code that nobody can read."""
    assert of_tables() <= set(Reason)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_reason_that_a_service_gives_is_one(path: Path) -> None:
    """An unmet precondition would reach a person as a code."""
    list(given_by(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("unmet('agreement_enden', '…')", ValueError),
        ("command.unmet('agreement_enden', '…')", ValueError),
        ("unmet(Reason.AGREEMENT_ENDEN, '…')", KeyError),
        ("Refuse('precondition_unmet', reason='agreement_enden')", ValueError),
        ("unmet(why, '…')", AssertionError),
    ],
)
def test_a_reason_that_is_none_is_found(source: str, fault: type[Exception]) -> None:
    """A check that overlooks a misspelt reason would be worse than none."""
    with pytest.raises(fault):
        list(given_by(source))


def test_every_reason_is_given_somewhere() -> None:
    """A reason that nobody gives any more would be kept, translated and explained for nothing."""
    by_services = {
        reason for path in SOURCES for reason in given_by(path.read_text(encoding="utf-8"))
    }
    assert set(Reason) - said_by_rules() - of_tables() - by_services == set()
