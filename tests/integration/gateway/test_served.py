"""The gateway as gunicorn serves it, with nothing behind it."""

import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OKPKey

from tests.unit.gateway.fakes import an_id
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
LIMIT_SECONDS = 5.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def settings(folder: Path, port: int) -> dict[str, str]:
    """A whole environment; the broker and the policy service that it names are not there."""
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}), encoding="utf-8")
    nowhere = free_port()
    return {
        "PATH": os.environ["PATH"],
        "KETENAANPAK_PORT": str(port),
        "KETENAANPAK_BROKER_URL": f"amqp://gateway:x@127.0.0.1:{nowhere}/ketenaanpak",
        "KETENAANPAK_BUS_KEYS": "b1:" + base64.b64encode(bytes(32)).decode(),
        "KETENAANPAK_OPA_URL": f"http://127.0.0.1:{nowhere}",
        "KETENAANPAK_JWKS": str(jwks),
        "KETENAANPAK_ISSUER": "https://login.example",
        "KETENAANPAK_AUDIENCE": "ketenaanpak",
    }


def gunicorn(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn.conf.py"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway that serves, alone in the world."""
    port = free_port()
    served = gunicorn(settings(tmp_path_factory.mktemp("served"), port))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}"), 30, "the gateway answers")
        yield f"http://127.0.0.1:{port}"
    finally:
        served.terminate()
        served.communicate(timeout=20)


def headers() -> dict[str, str]:
    claims = {
        "iss": "https://login.example",
        "aud": "ketenaanpak",
        "sub": "p-00000001",
        "exp": int(time.time()) + 60,
    }
    header = {"alg": "Ed25519", "kid": "k1"}
    token = jwt.encode(header, claims, KEY, algorithms=["Ed25519"])
    return {"Authorization": f"Bearer {token}", "Purpose-Of-Use": "case_consultation"}


def test_alone_it_is_alive_and_not_ready(url: str) -> None:
    """Whoever starts it first sees what is missing."""
    ready = requests.get(f"{url}/readyz", timeout=LIMIT_SECONDS)

    assert ready.status_code == 503
    assert ready.json()["parts"] == {"broker": False, "policy": False, "keys": True}


def test_alone_it_answers_within_five_seconds_that_nothing_happened(url: str) -> None:
    """A caller is never left waiting."""
    begin = time.monotonic()
    answer = requests.get(f"{url}/v1/cases/{an_id()}", headers=headers(), timeout=10)

    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert time.monotonic() - begin < LIMIT_SECONDS


def test_a_body_of_unknown_length_is_bounded_too(url: str) -> None:
    """Leaving out the length is no way around the limit."""

    def endless() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(40):
            yield b"x" * 65_536
        yield b'"}'

    answer = requests.post(
        f"{url}/v1/cases/{an_id()}/items",
        headers={
            **headers(),
            "Idempotency-Key": "k",
            "Content-Type": "application/json",
        },
        data=endless(),
        timeout=10,
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "address_too_long"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400, "request_malformed"),
        (b"KANARIE\r\n\r\n", 400, "request_malformed"),
    ],
)
def test_what_is_no_request_gets_a_problem_document_too(
    url: str, sent: bytes, status: int, code: str
) -> None:
    """A client that reads problem documents would stumble over a page of HTML."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LIMIT_SECONDS) as line:
        line.sendall(sent)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "KANARIE" not in json.dumps(problem)


def test_documentation_is_served(url: str) -> None:
    """It is there before anything else is."""
    assert requests.get(f"{url}/v1/docs", timeout=5).status_code == 200
    assert requests.get(f"{url}/v1/openapi.json", timeout=5).json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", ["ISSUER", "JWKS", "OPA_URL", "BUS_KEYS", "BROKER_URL"])
def test_it_does_not_start_without_a_setting_and_names_it(tmp_path: Path, name: str) -> None:
    """Half a configuration must not serve half a platform."""
    environment = settings(tmp_path, free_port())
    del environment[f"KETENAANPAK_{name}"]

    failed = gunicorn(environment)
    reply, _ = failed.communicate(timeout=60)

    assert failed.returncode != 0
    assert f"KETENAANPAK_{name}" in reply.decode()
