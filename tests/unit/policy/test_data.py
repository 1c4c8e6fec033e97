"""What the rules decide by is composed from folders of checked files."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.opa.data import DataRefused, compose

POLICY = Path(__file__).parents[3] / "services" / "policy"
SCHEMAS = POLICY / "schemas"
OWN = POLICY / "data"


def write(folder: Path, name: str, content: Any) -> Path:
    """A data file of an overlay."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def agreement(**changes: Any) -> dict[str, Any]:
    """The sample agreement, changed."""
    content: dict[str, Any] = json.loads((OWN / "agreements" / "sample-brugge.json").read_text())
    return content | changes


def mandate(**changes: Any) -> dict[str, Any]:
    """A mandate that fits the samples."""
    return {
        "id": "m-1",
        "person": "p-1",
        "agreement": "sample-brugge",
        "partner": "caw",
        "role": "team_member",
        "from": "2026-01-01T00:00:00Z",
        "until": None,
        "confidentiality_signed_on": None,
    } | changes


def test_the_samples_become_one_document_by_id_person_and_agreement():
    """The rules look things up by key; a wrong key would find nobody's mandate."""
    document = compose(SCHEMAS, [POLICY / "tables", OWN])

    assert {"agreements", "partners", "mandates", "members", "stages", "actions"} <= set(document)
    assert set(document["agreements"]) == {
        "kaw-pilot-2018",
        "sample-brugge",
        "sample-kortrijk",
        "sample-westhoek",
    }
    for person, held in document["mandates"].items():
        assert all(each["person"] == person for each in held)
    for group, held in document["members"].items():
        assert all(each["agreement"] == group for each in held)


def test_a_later_folder_overrules_an_earlier_one_by_id(tmp_path):
    """A region replaces the agreement that lapses without touching the others."""
    write(tmp_path, "agreements/sample-brugge.json", agreement(version="2"))
    write(tmp_path, "mandates/more.json", [mandate()])

    document = compose(SCHEMAS, [OWN, tmp_path])

    assert document["agreements"]["sample-brugge"]["version"] == "2"
    assert document["agreements"]["sample-kortrijk"]["version"] == "2025.1"
    assert document["mandates"]["p-1"] == [mandate()]
    assert mandate() in document["members"]["sample-brugge"]


def test_a_mandate_that_is_overruled_is_not_kept_beside_its_successor(tmp_path):
    """A mandate that was ended in a later folder must not live on in the earlier one."""
    first, second = tmp_path / "1", tmp_path / "2"
    write(first, "mandates/a.json", [mandate()])
    write(second, "mandates/b.json", [mandate(until="2026-02-01T00:00:00Z")])

    document = compose(SCHEMAS, [OWN, first, second])

    assert [each["until"] for each in document["mandates"]["p-1"]] == ["2026-02-01T00:00:00Z"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("agreements/sample-brugge.json", "{", "not JSON"),
        ("agreements/other.json", agreement(), "is not the file's name"),
        ("agreements/sample-brugge.json", agreement(valid_until="2026-13-01"), "valid_until"),
        ("agreements/sample-brugge.json", agreement(valid_until="2026-01-01"), "valid_until"),
        ("agreements/sample-brugge.json", agreement(approved_on="yesterday"), "approved_on"),
        ("agreements/sample-brugge.json", agreement(secret=True), "secret"),
        ("agreements/sample-brugge.json", agreement(region=["Brugge"]), "region/0"),
        (
            "agreements/sample-brugge.json",
            agreement(parties=[{"partner": p, "domain": "care", "type": "x"} for p in "ab"]),
            "no partner 'a'",
        ),
        ("mandates/m.json", [mandate(role="king")], "0/role"),
        ("mandates/m.json", [mandate(partner=None)], "0/partner"),
        ("mandates/m.json", [mandate(role="auditor")], "0/partner"),
        ("mandates/m.json", [mandate(agreement="no-such")], "no agreement 'no-such'"),
        ("mandates/m.json", [mandate(partner="caw-kortrijk")], "is no party"),
        ("partners.json", {"caw": {"name": "CAW"}}, "caw"),
        ("stages.json", {"referred": []}, "required"),
        ("surprise.json", {}, "no schema surprise.json"),
        ("deep/er/file.json", {}, "no data is expected here"),
        ("elsewhere/file.json", {}, "no data is expected here"),
    ],
)
def test_a_file_at_fault_is_refused_by_name_and_place(tmp_path, name, content, told):
    """A mandate or date that means nothing must never reach the rules."""
    path = write(tmp_path, name, content)

    with pytest.raises(DataRefused) as refused:
        compose(SCHEMAS, [OWN, tmp_path])

    assert told in str(refused.value)
    assert path.name in str(refused.value) or "no partner" in told or "no " in told or "is" in told


def test_need_to_know_is_complete_and_knows_no_whereabouts(tmp_path):
    """A category forgotten in an agreement would be decided by nobody; an address by no table."""
    needed = agreement()["need_to_know"]
    for row in (
        {k: v for k, v in needed["domains"].items() if k != "safety"},
        {**needed["domains"], "whereabouts": needed["domains"]["safety"]},
    ):
        content = agreement(need_to_know={"domains": row, "types": {}})
        write(tmp_path, "agreements/sample-brugge.json", content)
        with pytest.raises(DataRefused, match="need_to_know/domains"):
            compose(SCHEMAS, [OWN, tmp_path])
