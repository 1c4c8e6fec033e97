"""Routing keys of events, `<source>.<event_type>`, and the binding keys that match them."""

import re
from functools import lru_cache
from typing import Any


def routing_key(source: str, event_type: str) -> str:
    """The routing key of an event; the source may be written with or without its slash."""
    return f"{source.strip('/')}.{event_type}"


def routing_key_of(event: dict[str, Any]) -> str:
    """The routing key of a CloudEvent."""
    return routing_key(event["source"], event["type"])


def check_binding_key(binding_key: str) -> str:
    """The binding key itself; ValueError when it can match no routing key."""
    if binding_key != "#" and "." not in binding_key:
        raise ValueError(f"{binding_key!r} is no routing key: write <source>.<event_type>, or #")
    return binding_key


def is_exact(binding_key: str) -> bool:
    """Whether it matches one routing key only."""
    return not set("*#") & set(binding_key.split("."))


@lru_cache(maxsize=1024)
def matches(binding_key: str, key: str) -> bool:
    """Whether a topic exchange would match: `*` is one word, `#` any number of words."""
    words = {"*": r"\.[^.]+", "#": r"(\.[^.]+)*"}
    expression = (words.get(word, r"\." + re.escape(word)) for word in binding_key.split("."))
    return re.fullmatch("".join(expression), f".{key}") is not None
