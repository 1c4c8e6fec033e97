"""Problem documents (RFC 9457): what went wrong, with a stable code and a text for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

from werkzeug.exceptions import HTTPException

from chassis.errors import coded
from contracts.errors import STATUS
from gateway import texts
from gateway.http import validation_errors

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 2
TYPE: Final = "urn:ketenaanpak:problem:{code}"

_HTTP_CODES: Final[Mapping[int, str]] = {
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
}
_SILENT: Final = ("not_found", "token_invalid", "internal_error")
"""Codes without any details: a difference would distinguish two cases."""


@final
@dataclass(frozen=True)
class Problem:
    """An answer that says no. `headers` are those that belong to its status."""

    code: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status, from the one table of contracts/errors.py."""
        return STATUS[self.code]

    def document(self, language: str) -> dict[str, Any]:
        """The problem document, its texts in `language`; no id of any person or case."""
        text = texts.problem(language, self.code)
        document: dict[str, Any] = {
            "type": TYPE.format(code=self.code),
            "title": text["title"],
            "status": self.status,
            "detail": text["detail"],
            "code": self.code,
        }
        if self.code in _SILENT:
            return document
        document |= self.members
        if "reasons" in self.members:
            document["reasons"] = _reasons(language, self.members["reasons"])
        if "errors" in self.members:
            document["errors"] = validation_errors.localised(self.members["errors"], language)
        return document


def problem_of(error: BaseException) -> Problem:
    """The problem for `error`; for an error without a code of ours, an internal one."""
    if isinstance(error, HTTPException):
        code = _HTTP_CODES.get(error.code or 500, "internal_error")
        allowed = getattr(error, "valid_methods", None)
        headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
        return Problem(code, headers=headers)
    known = coded(error)
    if known is not None and known.code in STATUS:
        return _problem(known.code, known.members)
    return Problem("internal_error")


def _problem(code: str, members: Mapping[str, Any]) -> Problem:
    headers: dict[str, str] = {}
    if STATUS[code] == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if STATUS[code] == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="ketenaanpak"'
    localised = dict(members)
    if "reason" in localised:
        localised["reasons"] = [localised.pop("reason")]
    return Problem(code, localised, headers)


def _reasons(language: str, codes: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"code": code} | ({"text": text} if (text := texts.reason(language, code)) else {})
        for code in codes
    ]
