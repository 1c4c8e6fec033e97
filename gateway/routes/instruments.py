"""The catalogue of risk instruments (risicotaxatie-instrumenten)."""

from typing import Any, Final

from chassis.errors import Refuse
from gateway.dependencies import dependencies
from gateway.http.response_schemas import InstrumentAnswer, InstrumentsAnswer
from gateway.http.routing import ApiBlueprint
from gateway.release.decisions import ActionDecision
from gateway.release.pipeline import Released
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "instruments", __name__, description="Step 3: which instruments can be filled in"
)

_SUMMARY: Final = ("id", "version", "title", "template")


@blueprint.read("/instruments", "read_instruments", InstrumentsAnswer)
def list_instruments(context: RequestContext) -> Released:
    """List the instruments of the catalogue."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        [reply] = dependencies().bus.read(context.budget, ("risk", "instruments", {}))
        listed = [{name: each[name] for name in _SUMMARY} for each in reply["instruments"]]
        return {"instruments": listed}

    return dependencies().releases.permitted(context, "read_instruments", answer)


@blueprint.read("/instruments/<code:instrument>", "read_instruments", InstrumentAnswer)
def read_instrument(context: RequestContext, instrument: str) -> Released:
    """Read an instrument: what it asks, which answers it knows, how it is scored."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        request = {"instrument": instrument}
        [reply] = dependencies().bus.read(context.budget, ("risk", "instrument", request))
        found = reply["instrument"]
        if found is None:
            raise Refuse("not_found")
        return {"instrument": found}

    return dependencies().releases.permitted(context, "read_instruments", answer)
