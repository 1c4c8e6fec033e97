"""Logs say what happened and where, and quote nothing."""

import io
import json
import logging
from typing import Any

import pytest

from chassis.logs import bind_call, configure, current_call, describe_failure, logger


@pytest.fixture
def lines() -> Any:
    """The lines logged so far, read as JSON."""
    stream = io.StringIO()
    configure("intake", "INFO", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(message: str) -> None:
    """Fail with a message that quotes content."""
    try:
        raise KeyError(message)
    except KeyError as error:
        raise ValueError(message) from error


def test_a_line_says_what_where_when_and_in_which_call(lines: Any) -> None:
    """An operator could otherwise not follow one person's request through the services."""
    log = logger("chassis.bus")
    with bind_call("call-1"):
        assert current_call() == "call-1"
        log.info("event_parked", event_id="e-1", attempts=5)
    assert current_call() is None
    log.warning("alone")
    first, second = lines()
    at = first.pop("at")
    assert at.endswith("Z")
    assert first == {
        "event": "event_parked",
        "event_id": "e-1",
        "attempts": 5,
        "call_id": "call-1",
        "level": "info",
        "part": "chassis.bus",
        "service": "intake",
    }
    assert "call_id" not in second


def test_calls_inside_calls_do_not_lose_the_outer_one() -> None:
    """Lines after an inner call would otherwise belong to nobody."""
    with bind_call("outer"):
        with bind_call("inner"):
            assert current_call() == "inner"
        assert current_call() == "outer"


def test_an_exception_is_logged_by_type_and_places_never_by_its_message(lines: Any) -> None:
    """A family's words would otherwise stand in the log because a field was too long."""
    log = logger("x")
    try:
        fail("CANARY")
    except ValueError as error:
        log.error("command_failed", exc_info=error)
        log.error("command_failed", exc_info=True)
        log.exception("command_failed")
    logged = lines()
    assert len(logged) == 3
    for line in logged:
        assert line["error"] == "builtins.ValueError"
        assert line["causes"] == ["KeyError"]
        assert line["places"][-1].endswith(" fail")
        assert "CANARY" not in json.dumps(line)


def test_records_of_libraries_lose_their_arguments(lines: Any) -> None:
    """A message body that kombu could not decode would otherwise stand in the log."""
    library = logging.getLogger("kombu.something")
    library.error("Can't decode message body: %r", "CANARY")
    try:
        fail("CANARY")
    except ValueError:
        library.exception("worker failed: %s", "CANARY")
    library.info("not asked for")
    first, second = lines()
    assert first["event"] == "Can't decode message body: %r"
    assert (first["part"], first["level"], first["service"]) == (
        "kombu.something",
        "error",
        "intake",
    )
    assert second["error"] == "builtins.ValueError"
    assert "CANARY" not in json.dumps([first, second])


def test_lines_below_the_level_are_not_written(lines: Any) -> None:
    """A disk would otherwise fill with what nobody asked for."""
    logger("x").debug("detail")
    assert lines() == []


def test_values_that_are_no_json_are_named_by_type_only(lines: Any) -> None:
    """An object's text form may quote content, and a log line must never fail."""

    class Content:
        def __repr__(self) -> str:
            return "CANARY"

    logger("x").info("odd", value=Content(), raw=b"CANARY")
    (line,) = lines()
    assert line["raw"] == "bytes"
    assert line["value"].endswith("Content")
    assert "CANARY" not in json.dumps(line)


def test_a_failure_without_cause_or_trace_is_still_described() -> None:
    """Telling of an error must not become an error itself."""
    assert describe_failure(OSError("CANARY")) == {
        "error": "builtins.OSError",
        "causes": [],
        "places": [],
    }


def test_a_process_that_was_never_configured_quotes_nothing_either(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script that forgot to set its logs up would otherwise print every local variable."""
    try:
        fail("CANARY")
    except ValueError as error:
        logger("x").error("command_failed", exc_info=error)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err)["error"] == "builtins.ValueError"
    assert "CANARY" not in printed.err
