"""Information items (informatie-elementen) and whereabouts, read one by one."""

from gateway.dependencies import dependencies
from gateway.http.case_schemas import FragmentAnswer
from gateway.release.case_facts import CaseQuery
from gateway.release.pipeline import Released
from gateway.release.projection import fragment_body
from gateway.request_context import RequestContext
from gateway.routes.case_blueprints import CASE, add_commands, new_blueprint
from gateway.routes.case_resources import ITEMS

blueprint = new_blueprint(ITEMS)


@blueprint.read(f"{CASE}/items/<random_id:item_id>", "read_items", FragmentAnswer)
def read_item(context: RequestContext, case_id: str, item_id: str) -> Released:
    """Read one item, if it is released to you."""
    query = CaseQuery(case_id, kinds=ITEMS.kinds, fragment=item_id)
    return dependencies().releases.case(context, "items", query, fragment_body)


add_commands(blueprint, ITEMS.commands)
