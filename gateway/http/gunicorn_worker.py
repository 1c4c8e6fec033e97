"""The worker of gunicorn: what never becomes a request is answered as any other refusal is."""

import socket
from typing import Any, Final

import orjson
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from chassis import logs
from contracts.vocabulary import LANGUAGES
from gateway.http.problems import MEDIA_TYPE, Problem
from gateway.http.responses import SECURITY_HEADERS

CODES: Final = (
    (errors.LimitRequestLine, "address_too_long"),
    (errors.LimitRequestHeaders, "headers_too_large"),
    (errors.ParseException, "request_malformed"),
)
"""Kind of fault in the bytes of a request → the code of its problem; the first that fits."""

log = logs.logger(__name__)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """A threaded worker without answers of its own in HTML, or bytes of a request in the log."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answers that the request could not be read; its connection is closed after it."""
        code = next((code for kind, code in CODES if isinstance(exc, kind)), "internal_error")
        log.warning("request_not_read", code=code, kind=type(exc).__name__)
        try:
            client.sendall(_answer(Problem(code)))
        except OSError:
            log.debug("caller_gone")


def _answer(problem: Problem) -> bytes:
    """The whole response; which language its caller reads was not understood either."""
    body = orjson.dumps(problem.document(LANGUAGES[0]))
    headers = {
        "Connection": "close",
        "Content-Type": MEDIA_TYPE,
        "Content-Language": LANGUAGES[0],
        "Content-Length": str(len(body)),
        **SECURITY_HEADERS,
    }
    lines = [f"HTTP/1.1 {problem.status} {problem.code}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
