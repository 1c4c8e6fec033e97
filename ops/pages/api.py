"""`docs/api.md`: the HTTP API, from the OpenAPI document that the gateway publishes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from flask import Flask

from contracts.errors import STATUS
from contracts.vocabulary import LANGUAGES
from gateway import texts
from gateway.app import PREFIX
from gateway.http.headers import KEY, PURPOSE
from gateway.http.openapi import register_and_describe
from gateway.routes import BLUEPRINTS
from ops.pages.markdown import table

Document = dict[str, Any]

_HEAD: Final = """\
# API

Made from the gateway's own OpenAPI 3.1 document by `ketenaanpak docs`. A running platform publishes
the document at `{prefix}/openapi.json` and a page about it at `{prefix}/docs`.

{description}"""

_ERRORS: Final = """\
## What can go wrong

Every refusal is a problem document (RFC 9457, `application/problem+json`) with one of these codes,
its title and detail in the language of `Accept-Language` ({languages}).
"""


def render() -> str:
    """The page, in Markdown."""
    document = openapi_document()
    info = document["info"]
    parts = [_HEAD.format(prefix=PREFIX, description=info["description"])]
    for tag in document["tags"]:
        parts += [f"## {tag['name'].capitalize()}\n\n{tag['description']}.\n"]
        columns = ("operation", "what it does", "purpose of use", "takes", "answers with")
        parts += [table(columns, _operations(document, tag["name"]))]
    parts += [
        _ERRORS.format(languages=", ".join(LANGUAGES)),
        table(("code", "status", "meaning"), _problems()),
        "## Documents\n",
    ]
    for name, schema in document["components"]["schemas"].items():
        parts += [f"### {name}\n", table(("member", "kind", "required"), _members(schema))]
    return "\n".join(parts)


def openapi_document() -> Document:
    """The document that the gateway publishes."""
    document: Document = orjson.loads(register_and_describe(Flask("api"), BLUEPRINTS, PREFIX))
    return document


def _operations(document: Document, tag: str) -> Iterator[tuple[str, ...]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters" and tag in operation["tags"]:
                yield (
                    f"`{method.upper()} {path}`",
                    operation["summary"],
                    ", ".join(_purposes(operation)),
                    ", ".join(_takes(operation)) or "–",
                    _answer(operation),
                )


def _purposes(operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation["parameters"]:
        if parameter["name"] == PURPOSE["name"]:
            yield from (f"`{purpose}`" for purpose in parameter["schema"]["enum"])


def _takes(operation: Mapping[str, Any]) -> Iterator[str]:
    body = operation.get("requestBody")
    if body is not None:
        yield _linked(body["content"]["application/json"]["schema"])
    for parameter in operation.get("parameters", ()):
        if parameter["name"] not in (PURPOSE["name"], KEY["name"]):
            yield f"`{parameter['name']}`"


def _answer(operation: Mapping[str, Any]) -> str:
    status, response = next(
        (status, response)
        for status, response in operation["responses"].items()
        if status.startswith("2")
    )
    content = response.get("content", {}).get("application/json")
    return f"{status} {_linked(content['schema'])}" if content else str(status)


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        yield (f"`{name}`", _kind(member), "yes" if name in required else "no")


def _kind(schema: Mapping[str, Any]) -> str:
    """A member's schema in a few words."""
    if "$ref" in schema:
        return _linked(schema)
    for way in ("allOf", "anyOf", "oneOf"):
        if way in schema:
            return " or ".join(_kind(each) for each in schema[way])
    if "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema["enum"])
    declared = schema.get("type", "any")
    types = [declared] if isinstance(declared, str) else list(declared)
    if "array" in types:
        types[types.index("array")] = f"list of {_kind(schema.get('items', {}))}"
    kind = " or ".join(types)
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _linked(schema: Mapping[str, Any]) -> str:
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def _problems() -> Iterator[tuple[str, str, str]]:
    for code, status in STATUS.items():
        yield (f"`{code}`", str(status), texts.problem("en", code)["detail"])
