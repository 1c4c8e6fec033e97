"""The generated pages of docs/ say what the code says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.events import EVENTS
from contracts.rpc.notifications import DEADLINES
from ops import pages
from ops.cli import app
from ops.pages import deadlines, steps
from ops.pages.api import openapi_document
from ops.pages.policy_tables import policy_table
from tests import rego


def test_the_committed_pages_are_those_that_the_code_makes() -> None:
    """Whoever reads docs/ reads what holds now; `ketenaanpak docs` makes it so."""
    done = CliRunner().invoke(app, ["docs", "--check"])

    assert (done.stdout, done.exit_code) == ("", 0)


def test_every_event_and_its_hearers_stand_on_the_page() -> None:
    """An integrator finds each event once, with who reacts to it."""
    page = pages.PAGES["docs/events.md"]()

    for name in EVENTS:
        assert page.count(f"| `{name}` |") == 1
    (withdrawn,) = (line for line in page.splitlines() if "`intake.case_withdrawn`" in line)
    assert withdrawn.endswith("| *case*, `ground` | notifications, audit |")


def test_the_page_of_the_steps_names_every_call_and_no_other() -> None:
    """Whoever learns a step finds each call that makes it, and none that is not there."""
    page = (pages.ROOT / "docs/steps.md").read_text(encoding="utf-8")
    reply = re.findall(r"`(GET|POST|PUT) (?:(/v1)|case)([^`]*)`", page)
    calls = {
        (verb, _shape(f"/v1{rest}" if v1 else f"/v1/cases/{{}}{rest}")) for verb, v1, rest in reply
    }
    document = openapi_document()
    offered = {
        (verb.upper(), _shape(path))
        for path, operations in document["paths"].items()
        for verb in operations
        if verb in ("get", "post", "put")
    }

    assert calls == offered


def test_who_meets_a_condition_is_said_of_conditions_that_there_are() -> None:
    """After a condition was renamed the page would name a whole role instead of the director."""
    needed = {need for row in policy_table("actions").values() for need in row["needs"]}

    assert set(steps.WHO_MEETS) <= needed


def test_what_follows_from_every_event_stands_on_the_page_of_the_deadlines() -> None:
    """A case worker finds who must act, who is told and what ends the wait."""
    page = pages.PAGES["docs/deadlines.md"]()

    for name in EVENTS:
        assert page.count(f"\n| `{name}` |") == 1
    for kind in DEADLINES:
        assert page.count(f"\n| `{kind}` |") == 2
    (recorded,) = (line for line in page.splitlines() if line.startswith("| `plans.follow_up_rec"))
    assert "the chairs: `reopen` (when `result` is `reopen`)" in recorded
    assert "`reopening_waiting`, urgently" in recorded
    assert set(deadlines.GROUPS) == rego.cases("notify", "belongs")
    assert {*deadlines.CIRCUMSTANCES, "always"} == rego.cases("notify", "holds")


def _shape(path: str) -> str:
    """A path without the names of its members."""
    return re.sub(r"{[a-z_]*}", "{}", path)


def test_a_page_that_is_out_of_date_is_named_and_then_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of the code that forgets a page is caught, and mended with one command."""
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    for name, make in pages.PAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(make(), encoding="utf-8")
    (tmp_path / "docs/events.md").write_text("# Events\n", encoding="utf-8")

    checked = CliRunner().invoke(app, ["docs", "--check"])
    made = CliRunner().invoke(app, ["docs"])
    again = CliRunner().invoke(app, ["docs"])

    assert (checked.stdout, checked.exit_code) == ("docs/events.md is out of date\n", 1)
    assert made.stdout == "docs/events.md written\n"
    assert again.stdout == "docs are up to date\n"
    assert (tmp_path / "docs/events.md").read_text(encoding="utf-8") == pages.PAGES[
        "docs/events.md"
    ]()
