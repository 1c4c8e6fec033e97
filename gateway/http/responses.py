"""The kinds of answers, and the one place where they become HTTP responses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import orjson
from flask import Response, g, request
from werkzeug.http import parse_etags

from gateway.http.negotiation import VARY, language
from gateway.http.problems import MEDIA_TYPE, Problem
from gateway.release.commands import CommandResult
from gateway.release.pipeline import Released

JSON: Final = "application/json"

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


@final
@dataclass(frozen=True)
class Public:
    """An answer without anything of a case: documentation, health, metrics."""

    body: bytes
    media_type: str
    status: int = 200
    policy: str | None = None


_CONDITIONAL: Final = ("GET", "HEAD")
"""The methods of which an answer is left out when the caller has it; no other condition is read."""

Answer = Released | CommandResult | Public | Problem


def respond(answer: Any) -> Response:
    """The response for an answer. Raises TypeError for anything that is not one of the four."""
    if isinstance(answer, Released):
        return _released(answer)
    if isinstance(answer, CommandResult):
        return _command_result(answer)
    if isinstance(answer, Problem):
        return _problem(answer)
    if isinstance(answer, Public):
        return _public(answer)
    raise TypeError("a view answers with Released, CommandResult, Public or Problem")


def as_view(view: Callable[..., Answer]) -> Any:
    """The same function, for Flask, whose types do not know that we turn answers into responses."""
    return view


def _released(answer: Released) -> Response:
    unchanged = request.method in _CONDITIONAL and _is_known(answer.tag)
    response = _response(b"" if unchanged else answer.body, 304 if unchanged else 200, JSON)
    response.headers["ETag"] = f'"{answer.tag}"'
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = VARY
    if unchanged:
        del response.headers["Content-Type"]
    return response


def _is_known(tag: str) -> bool:
    """Whether the caller has this answer already; `*` is any answer (RFC 9110, section 13.1.2)."""
    return parse_etags(request.headers.get("If-None-Match")).contains_weak(tag)


def _command_result(answer: CommandResult) -> Response:
    response = _response(orjson.dumps(answer.document()), 201 if answer.location else 200, JSON)
    if answer.location:
        response.headers["Location"] = answer.location
    return response


def _problem(answer: Problem) -> Response:
    response = _response(orjson.dumps(answer.document(language())), answer.status, MEDIA_TYPE)
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = VARY
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _public(answer: Public) -> Response:
    response = _response(answer.body, answer.status, answer.media_type)
    if answer.policy:
        response.headers["Content-Security-Policy"] = answer.policy
    return response


def _response(body: bytes, status: int, media_type: str) -> Response:
    response = Response(body, status, content_type=media_type)
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    context = g.get("context")
    if context is not None and context.record_status.durable:
        response.headers["Decision-Id"] = context.decision_id
    return response
