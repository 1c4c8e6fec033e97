"""An agreement ends with a case open; its successor takes the case over (domain.md, section 3)."""

from typing import Any

from deploy.local.platform import Platform
from tests import builders
from tests.e2e.life.conftest import ENDS_AFTER, SUCCESSOR
from tests.e2e.table_client import TableClient, refused
from tests.waiting import wait_until

CHAIR = "sociaal-huis-westhoek"
TAKEOVER = {
    "agreement": SUCCESSOR,
    "text": "wij gaan verder",
    "summary": "kort: wij gaan verder",
    "supported_by": [
        "caw-westhoek",
        "parket-westhoek",
        "politie-westhoek",
        "sociaal-huis-westhoek",
    ],
}


def statuses(lives: TableClient, path: str) -> dict[str, int]:
    """What each of the table's members is answered."""
    keys = ("caw-westhoek", "politie-westhoek", "parket-westhoek", CHAIR, "parket")
    return {key: lives.get(key, path).status_code for key in keys}


def refer(lives: TableClient) -> dict[str, Any]:
    """A referral under Westhoek's agreement."""
    body = builders.referral("sample-westhoek")
    return lives.expect(lives.post("caw-westhoek", "/v1/referrals", body, "referral"))


def test_an_open_case_is_released_to_nobody_until_it_is_taken_over(
    living: Platform, lives: TableClient
) -> None:
    """A family is neither looked at without an agreement, nor dropped because one ended."""
    case = refer(lives)["case"]
    path = f"/v1/cases/{case}"
    too_early = lives.post(CHAIR, f"{path}/takeover", TAKEOVER)
    living.clock.move_to(living.clock.now() + ENDS_AFTER)

    ended = statuses(lives, path)
    by_a_member = lives.post("caw-westhoek", f"{path}/takeover", TAKEOVER)
    by_another_table = lives.post("chair", f"{path}/takeover", TAKEOVER)
    by_some = lives.post(CHAIR, f"{path}/takeover", {**TAKEOVER, "supported_by": ["caw-westhoek"]})
    taken = lives.expect(lives.post(CHAIR, f"{path}/takeover", TAKEOVER))
    again = statuses(lives, path)

    refused(too_early, "not_allowed", "agreement_not_ended")
    assert set(ended.values()) == {404}
    refused(by_a_member, "not_found")
    refused(by_another_table, "not_found")
    refused(by_some, "precondition_unmet", "support_missing")
    assert taken["case"] == case
    assert again == {
        "caw-westhoek": 200,
        "politie-westhoek": 404,
        "parket-westhoek": 404,
        CHAIR: 200,
        "parket": 404,
    }
    shown = lives.expect(lives.get("caw-westhoek", path))
    assert shown["agreement"] == SUCCESSOR
    actions = wait_until(
        lambda: [
            (each["action"], each["outcome"], each["agreement"])
            for each in lives.records(case=case)
            if each["action"] in ("take_over_case", "case_taken_over")
        ][-2:],
        what="the takeover in the record",
    )
    assert ("take_over_case", "permitted", SUCCESSOR) in actions
