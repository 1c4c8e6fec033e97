"""Every GET of the API, with canaries in all that stands behind it and nothing allowed."""

from typing import Any

import pytest

from contracts.fragment_projections import KINDS
from tests.unit.gateway.fakes import (
    Platform,
    an_id,
    case_facts,
    deny_everything,
    fragment,
    refuse,
)

HELD = {
    "risk": ("assessment", "assessment_answer", "weighing", "weighing_position", "problem_profile"),
    "plans": (
        "plan",
        "goal",
        "action",
        "decision",
        "contact",
        "trajectory",
        "report",
        "safety_check",
        "conclusion",
        "follow_up",
        "evaluation",
    ),
}
"""What risk and plans hold of the case, by kind."""


def with_canaries(platform: Platform) -> dict[str, str]:
    """A platform in which every service hands out canaries; the ids to ask with."""
    item, place = fragment(), fragment("whereabouts", region="KANARIE-region")
    case = platform.put_case(
        item,
        place,
        fragment("person"),
        fragment("emergency_ground", {"text": "KANARIE"}),
        walled=["KANARIE-walled"],
        region="KANARIE-region",
    )
    for owner, kinds in HELD.items():
        platform.put_fragments(
            owner,
            case,
            *(
                fragment(kind, {"summary": "KANARIE"}, of=an_id() if KINDS[kind].attached else None)
                for kind in kinds
            ),
        )
    facts = case_facts(region="KANARIE-region")
    session = {
        "id": an_id(),
        "found": True,
        "agreement": "KANARIE-agreement",
        "table": "KANARIE-table",
        "starts_at": "2026-03-10T09:00:00+00:00",
        "version": 1,
        "agenda": [{"case": facts["id"], "referrer_attends": True, "put_by": "KANARIE-person"}],
    }
    canary: dict[str, Any] = {"text": "KANARIE"}
    answers: dict[tuple[str, str], Any] = {
        ("intake", "list_cases"): {
            "cases": [
                {
                    "case": facts,
                    "order": "KANARIE",
                    "fragments": [fragment("person")],
                    "destroyed": False,
                }
            ],
            "next": None,
        },
        ("intake", "read_session"): {"session": session, "cases": [facts]},
        ("intake", "list_sessions"): {"sessions": [session], "next": "KANARIE"},
        ("intake", "open_whereabouts"): {"contents": {place["id"]: {"address": "KANARIE"}}},
        ("notifications", "inbox"): {"messages": [canary], "next": "KANARIE"},
        ("notifications", "open_message"): {
            "message": {
                "id": an_id(),
                "task": "crisis",
                "at": "2026-03-10T09:00:00+00:00",
                "read": False,
                "version": 1,
                "note": "KANARIE",
            },
            "about": {"case": case},
        },
        ("risk", "instruments"): {"instruments": [{"id": "KANARIE-id", "title": "KANARIE"}]},
        ("risk", "instrument"): {"instrument": {"id": "odara", "title": "KANARIE"}},
        ("audit", "search"): {"entries": [canary], "next": "KANARIE"},
        ("audit", "proof"): canary,
        ("audit", "checkpoints"): {"checkpoints": [canary], "next": 1, "public_key": "KANARIE"},
    }
    for (service, method), reply in answers.items():
        platform.bus.stub(service, method, lambda _request, reply=reply: reply)
    return {
        "case_id": case,
        "referral_id": case,
        "item_id": item["id"],
        "session_id": session["id"],
        "message_id": an_id(),
        "instrument": "odara",
        "index": "0",
    }


def reads() -> list[str]:
    """Every GET of the OpenAPI document."""
    paths = Platform().get("/v1/openapi.json").json["paths"]
    return [path for path, operations in paths.items() if "get" in operations]


@pytest.mark.parametrize("path", reads())
@pytest.mark.parametrize("hide", [True, False])
def test_whoever_is_denied_meets_nothing_of_what_stands_behind_a_route(
    platform: Platform, path: str, hide: bool
) -> None:
    """One forgotten field is enough to break a secret."""
    ids = with_canaries(platform)
    platform.policy.release = deny_everything
    platform.policy.action = refuse("mandate_missing", hide=hide)

    answer = platform.get(path.format(**ids))

    assert answer.status_code == (404 if hide or "_id}" in path else 403)
    assert "KANARIE" not in answer.text + str(answer.headers)
    assert platform.recorded
    assert {entry["outcome"] for entry in platform.recorded} == {"denied"}
    for identifier in ids.values():
        assert identifier == "0" or identifier not in answer.text
    held = [
        each["id"] for cases in platform.fragments_of.values() for each in cases[ids["case_id"]]
    ]
    assert held
    assert not any(identifier in answer.text for identifier in held)
