"""The broker's own definitions against the declared ones, on a real broker."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.parts import Parts
from deploy.local.platform import Platform
from ops.cli import app


@pytest.fixture
def here(breakable: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Parts of this module's own, as the local run that the command looks at."""
    monkeypatch.setenv("KETENAANPAK_STATE", str(breakable.state))
    monkeypatch.setenv("COLUMNS", "200")
    return breakable


def test_a_broker_started_from_our_definitions_holds_them(here: Parts) -> None:
    """What the code expects is what the broker was given: queues, bindings, rights."""
    done = CliRunner().invoke(app, ["topology", "compare"])

    assert (done.stdout, done.exit_code) == ("the broker holds what is declared\n", 0)


def test_what_somebody_changed_on_the_broker_is_named(here: Parts, tmp_path: Path) -> None:
    """A binding removed by hand, an added user right: the comparison says which."""
    vhost = ("--vhost", "ketenaanpak")
    here.rabbitmq.ctl("set_permissions", *vhost, "operator", "", "", ".*")
    exported = tmp_path / "definitions.json"
    exported.write_text(here.rabbitmq.ctl("export_definitions", "-", "--format", "json"))
    try:
        direct = CliRunner().invoke(app, ["topology", "compare"])
        by_file = CliRunner().invoke(app, ["topology", "compare", str(exported)])
        by_pipe = CliRunner().invoke(app, ["topology", "compare", "-"], exported.read_text())
        looked = CliRunner().invoke(app, ["doctor"])
    finally:
        here.rabbitmq.ctl(
            "set_permissions", *vhost, "operator", "^$", "^$", r"^events\.[^.]+\.parked$"
        )

    assert direct.exit_code == by_file.exit_code == by_pipe.exit_code == 1
    assert direct.stdout == by_file.stdout == by_pipe.stdout
    assert sorted(direct.stdout.splitlines()) == [
        "permission operator has configure '', declared is '^$'",
        r"permission operator has read '.*', declared is '^events\\.[^.]+\\.parked$'",
        "permission operator has write '', declared is '^$'",
    ]
    assert "3 differences" in looked.stdout


def test_a_file_that_holds_no_definitions_is_refused(tmp_path: Path) -> None:
    """A wrong file is not taken for an empty broker."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[not json")

    for file in (wrong, tmp_path / "missing.json"):
        done = CliRunner().invoke(app, ["topology", "compare", str(file)])
        assert done.exit_code == 1
        assert "rabbitmqctl export_definitions" in done.stderr


def test_a_healthy_broker_and_database_are_called_well(here: Parts) -> None:
    """The doctor does not alarm about what is well, and names what does not run."""
    Platform(here.state).clock.set_offset(0.0)

    done = CliRunner().invoke(app, ["doctor"])

    lines = {line.split()[1]: line for line in done.stdout.splitlines() if line[:1] != " "}
    for part in ("broker", "database", "topology", "clock", "secrets", "disk"):
        assert lines[part].startswith("well"), lines[part]
    assert "replica set rs0" in lines["database"]
    for part in ("policy", "intake", "gateway"):
        assert lines[part].startswith("wrong"), lines[part]
    assert done.exit_code == 1
