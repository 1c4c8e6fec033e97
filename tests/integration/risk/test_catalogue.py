"""Risk with a catalogue that is wrong, on the real broker and database."""

import json
from pathlib import Path

import pytest

from deploy.local.errors import ActionableError
from deploy.local.parts import Parts
from services.risk.catalogue_files import INSTRUMENTS
from tests.integration.serving import serving


def test_risk_does_not_start_with_a_wrong_instrument_and_says_why(
    parts: Parts, tmp_path: Path
) -> None:
    """Nobody works by bands with a gap in them, and the operator reads which file to mend."""
    content = json.loads((INSTRUMENTS / "odara.json").read_text(encoding="utf-8"))
    content["id"] = "odara-region"
    content["scoring"]["norm_sets"][1]["bands"][5]["from"] = 6
    (tmp_path / "odara-region.json").write_text(json.dumps(content), encoding="utf-8")

    with (
        pytest.raises(ActionableError, match="risk ended while starting"),
        serving(parts, "risk", KETENAANPAK_INSTRUMENTS=str(tmp_path)),
    ):
        pytest.fail("risk serves with bands that have a gap")

    log = (parts.state / "log" / "risk.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    refused = [line for line in lines if line["event"] == "catalogue_refused"]
    assert [line["faults"] for line in refused] == [
        [
            "odara-region.json: /scoring/norm_sets/1/bands:"
            " score_5_to_6 does not begin where score_4 ends"
        ]
    ]
    assert lines[-1]["event"] == "service_died"
