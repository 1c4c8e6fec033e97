"""No answer with content of a case is made another way than by the release pipeline."""

import ast
import inspect
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from flask import Response

import gateway
from gateway.http.problems import Problem
from gateway.http.responses import Public, respond
from gateway.release import pipeline
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released
from tests.unit.gateway.fakes import Platform, an_id

PACKAGE = Path(gateway.__file__).parent
OPEN = {"/v1/openapi.json", "/v1/docs", "/healthz", "/readyz", "/metrics"}


def test_every_view_answers_with_one_of_the_kinds(platform: Platform) -> None:
    """A view that returned a dictionary could return anything."""
    kinds: dict[str, Any] = {}
    for rule in platform.app.url_map.iter_rules():
        view = inspect.unwrap(platform.app.view_functions[rule.endpoint])
        kinds[f"{sorted(rule.methods or ())} {rule.rule}"] = get_type_hints(view)["return"]

    assert len(kinds) > 35
    for route, kind in kinds.items():
        path = route.partition("] ")[2]
        if path in OPEN:
            assert kind is Public, route
        elif "GET" in route or path.endswith("/search"):
            assert kind is Released, route
        else:
            assert kind is CommandResult, route


def test_the_application_refuses_an_answer_of_any_other_kind(platform: Platform) -> None:
    """What slipped past the types is stopped at the last step."""
    with platform.app.test_request_context("/v1/cases"):
        for answer in ({"case": 1}, "text", b"bytes", Response("x"), (Public(b"", "x"), 200), None):
            with pytest.raises(TypeError):
                platform.app.make_response(answer)  # type: ignore[arg-type]
        assert respond(Problem("not_found")).status_code == 404


def test_nobody_makes_a_released_at_run_time() -> None:
    """Whoever lacks the mint gets an error, not an answer."""
    with pytest.raises(TypeError):
        Released(object(), b"{}", "tag")  # type: ignore[arg-type]


def test_the_mint_is_named_in_the_release_module_only() -> None:
    """Reaching for the private names of another module is how a guard is walked around."""
    private = {"_MINT", "_Mint", "_mint"}
    others = set(PACKAGE.rglob("*.py"))
    others.remove(Path(pipeline.__file__))
    for file in others:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
        assert not names & private, file
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Released"
        ]
        assert calls == [], file


@pytest.mark.parametrize(
    "attempt",
    [
        'return Released(b"{}", "tag")',
        'return Released(object(), b"{}", "tag")',
        'return Released(None, b"{}", "tag")',
        'return {"case": "content"}',
        'return b"content"',
        "class Mine(Released): ...",
    ],
)
def test_a_view_that_makes_its_own_released_does_not_type_check(
    tmp_path: Path, attempt: str
) -> None:
    """The types keep the next colleague from a shortcut."""
    body = textwrap.indent(attempt, "    ")
    if attempt.startswith("class"):
        source = f"from gateway.release.pipeline import Released\n\n{attempt}\n"
    else:
        source = (
            f"from gateway.release.pipeline import Released\n\ndef view() -> Released:\n{body}\n"
        )
    file = tmp_path / "attempt.py"
    file.write_text(source, encoding="utf-8")

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", str(file)],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 1, checked.stdout
    assert "attempt.py" in checked.stdout


def test_every_route_of_the_api_asks_who_and_why_before_anything_else(platform: Platform) -> None:
    """One forgotten route is enough."""
    tried = 0
    for rule in platform.app.url_map.iter_rules():
        if rule.rule in OPEN:
            continue
        values = {name: 7 if name == "index" else an_id() for name in rule.arguments}
        path = str(platform.app.url_map.bind("").build(rule.endpoint, values, force_external=False))
        for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}:
            answer = platform.client().open(path, method=method, json={})
            assert (answer.status_code, answer.json["code"]) == (401, "token_missing"), path
            tried += 1
    assert tried > 30
    assert platform.trace == []
