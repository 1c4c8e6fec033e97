"""Makes the routes of a case from the table in resources.py."""

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
from gateway.routes.resources import CaseCommand, CaseResource, FragmentList

CASE = "/cases/<random_id:case_id>"


def blueprint_of(resource: CaseResource) -> ApiBlueprint:
    """A blueprint with the list and the commands of a resource."""
    blueprint = ApiBlueprint(resource.tag, __name__, description=resource.description)
    if resource.listed is not None:
        add_list(blueprint, resource.listed)
    add_commands(blueprint, resource.commands)
    return blueprint


def add_list(blueprint: ApiBlueprint, listed: FragmentList) -> None:
    """The route that lists fragments."""

    def view(context: RequestContext, case_id: str) -> Released:
        query = CaseQuery(case_id, listed.owner, listed.kinds, refers_to=listed.refers_to)
        build_body = fragments_body(listed.name)
        return dependencies().releases.case(context, listed.name, query, build_body)

    view.__name__, view.__doc__ = f"list_{listed.name}", listed.summary
    answer = fragments_answer(listed.name, listed.schema)
    blueprint.read(f"{CASE}/{listed.path}", f"read_{listed.name}", answer)(view)


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
