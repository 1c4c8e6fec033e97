"""An agreement that works by invitation, and lets the referrer read while explaining."""

from datetime import timedelta

from deploy.local.platform import Platform
from tests import builders
from tests.e2e.life.conftest import BY_INVITATION
from tests.e2e.table_client import TableClient

TEAM = ("caw", "parket", "politie", "stad", "chair")


def statuses(lives: TableClient, path: str) -> dict[str, int]:
    """What some of the team, and the chair, are answered."""
    return {key: lives.get(key, path).status_code for key in TEAM}


def test_who_was_not_invited_finds_no_case_and_a_guest_reads_while_explaining(
    living: Platform, lives: TableClient
) -> None:
    """A party that a case can do without would learn of it, or a guest see it for ever."""
    worker = lives.people["caw-worker"].id
    body = {**builders.referral(referrer=worker), "agreement": BY_INVITATION}
    case = lives.expect(lives.post("caw", "/v1/referrals", body, "referral"))["case"]
    path = f"/v1/cases/{case}"
    meeting = {"agreement": BY_INVITATION, "table": "table-brugge"}
    meeting["starts_at"] = living.clock.now().isoformat()
    session = lives.expect(lives.post("coordination", "/v1/sessions", meeting, "coordination"))
    agenda = f"/v1/sessions/{session['id']}/agenda"
    coming = {"case": case, "referrer_attends": True}
    lives.expect(lives.post("coordination", agenda, coming, "coordination"))
    version = lives.get("chair", path).json()["version"]
    step = {"command": "take_on_agenda", "session": session["id"]}
    lives.expect(lives.post("chair", f"{path}/transitions", step, if_match=version))

    alone = statuses(lives, path)
    visit = lives.expect(lives.get("caw-worker", path))
    invitation = {"partner": "parket"}
    lives.expect(lives.post("chair", f"{path}/participants", invitation))
    twice = lives.post("chair", f"{path}/participants", invitation)
    invited = statuses(lives, path)
    living.clock.move_to(living.clock.now() + timedelta(hours=5))

    assert alone == {"caw": 200, "parket": 404, "politie": 404, "stad": 404, "chair": 200}
    assert invited == {**alone, "parket": 200}
    assert "already_participant" in twice.text
    assert {each["source"] for each in visit["fragments"]} == {"caw"}
    assert "expires_at" in [each["kind"] for each in visit["obligations"]]
    assert lives.get("caw-worker", path).status_code == 404
    own = lives.expect(lives.get("caw-worker", f"/v1/referrals/{case}", "referral"))
    assert own["stage"] == "forming"
