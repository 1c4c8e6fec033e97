"""Cases (dossiers): what of them is released, and their steps."""

from typing import Any

from gateway import projection
from gateway.asking import Asking
from gateway.case_shapes import CaseAnswer, CasesAnswer, ParticipantsAnswer
from gateway.commands import Done
from gateway.doors import Door, PageQuery, parts
from gateway.ordering import ordered
from gateway.release import Page, Released

door = Door("cases", __name__, description="What of a case is released, and its steps")


@door.read("/cases", "read_cases", CasesAnswer, query=PageQuery)
def list_cases(asking: Asking, query: dict[str, Any]) -> Released:
    """List the cases that one takes part in, newest first."""
    return parts().releases.cases(asking, "cases", Page(**query), referrer=False)


@door.read("/cases/<random_id:case_id>", "read_case", CaseAnswer)
def read_case(asking: Asking, case_id: str) -> Released:
    """Read a case: what of it is released to you now."""
    return parts().releases.case(asking, "case", case_id, projection.case_body)


@door.read("/cases/<random_id:case_id>/participants", "read_participants", ParticipantsAnswer)
def read_participants(asking: Asking, case_id: str) -> Released:
    """Read which partners take part, and whether they answered."""
    return parts().releases.case(
        asking,
        "participants",
        case_id,
        lambda read, decision, _shown: {
            "case": read.id,
            "participants": projection.participants(read, decision),
        },
        kinds=(),
    )


@door.command("/cases/<random_id:case_id>/participants", "invite_participant")
def invite_participant(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Invite a party to take part, where the agreement works by invitation."""
    return ordered(asking, "invite_participant", body, case=case_id)


@door.command("/cases/<random_id:case_id>/conflicts", "declare_conflict")
def declare_conflict(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Declare an own conflict of interest: the case is hidden from you from then on."""
    return ordered(asking, "declare_conflict", body, case=case_id)


@door.command("/cases/<random_id:case_id>/transitions", "change_stage", changes=True)
def change_stage(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Take a step of the case, by its command in the transition table."""
    return ordered(asking, "change_stage", body, case=case_id)


@door.command("/cases/<random_id:case_id>/informing-confirmation", "confirm_informing")
def confirm_informing(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Confirm, as chair, that the ground for not informing any victim holds."""
    return ordered(asking, "confirm_informing", body, case=case_id)


@door.command("/cases/<random_id:case_id>/informing", "record_informing")
def record_informing(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Record how a person came to know of the referral, or why not yet."""
    return ordered(asking, "record_informing", body, case=case_id)


@door.command("/cases/<random_id:case_id>/advice", "write_advice")
def write_advice(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Write the advice of the table; its referrer reads it when the case is not taken."""
    return ordered(asking, "write_advice", body, case=case_id)


@door.command("/cases/<random_id:case_id>/takeover", "take_over_case")
def take_over_case(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Take a case over under the agreement that succeeds its own, which has ended."""
    return ordered(asking, "take_over_case", body, case=case_id)


@door.command("/cases/<random_id:case_id>/crisis", "raise_crisis")
def raise_crisis(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Raise acute danger: the operational team is alerted at once."""
    return ordered(asking, "raise_crisis", body, case=case_id)


@door.command("/cases/<random_id:case_id>/answers", "answer_forming")
def answer_forming(asking: Asking, body: dict[str, Any], case_id: str) -> Done:
    """Answer the call for contributions for one's partner."""
    return ordered(asking, "answer_forming", body, case=case_id)
