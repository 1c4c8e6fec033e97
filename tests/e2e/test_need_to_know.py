"""The need-to-know table of domain.md, section 6, seen by nine partners through HTTP."""

import pytest

from tests import builders
from tests.e2e.table_client import PARTNERS, TableClient

F, S, N = "full", "summary", None

# columns:              opgr vert stad caw  park just soc  poli ggz
EXPECTED = {
    "safety":             (F, F, F, F, F, F, F, F, F),
    "protective_factors": (F, F, F, F, F, F, F, F, F),
    "client_voice":       (F, F, F, F, F, F, F, F, F),
    "incidents":          (F, F, S, F, F, F, S, F, F),
    "judicial":           (S, S, N, S, F, F, N, F, S),
    "children":           (F, F, S, S, F, S, S, S, S),
    "physical_health":    (F, F, N, F, S, S, N, S, F),
    "mental_health":      (F, F, N, F, S, S, N, S, F),
    "substance_use":      (F, F, N, F, S, S, N, S, F),
    "relationships":      (F, F, S, F, S, S, S, S, F),
    "assistance":         (F, F, S, F, S, S, S, S, F),
    "housing":            (F, F, F, F, S, S, F, S, F),
    "work_income":        (F, F, F, F, N, N, F, N, F),
}  # fmt: skip
"""What each partner reads of an item that the house of justice or the social house offered."""


def source_of(category: str) -> str:
    """A partner whose own row in the table does not matter for this category."""
    return "justitiehuis" if category == "judicial" else "sociaal-huis"


@pytest.fixture(scope="module")
def items(platform, request):
    """One case in forming with an item in each category."""
    from deploy.local.api_client import ApiClient

    table = TableClient(ApiClient(platform.gateway_url, platform.token))
    case = table.forming()
    offered = {category: table.offer(source_of(category), case, category) for category in EXPECTED}
    return case, offered


@pytest.mark.parametrize("position", range(len(PARTNERS)), ids=PARTNERS)
def test_each_partner_reads_what_its_domain_needs_to_know_and_no_more(items, table, position):
    """A partner that reads more than its row breaks a secret; one that reads less works blind."""
    case, offered = items
    who = PARTNERS[position]

    answer = table.get(who, case.path)

    assert answer.status_code == 200
    seen = {f["id"]: f["level"] for f in answer.json()["fragments"]}
    expected = {
        category: "full" if source_of(category) == who else row[position]
        for category, row in EXPECTED.items()
    }
    assert {category: seen.get(offered[category]) for category in EXPECTED} == expected
    held_back = {c for c, level in expected.items() if level is None}
    assert held_back == set(answer.json()["withheld"])


def test_a_summary_carries_no_word_of_the_full_text(items, table):
    """The summary is what its author wrote for it; the text itself stays."""
    case, offered = items
    text = builders.item("judicial")["text"]

    answer = table.get("caw", f"{case.path}/items/{offered['judicial']}")

    content = answer.json()["content"]
    assert set(content) == {"summary", "item_kind", "as_of"}
    assert content["summary"] == f"kort: {text}"


def test_an_item_for_named_partners_reaches_them_only(table):
    """`only_for` narrows: the others of the same domain read nothing of it."""
    case = table.forming()
    item = table.offer("ggz", case, "mental_health", only_for=["caw"])

    seen = {who: table.get(who, f"{case.path}/items/{item}").status_code for who in PARTNERS}

    assert seen == {who: 200 if who in ("caw", "ggz") else 404 for who in PARTNERS}


def test_an_item_withheld_from_a_partner_does_not_reach_it(table):
    """`withhold_from` wins over the table of the agreement."""
    case = table.forming()
    item = table.offer("politie", case, "incidents", withhold_from=["parket"])

    assert table.get("parket", f"{case.path}/items/{item}").status_code == 404
    assert table.get("caw", f"{case.path}/items/{item}").status_code == 200


def test_a_safe_address_reaches_the_partners_it_names_and_nobody_else(table):
    """A safe address that leaks can cost a life."""
    address = "Schuilstraat 77 bus 4"
    case = table.forming(whereabouts=[builders.whereabouts("a", "lokale-politie", address=address)])

    reading = {who: address in table.get(who, case.path).text for who in [*PARTNERS, "chair"]}

    assert reading == {who: who in ("politie", "caw") for who in [*PARTNERS, "chair"]}


def test_at_referral_only_the_submitting_partner_and_the_chair_read(table):
    """Before the table took the case on, the team has no need to know."""
    case = table.refer()

    statuses = {who: table.get(who, case.path).status_code for who in [*PARTNERS, "chair"]}

    assert statuses == {who: 200 if who in ("caw", "chair") else 404 for who in statuses}
    chair = table.get("chair", case.path).json()
    assert {f["category"]: f["level"] for f in chair["fragments"]} == {
        "identity": "full",
        "safety": "full",
        "incidents": "summary",
    }


def test_in_a_crisis_the_whole_team_reads_the_little_that_saves(table):
    """Acute danger never waits for a session."""
    case = table.refer()
    raised = table.post(
        "caw", f"{case.path}/crisis", builders.narrative("nu gevaar", case.ids["a"])
    )
    assert raised.ok, raised.text

    for who in set(PARTNERS) - {"caw"}:
        seen = table.get(who, case.path)
        assert seen.status_code == 200, who
        assert {f["category"] for f in seen.json()["fragments"]} == {
            "identity",
            "safety",
            "incidents",
        }


def test_the_referrer_reads_the_own_referral_and_nothing_the_table_added(table):
    """The referrer stays involved, but the table's information is the table's."""
    case = table.forming(referrer=table.people["caw-worker"].id)
    table.offer("parket", case, "judicial", text="KANARIE-van-de-tafel")

    referral = table.get("caw-worker", f"/v1/referrals/{case.id}", "referral")

    assert referral.status_code == 200
    assert "wat er gebeurt" in referral.text
    assert referral.json()["stage"] == "forming"
    assert "KANARIE" not in referral.text
    assert table.get("caw-worker", case.path).status_code == 404


def test_coordination_reads_references_and_no_content(table):
    """The coordination team schedules; it never reads what a case is about."""
    case = table.forming()

    answer = table.get("coordination", case.path, "coordination")

    assert answer.status_code == 200
    assert answer.json()["stage"] == "forming"
    assert answer.json().get("fragments", []) == []
    assert "Voornaam" not in answer.text


@pytest.mark.parametrize(
    ("who", "status", "listed"),
    [("steering", 403, None), ("auditor", 403, None), ("politie-kortrijk", 200, [])],
)
def test_steering_group_auditors_and_other_regions_read_no_case(table, who, status, listed):
    """They have their own work, and none of it is this family."""
    case = table.forming()

    assert table.get(who, case.path).status_code == 404
    answer = table.get(who, "/v1/cases")
    assert (answer.status_code, answer.json().get("cases")) == (status, listed)


def test_a_declared_interest_hides_the_case_from_that_person_everywhere(table):
    """A colleague who is kin must not read on, not even by list or inbox."""
    case = table.forming()
    assert table.get("politie-kin", case.path).status_code == 200
    assert case.id in table.listed("politie-kin")

    declared = table.post("politie-kin", f"{case.path}/conflicts", {"interest": "kin"})

    assert declared.ok, declared.text
    assert table.get("politie-kin", case.path).status_code == 404
    assert case.id not in table.listed("politie-kin")
    assert table.get("politie", case.path).status_code == 200
