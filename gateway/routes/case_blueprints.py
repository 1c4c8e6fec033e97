"""Makes the routes of a case from the table in case_resources.py."""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.dependencies import dependencies
from gateway.http.case_schemas import fragments_answer
from gateway.http.routing import ApiBlueprint
from gateway.release.case_facts import CaseQuery
from gateway.release.commands import CommandRequest, CommandResult
from gateway.release.pipeline import Released
from gateway.release.projection import fragments_body
from gateway.request_context import RequestContext
from gateway.routes.case_resources import CaseCommand, CaseResource

CASE = "/cases/<random_id:case_id>"


def blueprint_of(resource: CaseResource) -> ApiBlueprint:
    """A blueprint with the list of a resource and the commands that change it."""
    blueprint = new_blueprint(resource)
    add_commands(blueprint, resource.commands)
    return blueprint


def new_blueprint(resource: CaseResource) -> ApiBlueprint:
    """A blueprint with the list of a resource."""

    def view(context: RequestContext, case_id: str) -> Released:
        query = CaseQuery(case_id, resource.owner, resource.kinds, refers_to=resource.refers_to)
        build_body = fragments_body(resource.name)
        return dependencies().releases.case(context, resource.name, query, build_body)

    view.__name__, view.__doc__ = f"list_{resource.name}", resource.summary
    section = resource.section or resource.path
    blueprint = ApiBlueprint(section, __name__, description=resource.title)
    answer = fragments_answer(resource.name, resource.answer)
    blueprint.read(f"{CASE}/{resource.path}", f"read_{resource.name}", answer)(view)
    return blueprint


def add_commands(blueprint: ApiBlueprint, commands: Sequence[CaseCommand]) -> None:
    """The routes of commands on a case."""
    for command in commands:
        method, path = command.route.split()
        blueprint.command(
            f"{CASE}/{path}",
            command.action,
            method=method,
            created=command.location is not None,
            changes=command.changes,
        )(_view_of(command))


def _view_of(command: CaseCommand) -> Callable[..., CommandResult]:
    def view(
        context: RequestContext, body: dict[str, Any], case_id: str, **ids: str
    ) -> CommandResult:
        [target] = ids.values() or [None]
        request = CommandRequest(
            command.action,
            body,
            case_id,
            target,
            "fragment" if target else None,
            f"/v1/cases/{{case}}/{command.location}" if command.location else None,
        )
        return dependencies().commands.submit_command(context, request)

    view.__name__, view.__doc__ = command.action, command.summary
    return view
