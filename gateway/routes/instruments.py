"""The catalogue of risk instruments (risicotaxatie-instrumenten)."""

from typing import Any, Final

from chassis.errors import Refuse
from gateway.asking import Asking
from gateway.decisions import ActionDecision
from gateway.doors import Door, parts
from gateway.release import Released
from gateway.shapes import InstrumentAnswer, InstrumentsAnswer

door = Door("instruments", __name__, description="Step 3: which instruments can be filled in")

_SUMMARY: Final = ("id", "version", "title", "template")


@door.read("/instruments", "read_instruments", InstrumentsAnswer)
def list_instruments(asking: Asking) -> Released:
    """List the instruments of the catalogue."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        reply = parts().bus.read(asking.budget, "risk", "instruments", {})
        listed = [{name: each[name] for name in _SUMMARY} for each in reply["instruments"]]
        return {"instruments": listed}

    return parts().releases.permitted(asking, "read_instruments", answer)


@door.read("/instruments/<code:instrument>", "read_instruments", InstrumentAnswer)
def read_instrument(asking: Asking, instrument: str) -> Released:
    """Read an instrument: what it asks, which answers it knows, how it is scored."""

    def answer(_decision: ActionDecision) -> dict[str, Any]:
        request = {"instrument": instrument}
        found = parts().bus.read(asking.budget, "risk", "instrument", request)["instrument"]
        if found is None:
            raise Refuse("not_found")
        return {"instrument": found}

    return parts().releases.permitted(asking, "read_instruments", answer)
