"""The API's documentation as one page: no script, no font, no picture from elsewhere; printable."""

import base64
import hashlib
from pathlib import Path
from typing import Any, Final

import jinja2
import orjson

_FOLDER: Final = Path(__file__).parent / "docs"
_STYLE: Final = (_FOLDER / "page.css").read_text(encoding="utf-8")

_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of the page: its own style, and nothing else."""


def render(document: bytes) -> bytes:
    """The page for an OpenAPI document."""
    spec: dict[str, Any] = orjson.loads(document)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True
    )
    environment.filters["named"] = _named
    environment.filters["place"] = _place
    page = environment.get_template("page.html")
    return page.render(spec=spec, groups=_groups(spec), style=_STYLE).encode()


def _groups(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations by resource, in the order of the document's tags."""
    groups = {tag["name"]: {**tag, "operations": []} for tag in spec["tags"]}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            shown = {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": operations.get("parameters", []) + operation.get("parameters", []),
            }
            groups[operation["tags"][0]]["operations"].append(shown)
    return list(groups.values())


def _place(schema: dict[str, Any]) -> str:
    """The name of the document that a schema refers to, by itself or in a list; else nothing."""
    inner = schema.get("items", {}) if schema.get("type") == "array" else schema
    return str(inner.get("$ref", "")).rpartition("/")[2]


def _named(schema: dict[str, Any]) -> str:
    """A schema in a few words: the name of what it refers to, or its type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_named(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    kind = schema.get("type", "any")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} ({schema['format']})" if "format" in schema else words
