"""How a view becomes a route: who asks and why is settled before the view is called.

A view of a read returns a `Released`, a view of a command a `Done`; both are given the `Asking`
first, then the query or body if they take one, then the ids of the path by name.
"""

import re
import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, NoReturn

from flask import current_app, g, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from chassis.errors import Refuse
from chassis.logs import current_call
from contracts.bodies import COMMAND_BODIES
from contracts.bodies.shared import NoBody
from contracts.fields import Strict
from contracts.vocabulary import PURPOSES
from gateway.dependencies import Dependencies
from gateway.http import bodies, response_schemas
from gateway.http.responses import language
from gateway.http.validation_errors import flatten_messages
from gateway.request_context import RequestContext

View = Callable[..., Any]

LARGEST_PAGE: Final = 100
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VERSION = re.compile(r'"([1-9][0-9]{0,9})"')

PURPOSE = {
    "in": "header",
    "name": "Purpose-Of-Use",
    "required": True,
    "description": "What the answer is used for; recorded with the decision.",
    "schema": {"type": "string", "enum": list(PURPOSES)},
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "Names this command: the same key and body give the same outcome, once done.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
}
VERSION = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The version, in quotes, of the document to change, as it was read.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,9}"$'},
}


class PageQuery(Strict):
    """Which part of a list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, LARGEST_PAGE))
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
        messages = next(iter(error.messages.values()))
        found = [
            {"pointer": each.pointer, "detail": each.message} for each in flatten_messages(messages)
        ]
        raise Refuse("validation_failed", errors=found) from error


class RandomIdConverter(BaseConverter):
    """A UUID in a path; anything else is no address here."""

    regex = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class CodeConverter(BaseConverter):
    """A short machine word in a path, as `contracts.fields.Code` has them."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}"


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
        """Puts the headers beside the parameters that flask-smorest found by itself, and says by
        which name the record tells of the operation.
        """
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

        With a `body` it is a question that is asked by POST.
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
            documented = self.alt_response(
                status, schema=response_schemas.DoneAnswer, success=True
            )(view)
            documented = self.arguments(schema, required=schema is not NoBody)(documented)
            headers = [PURPOSE, KEY, *([VERSION] if changes else [])]
            documented._apidoc |= {"headers": headers, "recorded_as": action}
            self.route(rule, methods=[method])(
                with_context(documented, submit_command=True, changes=changes)
            )
            return view

        return decorate


def with_context(
    view: View, query: Sequence[str] = (), *, submit_command: bool = False, changes: bool = False
) -> View:
    """Settles who asks and why, and for a command its key and version, before the view.

    `query` are the parameters that the route knows.
    """

    @wraps(view)
    def guarded(**path: Any) -> Any:
        context = _request_context()
        g.context = context
        _check_query(query)
        if submit_command:
            g.key = _key()
            g.version = _version() if changes else None
        return view(context, **path)

    return guarded


def dependencies() -> Dependencies:
    """The parts of this gateway."""
    found: Dependencies = current_app.extensions["ketenaanpak"]
    return found


def _whole_body(req: Any) -> bytes:
    """The body, or Refuse("body_too_large"); a body of unknown length is not cut off silently."""
    try:
        raw: bytes = req.stream.read()
        req.stream.read(1)
    except RequestEntityTooLarge as error:
        raise Refuse("body_too_large") from error
    return raw


def _request_context() -> RequestContext:
    viewer = dependencies().authenticator.identify(request.headers.get("Authorization"))
    purpose = request.headers.get("Purpose-Of-Use")
    if not purpose:
        raise Refuse("purpose_missing")
    if purpose not in PURPOSES:
        raise Refuse("purpose_not_allowed")
    if request.accept_mimetypes and not _takes_json():
        raise Refuse("not_acceptable")
    return RequestContext(
        viewer=viewer,
        purpose=purpose,
        at=dependencies().clock.now(),
        decision_id=str(uuid.uuid4()),
        traceparent=f"00-{current_call()}-{uuid.uuid4().hex[:16]}-01",
        language=language(),
        budget=g.budget,
    )


def _check_query(known: Sequence[str]) -> None:
    """Raises Refuse for a parameter that would be passed over: its sender means something by it."""
    errors = [
        {
            "pointer": f"/{name}",
            "detail": "Unknown field." if name not in known else "Not a valid list.",
        }
        for name, values in request.args.lists()
        if name not in known or len(values) > 1
    ]
    if errors:
        raise Refuse("validation_failed", errors=errors)


def _takes_json() -> bool:
    return request.accept_mimetypes["application/json"] > 0


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Refuse("idempotency_key_missing")
    return key


def _version() -> int:
    found = _VERSION.fullmatch(request.headers.get("If-Match", ""))
    if not found:
        raise Refuse("precondition_required")
    return int(found[1])
