"""The gateway's application: its dependencies, its routes, and what surrounds every request."""

import math
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from chassis import logs
from chassis.bus.client import RpcClient
from chassis.clock import Clock, clock_from
from chassis.opa import Opa
from chassis.sealing import KeyRing
from gateway import config
from gateway.dependencies import Dependencies
from gateway.http import bodies, docs_page, health, openapi
from gateway.http.authentication import Authenticator
from gateway.http.problems import Problem, problem_of
from gateway.http.responses import JSON, Public, as_view, respond
from gateway.http.signing_keys import keys_from
from gateway.release.bus import Bus, Client
from gateway.release.commands import Commands
from gateway.release.cursors import Cursors
from gateway.release.pipeline import Releases
from gateway.release.policy import Decider, Policy
from gateway.release.record import Recorder
from gateway.request_context import Budget
from gateway.routes import BLUEPRINTS

PREFIX = "/v1"
TICK_SECONDS = 0.05
"""The grid on which "not found" leaves, so that its time does not show what was looked at."""

DECISION_SECONDS = 0.8
"""How long a decision may take: long enough for a busy machine, short of the caller's patience."""

log = logs.logger(__name__)


class Gateway(Flask):
    """Flask that turns our four kinds of answers into responses, and nothing else."""

    def make_response(self, rv: Any) -> Response:
        return respond(rv)


def create_app() -> Flask:
    """The application as gunicorn runs it, from the settings in the environment."""
    settings = config.load()
    process = settings.process
    logs.configure("gateway", process.log_level)
    clock = clock_from(process)
    keys = keys_from(settings.jwks)
    return build(
        client=RpcClient(process.broker_url, process.bus_keys),
        opa=Opa(settings.opa_url, DECISION_SECONDS),
        authenticator=Authenticator(keys, settings.issuer, settings.audience, clock),
        clock=clock,
        ring=process.bus_keys,
    )


def build(
    client: Client,
    opa: Decider,
    authenticator: Authenticator,
    clock: Clock,
    ring: KeyRing,
    sleep: Callable[[float], None] = time.sleep,
) -> Flask:
    """An application on the given dependencies."""
    app = Gateway("gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = bodies.LARGEST
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    dependencies = make_dependencies(client, opa, authenticator, clock, ring)
    dependencies.install(app)
    app.extensions["ketenaanpak-readiness"] = health.Readiness(dependencies)
    app.register_blueprint(health.health)
    document = openapi.register_and_describe(app, BLUEPRINTS, PREFIX)
    _publish(app, document)
    _frame(app, sleep)
    return app


def make_dependencies(
    client: Client, opa: Decider, authenticator: Authenticator, clock: Clock, ring: KeyRing
) -> Dependencies:
    """The pipelines on the given bus, policy service and clock."""
    bus, policy = Bus(client), Policy(opa)
    recorder = Recorder(bus)
    return Dependencies(
        clock=clock,
        authenticator=authenticator,
        bus=bus,
        policy=policy,
        releases=Releases(bus, policy, recorder, Cursors(ring)),
        commands=Commands(bus, policy, recorder),
    )


def _publish(app: Flask, document: bytes) -> None:
    page = docs_page.render(document)

    def read_openapi() -> Public:
        return Public(document, JSON)

    def read_docs() -> Public:
        return Public(page, "text/html; charset=utf-8", policy=docs_page.POLICY)

    app.add_url_rule(f"{PREFIX}/openapi.json", view_func=as_view(read_openapi))
    app.add_url_rule(f"{PREFIX}/docs", view_func=as_view(read_docs))


def _frame(app: Flask, sleep: Callable[[float], None]) -> None:
    """What happens around every request: its budget, its log line, its failures."""

    @app.before_request
    def begin() -> None:
        g.budget = Budget()
        g.call = logs.bind_call(_call_id(request.headers.get("traceparent", "")))
        g.call.__enter__()

    @app.after_request
    def observed(response: Response) -> Response:
        health.observe_response(response.status_code)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        call = g.pop("call", None)
        if call is not None:
            call.__exit__(None, None, None)

    def failed(error: Exception) -> Problem:
        problem = problem_of(error)
        if problem.status >= 500:
            log.error("not_answered", code=problem.code, exc_info=error)
        if problem.code == "not_found" and g.get("context") is not None:
            sleep(until_tick(g.budget.elapsed()))
        return problem

    # The first takes the place of the one that flask-smorest registered.
    app.register_error_handler(HTTPException, as_view(failed))
    app.register_error_handler(Exception, as_view(failed))


def until_tick(elapsed: float) -> float:
    """Seconds until the next tick of the grid, counted from the request's begin."""
    return math.ceil(elapsed / TICK_SECONDS) * TICK_SECONDS - elapsed


def _call_id(traceparent: str) -> str:
    """The trace that the caller is in (W3C Trace Context), or a new one."""
    fields = traceparent.split("-")
    if len(fields) == 4 and len(fields[1]) == 32 and set(fields[1]) <= set("0123456789abcdef"):
        return fields[1]
    return uuid.uuid4().hex
