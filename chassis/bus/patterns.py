"""Routing keys of events: `<source>.<event_type>`, and the patterns that match them."""

import re
from functools import lru_cache
from typing import Any


def routing_key(source: str, event_type: str) -> str:
    """The key of an event; a source may be written with or without its slash."""
    return f"{source.strip('/')}.{event_type}"


def key_of(event: dict[str, Any]) -> str:
    """The key of a CloudEvent."""
    return routing_key(event["source"], event["type"])


def check_pattern(pattern: str) -> str:
    """The pattern itself; ValueError when it can match no key."""
    if pattern != "#" and "." not in pattern:
        raise ValueError(f"{pattern!r} is no routing key: write <source>.<event_type>, or #")
    return pattern


def is_exact(pattern: str) -> bool:
    """Whether the pattern matches one key only."""
    return not set("*#") & set(pattern.split("."))


@lru_cache(maxsize=1024)
def matches(pattern: str, key: str) -> bool:
    """As the broker matches a topic: `*` is one word, `#` any number of words."""
    return re.fullmatch(_expression(pattern), f".{key}") is not None


def _expression(pattern: str) -> str:
    words = {"*": r"\.[^.]+", "#": r"(\.[^.]+)*"}
    return "".join(words.get(word, r"\." + re.escape(word)) for word in pattern.split("."))
