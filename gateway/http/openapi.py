"""The OpenAPI 3.1 document, made from the routes themselves."""

import inspect
from pathlib import Path
from typing import Any, Final

import orjson
from flask import Flask
from flask_smorest import Api

from contracts.fields import RandomId
from gateway.http.headers import PURPOSE
from gateway.http.problems import MEDIA_TYPE
from gateway.http.response_schemas import ProblemAnswer
from gateway.http.routing import ApiBlueprint, CodeConverter, IndexConverter, RandomIdConverter

VERSION: Final = "1.0.0"
DESCRIPTION: Final = """\
The HTTP API of the platform. Every read of a case is decided by the policy service and recorded
before anything leaves; every command is decided and recorded before it is carried out.

State who you are (`Authorization: Bearer`) and what you ask it for (`Purpose-Of-Use`). Commands
carry an `Idempotency-Key`, and where they change a document the version that was read (`If-Match`).
What was decided and recorded carries a `Decision-Id`: quote it when you ask about an answer. What
is not for you and what does not exist get the same answer.
"""

PURPOSES_FILE: Final = Path(__file__).parent / "purposes.json"
"""The purposes of use of each action in the record.

Made from the tables of the policy service by `ketenaanpak docs`: it describes, policy decides.
"""


class GatewayApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest, with our problem documents."""

    ERROR_SCHEMA = ProblemAnswer


def register_and_describe(app: Flask, blueprints: tuple[ApiBlueprint, ...], prefix: str) -> bytes:
    """Registers the blueprints with `app` and returns the document that describes them."""
    app.config.update(
        API_TITLE="Ketenaanpak",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "security": [{"token": []}],
            "components": {
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
                }
            },
        },
    )
    app.url_map.converters["random_id"] = RandomIdConverter
    app.url_map.converters["code"] = CodeConverter
    app.url_map.converters["index"] = IndexConverter
    api = GatewayApi(app)
    api.register_converter(
        RandomIdConverter, lambda _converter: {"type": "string", "format": "uuid"}
    )
    api.register_converter(CodeConverter, lambda _converter: {"type": "string"})
    api.register_converter(
        IndexConverter,
        lambda converter: {"type": "integer", "minimum": 0, "maximum": converter.largest},
    )
    api.register_field(RandomId, "string", "uuid")
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=prefix)
    document = api.spec.to_dict()
    _set_problem_media_type(document)
    _list_purposes(document)
    _describe_schemas(document, api)
    document["components"]["schemas"].pop("PaginationMetadata", None)
    return orjson.dumps(_without_python_patterns(document))


def _set_problem_media_type(document: dict[str, Any]) -> None:
    """Errors are problem documents; flask-smorest has one media type for everything."""
    for response in document["components"].get("responses", {}).values():
        if "application/json" in response.get("content", {}):
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}


def _list_purposes(document: dict[str, Any]) -> None:
    """The purposes of use that an operation is asked for."""
    purposes = orjson.loads(PURPOSES_FILE.read_bytes())
    for operations in document["paths"].values():
        for operation in operations.values():
            if "x-recorded-as" in operation:
                name = operation["x-recorded-as"]
                if name not in purposes:
                    raise LookupError(f"no row for {name!r} in the actions or resources of policy")
                schema = {"type": "string", "enum": purposes[name]}
                operation["parameters"] = [
                    {**each, "schema": schema} if each["name"] == PURPOSE["name"] else each
                    for each in operation["parameters"]
                ]


def _describe_schemas(document: dict[str, Any], api: Api) -> None:
    """The docstring of a schema is the description of its document."""
    schemas = document["components"]["schemas"]
    for key, name in api.ma_plugin.converter.refs.items():
        said = key[0].__doc__
        if said and name in schemas:
            schemas[name]["description"] = inspect.cleandoc(said)


def _without_python_patterns(value: Any) -> Any:
    """The same document with regular expressions as JSON Schema writes them: ^ and $."""
    if isinstance(value, dict):
        return {
            name: _anchored(member)
            if name == "pattern" and isinstance(member, str)
            else _without_python_patterns(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_without_python_patterns(member) for member in value]
    return value


def _anchored(pattern: str) -> str:
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")
