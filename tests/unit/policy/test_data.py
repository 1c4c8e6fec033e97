"""What the rules decide by is composed from folders of checked files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.local import find
from deploy.local.progress import Progress
from deploy.opa.data import DataRefused, compose
from deploy.opa.rules import DefinedWords, PolicyFailed, defined_words

POLICY = Path(__file__).parents[3] / "services" / "policy"
TABLES = POLICY / "tables"
OWN = POLICY / "data"


@cache
def defined() -> DefinedWords:
    """What the rules define."""
    return defined_words(find.opa(Progress(None)), POLICY / "rules")


def composed(*folders: Path) -> dict[str, Any]:
    """What the rules decide by, from these folders."""
    return compose(POLICY / "schemas", folders, defined())


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
    document = composed(TABLES, OWN)

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

    document = composed(OWN, tmp_path)

    assert document["agreements"]["sample-brugge"]["version"] == "2"
    assert document["agreements"]["sample-kortrijk"]["version"] == "2025.1"
    assert document["mandates"]["p-1"] == [mandate()]
    assert mandate() in document["members"]["sample-brugge"]


def test_a_mandate_that_is_overruled_is_not_kept_beside_its_successor(tmp_path):
    """A mandate that was ended in a later folder must not live on in the earlier one."""
    first, second = tmp_path / "1", tmp_path / "2"
    write(first, "mandates/a.json", [mandate()])
    write(second, "mandates/b.json", [mandate(until="2026-02-01T00:00:00Z")])

    document = composed(OWN, first, second)

    assert [each["until"] for each in document["mandates"]["p-1"]] == ["2026-02-01T00:00:00Z"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("agreements/sample-brugge.json", "{", "not JSON"),
        ("agreements/other.json", agreement(), "is not the file's name"),
        ("agreements/sample-brugge.json", agreement(valid_until="2026-13-01"), "valid_until"),
        ("agreements/sample-brugge.json", agreement(valid_until="2026-01-01"), "valid_until"),
        (
            "agreements/sample-brugge.json",
            agreement(valid_until="2026-02-30T00:00:00Z"),
            "valid_until: '2026-02-30T00:00:00Z' is not a 'date-time'",
        ),
        ("partners.json", '{"caw": {}, "caw": {}}', "'caw' is there twice"),
        ("mandates/m.json", [mandate(), mandate(role="chair")], "the mandate 'm-1' is there twice"),
        ("agreements/sample-brugge.json", agreement(approved_on="yesterday"), "approved_on"),
        ("agreements/sample-brugge.json", agreement(secret=True), "secret"),
        ("agreements/sample-brugge.json", agreement(region=["Brugge"]), "region/0"),
        ("mandates/m.json", [mandate(role="king")], "0/role"),
        ("mandates/m.json", [mandate(partner=None)], "0/partner"),
        ("mandates/m.json", [mandate(role="auditor")], "0/partner"),
        ("partners.json", {"caw": {"name": "CAW"}}, "caw"),
        ("stages.json", {"referred": []}, "required"),
        ("surprise.json", {}, "no schema surprise.json"),
        ("deep/er/file.json", {}, "no data is expected here"),
        ("elsewhere/file.json", {}, "no data is expected here"),
    ],
)
def test_a_file_at_fault_is_refused_by_name_and_place(tmp_path, name, content, expected):
    """A mandate or date that means nothing must never reach the rules."""
    path = write(tmp_path, name, content)

    with pytest.raises(DataRefused) as refused:
        composed(OWN, tmp_path)

    assert expected in str(refused.value)
    assert path.name in str(refused.value)


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
            composed(OWN, tmp_path)


def needed(**types: Any) -> dict[str, Any]:
    """The sample agreement with these rows for types of partners."""
    return agreement(need_to_know=agreement()["need_to_know"] | {"types": types})


def parties(**changes: Any) -> dict[str, Any]:
    """The sample agreement, its first party changed."""
    first, *others = agreement()["parties"]
    return agreement(parties=[first | changes, *others])


def modality(**changes: Any) -> dict[str, Any]:
    """The sample agreement with other modalities."""
    return agreement(modalities=agreement()["modalities"] | changes)


def row(table: str, name: str, **changes: Any) -> dict[str, Any]:
    """A row of a table of the rules, changed."""
    content = json.loads((TABLES / f"{table}.json").read_text())
    return {name: content[name] | changes}


def stages(**changes: Any) -> dict[str, Any]:
    """The table of stages, changed."""
    content: dict[str, Any] = json.loads((TABLES / "stages.json").read_text())
    return content | changes


PEACEFUL = [purpose for purpose in agreement()["purposes"] if purpose != "acute_danger"]
TOLD = {"task": "case_ended", "to": ["team"]}
CHAIR = {"who": "chair", "levels": "as_needed"}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "agreement",
            agreement(parties=[{"partner": p, "domain": "care", "type": "x"} for p in "ab"]),
            "sample-brugge: parties: no partner 'a'",
        ),
        (
            "mandates",
            [mandate(agreement="no-such")],
            "m-1: agreement: no agreement 'no-such'",
        ),
        (
            "mandates",
            [mandate(partner="caw-kortrijk")],
            "m-1: partner: 'caw-kortrijk' is no party to sample-brugge",
        ),
        ("agreement", parties(partner="no-such"), "sample-brugge: parties: no partner 'no-such'"),
        (
            "agreement",
            parties(domain="justice"),
            "sample-brugge: parties/opgroeien: domain 'justice', in partners.json 'care'",
        ),
        (
            "agreement",
            parties(partner="caw", type="x"),
            "sample-brugge: parties: 'caw' is there twice",
        ),
        (
            "agreement",
            needed(youth_carer={"children": "full"}),
            "sample-brugge: need_to_know/types: no party is of type 'youth_carer'",
        ),
        (
            "agreement",
            parties(type="youth_carx"),
            "sample-brugge: parties/opgroeien: type 'youth_carx' has no row in need_to_know/types",
        ),
        (
            "agreement",
            needed(youth_care={"children": "full"}),
            "sample-brugge: parties/caw: type 'general_welfare' has no row in need_to_know/types",
        ),
        ("agreement", needed(youth_care={"child": "full"}), "need_to_know/types/youth_care"),
        ("agreement", needed(youth_care={"whereabouts": "full"}), "'whereabouts' is not one of"),
        ("agreement", needed(youth_care={"children": "all"}), "need_to_know/types/youth_care"),
        (
            "agreement",
            agreement(succeeds="no-such"),
            "sample-brugge: succeeds: no agreement 'no-such'",
        ),
        ("agreement", agreement(succeeds="sample-brugge"), "sample-brugge: succeeds: itself"),
        (
            "agreement",
            agreement(valid_until="2024-12-31T22:59:59Z"),
            "sample-brugge: valid_until: before it begins",
        ),
        (
            "agreement",
            agreement(
                legal_basis=agreement()["legal_basis"] | {"valid_from": "2036-01-01T00:00:00Z"}
            ),
            "sample-brugge: legal_basis/valid_from: after the agreement has ended",
        ),
        (
            "agreement",
            agreement(purposes=PEACEFUL),
            "sample-brugge: emergency_access without the purpose 'acute_danger'",
        ),
        (
            "agreement",
            modality(emergency_access=False),
            "sample-brugge: the purpose 'acute_danger' without emergency_access",
        ),
        (
            "agreement",
            modality(quorum=10),
            "sample-brugge: modalities/quorum: 10 of 9 parties",
        ),
        (
            "agreement",
            agreement(tables=[{"id": "t", "name": "a"}, {"id": "t", "name": "b"}]),
            "sample-brugge: tables: 't' is there twice",
        ),
        ("mandates", [mandate(until="2025-12-31T23:59:59Z")], "m-1: until: before it begins"),
        (
            "actions",
            row("actions", "schedule_session", needs={"table_known": "table_unknow"}),
            "actions/schedule_session: needs/table_known: no reason 'table_unknow'",
        ),
        (
            "actions",
            row("actions", "schedule_session", needs={"table_know": "table_unknown"}),
            "actions/schedule_session: needs: no condition 'table_know'",
        ),
        (
            "actions",
            row("actions", "schedule_session", roles=["chair", "auditor"]),
            "actions/schedule_session: roles: 'auditor' serves none of its purposes",
        ),
        (
            "actions",
            row("actions", "schedule_session", purposes=["coordination", "audit"]),
            "actions/schedule_session: purposes: 'audit' is served by none of its roles",
        ),
        (
            "transitions",
            {"closes": {"roles": ["chair"]}},
            "transitions/closes: no step of a case",
        ),
        (
            "actions",
            {
                "open_emergency": {
                    "about": "danger",
                    "purposes": ["acute_danger"],
                    "needs": {},
                    "roles": ["team_member"],
                }
            },
            "actions/open_emergency: stages: missing",
        ),
        (
            "transitions",
            {"close": {"roles": ["auditor"]}},
            "transitions/close: roles: 'auditor' may not change_stage",
        ),
        (
            "resources",
            row("resources", "plans", purposes=["audit"]),
            "resources/plans: purposes: 'audit' shows nobody a case",
        ),
        (
            "notifications",
            {"intake.case_close": {"nobody": "it is over"}},
            "notifications/intake.case_close: no event and no day that comes",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", tell=[{"task": "case_end", "to": ["team"]}]),
            "notifications/intake.case_closed: no task 'case_end'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", tell=[TOLD | {"to": ["teams"]}]),
            "notifications/intake.case_closed: no group 'teams'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", tell=[TOLD | {"otherwise": ["chair"]}]),
            "notifications/intake.case_closed: no group 'chair'",
        ),
        (
            "notifications",
            row("notifications", "intake.crisis_raised", next=[{"who": ["all"], "do": ["accept"]}]),
            "notifications/intake.crisis_raised: no group 'all'",
        ),
        (
            "notifications",
            row("notifications", "intake.crisis_raised", next=[{"who": ["team"], "do": ["run"]}]),
            "notifications/intake.crisis_raised: next: no command 'run'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", tell=[TOLD | {"if": "a_full_moon"}]),
            "notifications/intake.case_closed: if: no condition 'a_full_moon'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", begins=[{"deadline": "holiday"}]),
            "notifications/intake.case_closed: no deadline 'holiday'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", suspends=[{"deadlines": ["holiday"]}]),
            "notifications/intake.case_closed: no deadline 'holiday'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", begins=[{"deadline": "report"}]),
            "notifications/intake.case_closed: begins: 'report' has neither a day nor days",
        ),
        (
            "notifications",
            row(
                "notifications", "intake.case_closed", tell=[TOLD | {"when": {"status": ["done"]}}]
            ),
            "notifications/intake.case_closed: when: the event has no member 'status'",
        ),
        (
            "notifications",
            row(
                "notifications", "intake.case_closed", tell=[TOLD | {"when": {"stage": ["stuck"]}}]
            ),
            "notifications/intake.case_closed: when/stage: never 'stuck'",
        ),
        (
            "notifications",
            row("notifications", "intake.case_closed", tell=[TOLD | {"when": {"stage": [None]}}]),
            "notifications/intake.case_closed: when/stage: never absent",
        ),
        (
            "deadlines",
            {"holiday": {"waits_for": ["accept"]}},
            "deadlines/holiday: no kind of deadline",
        ),
        (
            "deadlines",
            {"report": {"waits_for": ["run"]}},
            "deadlines/report: waits_for: no command 'run'",
        ),
        (
            "stages",
            stages(closed=[CHAIR, CHAIR | {"levels": {}}]),
            "stages/closed: who: 'chair' is there twice",
        ),
        (
            "stages",
            stages(closed=[CHAIR | {"who": "directors"}]),
            "stages/closed: who: no audience 'directors'",
        ),
        (
            "referral",
            {
                "kinds": ["persons"],
                "parts": ["worry"],
                "withdrawable": ["worry"],
                "answers": ["advice"],
            },
            "referral/kinds: no kind of fragment 'persons'",
        ),
        (
            "referral",
            {
                "kinds": ["person"],
                "parts": ["worry"],
                "withdrawable": ["worry"],
                "answers": ["advise"],
            },
            "referral/answers: no kind of fragment 'advise'",
        ),
        (
            "emergency",
            {"levels": {}, "for_review": ["emergency_grounds"]},
            "emergency/for_review: no kind of fragment 'emergency_grounds'",
        ),
    ],
)
def test_data_that_contradict_themselves_are_refused(tmp_path, name, content, expected):
    """A slip of the pen would be decided by, and show or hide without anybody knowing why."""
    file = {"agreement": "agreements/sample-brugge.json", "mandates": "mandates/m.json"}
    write(tmp_path, file.get(name, f"{name}.json"), content)

    with pytest.raises(DataRefused) as refused:
        composed(TABLES, OWN, tmp_path)

    assert expected in str(refused.value)


def test_agreements_that_succeed_each_other_are_refused(tmp_path):
    """Nobody could say which of them a case belongs under."""
    write(tmp_path, "agreements/sample-brugge.json", agreement(succeeds="other"))
    write(tmp_path, "agreements/other.json", agreement(id="other", succeeds="sample-brugge"))

    with pytest.raises(DataRefused, match="sample-brugge: succeeds: itself, by way of 'other'"):
        composed(TABLES, OWN, tmp_path)


def test_every_contradiction_is_named_at_once(tmp_path):
    """Whoever sets up a region would mend one slip a run."""
    write(tmp_path, "agreements/sample-brugge.json", modality(quorum=10) | {"purposes": PEACEFUL})
    write(tmp_path, "mandates/m.json", [mandate(until="2025-12-31T23:59:59Z")])

    with pytest.raises(DataRefused) as refused:
        composed(TABLES, OWN, tmp_path)

    assert str(refused.value).splitlines() == [
        "sample-brugge: emergency_access without the purpose 'acute_danger'",
        "sample-brugge: modalities/quorum: 10 of 9 parties",
        "m-1: until: before it begins",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("package x\n\nmet( if", "conditions.rego:3: "), (None, "no such file")],
)
def test_rules_that_cannot_be_read_are_refused_by_place(tmp_path, text, expected):
    """Data would be compared with no words at all, and each of them be called unknown."""
    if text:
        write(tmp_path, "conditions/conditions.rego", text)

    with pytest.raises(PolicyFailed, match=expected):
        defined_words(find.opa(Progress(None)), tmp_path)
