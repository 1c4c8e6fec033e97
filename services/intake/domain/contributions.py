"""What partners entrust to a case, and take back.

Sources: domain.md, section 4, step 2, and domain.md, section 5.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from casework.change import Event, fragment_event
from casework.command import Command, unmet
from casework.fragment import Fragment, recall, revise
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.answers import lapse, unanswered
from services.intake.domain.case import Case, Change, fragment_result, result_of
from services.intake.domain.information_request import InformationRequest

_ITEM_CONTENT = ("text", "summary", "item_kind", "as_of", "obtained_from")
_RECALLABLE = ("item", "whereabouts")


def offer_item(case: Case, command: Command, request: Fragment | None) -> Change:
    """A new information item (informatie-element); `request` is the one that it answers, if any."""
    _check_contribution(case, command)
    body = command.body
    item = Fragment(
        id=command.new_id(),
        kind="item",
        category=body["category"],
        source=command.own_partner,
        subjects=tuple(body["subjects"]),
        at=command.now,
        content=_item_content(command),
        only_for=tuple(body["only_for"]),
        withhold_from=tuple(body["withhold_from"]),
    )
    offered = _event("intake.item_offered", item)
    if request is None:
        return Change(fragment_result(case, item), case, added=(item,), events=(offered,))
    answered = _answered(request, command, "shared", item=item.id)
    return Change(
        fragment_result(case, item),
        case,
        added=(item,),
        revised=(answered,),
        events=(offered, _request_event("intake.information_request_answered", answered)),
    )


def offer_whereabouts(case: Case, command: Command) -> Change:
    """A safe address or way of contact, for the partners it names.

    The partner that referred may have named one in the referral, and replaces it also before
    informing is settled: at a wrong one somebody is not safe.
    """
    if command.partner != case.submitted_by:
        case.check_contributing()
    _check_participant(case, command)
    body = command.body
    item = Fragment(
        id=command.new_id(),
        kind="whereabouts",
        category="whereabouts",
        source=command.own_partner,
        subjects=tuple(body["subjects"]),
        at=command.now,
        content=command.given("address", "safe_contact"),
        only_for=tuple(body["only_for"]),
    )
    event = _event("intake.item_offered", item)
    return Change(fragment_result(case, item), case, added=(item,), events=(event,))


def correct_item(case: Case, command: Command, item: Fragment) -> Change:
    """A new version of an own item; the old one is kept, sealed, and released to nobody."""
    _check_contribution(case, command)
    item.check_own(command)
    if item.kind not in _RECALLABLE:
        raise unmet(Reason.CORRECTED_OTHERWISE, "this is set right by an act of its own")
    if item.kind != "item":
        raise unmet(Reason.NOT_CORRECTABLE, "recall it and offer it anew")
    item.check_live()
    command.check_version(item.version)
    corrected = revise(
        item,
        subjects=tuple(command.body["subjects"]),
        content=_item_content(command),
        only_for=tuple(command.body["only_for"]),
        withhold_from=tuple(command.body["withhold_from"]),
    )
    event = _event("intake.item_corrected", corrected)
    return Change(fragment_result(case, corrected), case, revised=(corrected,), events=(event,))


def recall_item(
    case: Case,
    command: Command,
    item: Fragment,
    questions: Sequence[Fragment],
    still_contributes: bool,
) -> Change:
    """The source takes an own item back, at any stage; the record of it stays.

    Answers that rested on it lapse: of `questions`, those of the case, and, unless the partner
    `still_contributes` something else, its answer to the call for contributions.
    """
    item.check_own(command)
    if item.kind not in _RECALLABLE:
        raise unmet(Reason.NOT_RECALLABLE, "only an item that was offered can be recalled")
    item.check_live()
    command.check_version(item.version)
    recalled = recall(item)
    reopened = unanswered(case, item.id, questions)
    events = [
        _event("intake.item_recalled", recalled),
        *(
            _request_event("intake.information_request_reopened", each)
            for each in reopened
            if InformationRequest.of(each).state == "open"
        ),
    ]
    result = fragment_result(case, recalled)
    case, lapsed = lapse(case, item.source, still_contributes)
    return Change(result, case, revised=(recalled, *reopened), events=(*events, *lapsed))


def answer_forming(case: Case, command: Command, has_contributed: bool) -> Change:
    """A partner's answer to the call for contributions; a later answer replaces it.

    `has_contributed` is true when something live in the case comes from the partner.
    """
    case.check_contributing()
    partner = command.own_partner
    answer = command.body["answer"]
    before = case.participant(partner)
    if answer == "contributed" and not has_contributed:
        raise unmet(Reason.NOTHING_CONTRIBUTED, "the partner has offered nothing yet")
    participants = tuple(
        replace(one, answered=answer) if one is before else one for one in case.participants
    )
    case = replace(case, participants=participants)
    event = Event("intake.partner_answered", {"partner": partner, "answer": answer})
    return Change(result_of(case, state=answer), case, events=(event,))


def notice_complete(case: Case, requests_open: bool) -> tuple[Event, ...]:
    """Tells that forming can be completed, once nobody is waited for any more."""
    waits = requests_open or any(one.answered is None for one in case.participants)
    return () if waits or case.stage != "forming" else (Event("intake.answers_complete"),)


def request_information(case: Case, command: Command) -> Change:
    """A question (informatievraag) to one participant, with a due day."""
    case.check_contributing()
    body = command.body
    case.check_subjects(body["subjects"])
    case.participant(body["to"])
    request = InformationRequest(to=body["to"], by=command.speaker, due=body["due"])
    question = Fragment(
        id=command.new_id(),
        kind="request",
        category=body["category"],
        source=command.speaker,
        subjects=tuple(body["subjects"]),
        at=command.now,
        content={"question": body["question"]},
        addressed_to=(body["to"],),
        codes=request.codes(),
    )
    event = _request_event("intake.information_requested", question)
    return Change(fragment_result(case, question, "open"), case, added=(question,), events=(event,))


def answer_request(
    case: Case, command: Command, question: Fragment, item: Fragment | None
) -> Change:
    """The answer of the partner that was asked: an own live item, nothing known, or declined."""
    case.check_contributing()
    command.check_version(question.version)
    body = command.body
    if body["outcome"] == "shared":
        _check_shared(command, item)
    answered = _answered(
        question, command, body["outcome"], item=body.get("item"), ground=body.get("ground")
    )
    if "ground_text" in body:
        content = {**(question.content or {}), "ground_text": body["ground_text"]}
        answered = replace(answered, content=content)
    event = _request_event("intake.information_request_answered", answered)
    result = fragment_result(case, answered, body["outcome"])
    return Change(result, case, revised=(answered,), events=(event,))


def withdraw_request(case: Case, command: Command, question: Fragment) -> Change:
    """The asker, or the chair, takes an open question back: nobody is shown it, nobody waits."""
    request = InformationRequest.of(question)
    question.check_live()
    if request.state != "open":
        raise Refuse("already_answered", "the request has been answered")
    command.check_version(question.version)
    withdrawn = replace(recall(question), codes=replace(request, state="withdrawn").codes())
    event = _request_event("intake.information_request_withdrawn", question)
    event = replace(event, data={**event.data, "ground": command.body["ground"]})
    result = fragment_result(case, withdrawn, "withdrawn")
    return Change(result, case, revised=(withdrawn,), events=(event,))


def _check_contribution(case: Case, command: Command) -> None:
    case.check_contributing()
    _check_participant(case, command)


def _check_participant(case: Case, command: Command) -> None:
    case.participant(command.own_partner)
    case.check_subjects(command.body["subjects"])


def _check_shared(command: Command, item: Fragment | None) -> None:
    own = item is not None and item.kind == "item" and item.source == command.own_partner
    if item is None or not own or item.status != "offered":
        raise unmet(Reason.ITEM_NOT_LIVE, "`item` is no live item of the partner in this case")


def _answered(
    question: Fragment,
    command: Command,
    state: str,
    item: str | None = None,
    ground: str | None = None,
) -> Fragment:
    request = InformationRequest.of(question)
    if request.to != command.own_partner:
        raise Refuse(
            "not_allowed", "only the partner that was asked answers", reason=Reason.NOT_ADDRESSEE
        )
    question.check_live()
    if request.state != "open":
        raise Refuse("already_answered", "the request has been answered")
    closed = replace(request, state=state, answered_on=command.today, item=item, ground=ground)
    return revise(question, codes=closed.codes(), content=None)


def _event(name: str, item: Fragment) -> Event:
    return fragment_event(name, item, partner=item.source)


def _request_event(name: str, question: Fragment) -> Event:
    request = InformationRequest.of(question)
    data: dict[str, Any] = {
        "request": question.id,
        "to": request.to,
        "by": request.by,
        "due": request.due,
    }
    if request.state != "open":
        data["outcome"] = request.state
    return Event(name, data)


def _item_content(command: Command) -> dict[str, Any]:
    return {**command.given(*_ITEM_CONTENT), "author": command.person}
