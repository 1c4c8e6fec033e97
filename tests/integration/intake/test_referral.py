"""A referral becomes a case, and the case is read back."""

from contracts.rpc import intake as wire
from tests import builders
from tests.integration.intake.desk import Desk


def test_whole_path(desk: Desk) -> None:
    """A referral goes through the agenda to contributions and is read by the contract's shape."""
    told = desk.forming(whereabouts=[builders.whereabouts("a", "parket")])
    case, victim = told["case"], told["ids"]["a"]
    item = desk.offer(case, victim, "parket", text="nieuw feit")
    request = desk.ask(case, victim)
    answer = desk.send(
        "answer_request",
        {"outcome": "nothing_known"},
        case=case,
        target=request,
        partner="ggz",
        if_match=1,
    )
    assert answer["state"] == "nothing_known"
    read = desk.read(case)
    assert wire.ReadCaseReply().validate(read) == {}
    assert desk.fragment(case, item)["content"]["text"] == "nieuw feit"
