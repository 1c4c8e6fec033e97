"""How a view becomes a route: who calls, and why, is settled before the view is called.

A view of a read returns a `Released`, a view of a command a `CommandResult`; both are given the
`RequestContext` first, then the query or body if they take one, then the ids of the path by name.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, Final, NoReturn

from flask import g, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from chassis.errors import Refuse
from contracts.bodies import COMMAND_BODIES
from contracts.bodies.shared import NoBody
from contracts.fields import Digits, Strict
from gateway.http import bodies
from gateway.http.headers import KEY, PURPOSE, VERSION, read_context, read_key, read_version
from gateway.http.response_schemas import DoneAnswer
from gateway.http.validation_errors import flatten_messages

View = Callable[..., Any]

LARGEST_PAGE: Final = 100


class PageQuery(Strict):
    """Which part of a list."""

    limit = Digits(1, LARGEST_PAGE, load_default=20)
    after = fields.String(load_default=None, validate=validate.Length(min=1, max=2000))


class StrictParser(FlaskParser):
    """Reads bodies by gateway/http/bodies.py and reports errors by JSON pointers."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": RAISE}

    def load_json(self, req: Any, schema: Schema) -> Any:
        raw = _whole_body(req)
        if not raw and isinstance(schema, NoBody):
            return missing
        if req.mimetype != "application/json":
            raise Refuse("unsupported_media_type")
        return bodies.parse(raw)

    def handle_error(self, error: Any, req: Any, schema: Schema, **_: Any) -> NoReturn:
        [messages] = error.messages.values()
        raise Refuse("validation_failed", errors=list(flatten_messages(messages))) from error


class RandomIdConverter(BaseConverter):
    """A UUID in a path; anything else is no address here."""

    regex = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class CodeConverter(BaseConverter):
    """A short machine word in a path, as `contracts.fields.Code` has them."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}"


class IndexConverter(BaseConverter):
    """The place of an entry in the record, as ASCII digits."""

    regex = r"0|[1-9][0-9]{0,14}"
    largest = 10**15 - 1

    def to_python(self, value: str) -> int:
        return int(value)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """The routes of one resource."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_headers_doc)

    @staticmethod
    def _prepare_headers_doc(
        doc: dict[str, Any], doc_info: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        """Adds the headers to the other parameters, and the name of the operation in the record."""
        parameters = [*doc.get("parameters", []), *doc_info.get("headers", [])]
        return {**doc, "parameters": parameters, "x-recorded-as": doc_info["recorded_as"]}

    def read(
        self,
        rule: str,
        recorded_as: str,
        answer: type[Schema],
        *,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
    ) -> Callable[[View], View]:
        """A read, known to policy and in the record as `recorded_as`.

        With a `body` it is a query sent by POST.
        """

        def decorate(view: View) -> View:
            documented = self.alt_response(200, schema=answer, success=True)(view)
            if query is not None:
                documented = self.arguments(query, location="query")(documented)
            if body is not None:
                documented = self.arguments(body)(documented)
            documented._apidoc |= {"headers": [PURPOSE], "recorded_as": recorded_as}
            method = "GET" if body is None else "POST"
            known = () if query is None else tuple(query().fields)
            self.route(rule, methods=[method])(with_context(documented, known))
            return view

        return decorate

    def command(
        self,
        rule: str,
        action: str,
        *,
        method: str = "POST",
        created: bool = False,
        changes: bool = False,
    ) -> Callable[[View], View]:
        """A command; `changes` a document and needs its version, or `created` something new."""

        def decorate(view: View) -> View:
            schema = COMMAND_BODIES.get(action, NoBody)
            status = 201 if created else 200
            documented = self.alt_response(status, schema=DoneAnswer, success=True)(view)
            documented = self.arguments(schema, required=schema is not NoBody)(documented)
            headers = [PURPOSE, KEY, *([VERSION] if changes else [])]
            documented._apidoc |= {"headers": headers, "recorded_as": action}
            self.route(rule, methods=[method])(
                with_context(documented, command=True, changes=changes)
            )
            return view

        return decorate


def with_context(
    view: View, query: Sequence[str] = (), *, command: bool = False, changes: bool = False
) -> View:
    """Reads the context of the request, for a command with its key and version, before the view.

    `query` are the parameters that the route knows.
    """

    @wraps(view)
    def guarded(**path: Any) -> Any:
        g.context = context = read_context()
        _check_query(query)
        if command:
            context = replace(context, key=read_key(), version=read_version() if changes else None)
        return view(context, **path)

    return guarded


def _whole_body(req: Any) -> bytes:
    """The body, or Refuse("body_too_large"); a body of unknown length is not cut off silently."""
    try:
        raw: bytes = req.stream.read()
        req.stream.read(1)
    except RequestEntityTooLarge as error:
        raise Refuse("body_too_large") from error
    return raw


def _check_query(known: Sequence[str]) -> None:
    """Raises Refuse for a parameter that would be passed over: its sender means something by it."""
    errors = [
        {
            "pointer": f"/{name}",
            "code": "unknown" if name not in known else "repeated",
        }
        for name, values in request.args.lists()
        if name not in known or len(values) > 1
    ]
    if errors:
        raise Refuse("validation_failed", errors=errors)
