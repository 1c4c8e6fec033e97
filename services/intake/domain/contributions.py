"""What partners entrust to a case, and take back (domain.md, section 4, step 2, and section 5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.reasons import Reason
from chassis.errors import Refuse
from services.intake.domain.case import (
    Case,
    Change,
    Event,
    Fragment,
    Request,
    fragment_event,
    outcome,
)
from services.intake.domain.command import Command, invalid, unmet

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
    offered = fragment_event("intake.item_offered", case, item)
    if request is None:
        return Change(_told(case, item), added=(item,), events=(offered,))
    answered = _answered(request, command, "shared", item=item.id)
    return Change(
        _told(case, item),
        added=(item,),
        revised=(answered,),
        events=(offered, _request_event("intake.information_request_answered", case, answered)),
    )


def offer_whereabouts(case: Case, command: Command) -> Change:
    """A safe address or way of contact, for the partners it names."""
    _check_contribution(case, command)
    body = command.body
    item = Fragment(
        id=command.new_id(),
        kind="whereabouts",
        category="whereabouts",
        source=command.own_partner,
        subjects=tuple(body["subjects"]),
        at=command.now,
        content={key: body[key] for key in ("address", "safe_contact") if key in body},
        only_for=tuple(body["only_for"]),
    )
    event = fragment_event("intake.item_offered", case, item)
    return Change(_told(case, item), added=(item,), events=(event,))


def correct_item(case: Case, command: Command, item: Fragment) -> Change:
    """A new version of an own item; the old one is kept, sealed, and released to nobody."""
    _check_contribution(case, command)
    item.check_own(command)
    if item.kind != "item":
        raise unmet(Reason.NOT_CORRECTABLE, "recall it and offer it anew")
    _check_live(item)
    command.check_version(item.version)
    corrected = replace(
        item,
        subjects=tuple(command.body["subjects"]),
        content=_item_content(command),
        only_for=tuple(command.body["only_for"]),
        withhold_from=tuple(command.body["withhold_from"]),
        version=item.version + 1,
    )
    event = fragment_event("intake.item_corrected", case, corrected)
    return Change(_told(case, corrected), revised=(corrected,), events=(event,))


def recall_item(case: Case, command: Command, item: Fragment) -> Change:
    """The source takes an own item back, at any stage; the record of it stays."""
    item.check_own(command)
    if item.kind not in _RECALLABLE:
        raise unmet(Reason.NOT_RECALLABLE, "only an item that was offered can be recalled")
    _check_live(item)
    command.check_version(item.version)
    recalled = replace(item, status="recalled", content=None, version=item.version + 1)
    event = fragment_event("intake.item_recalled", case, recalled)
    return Change(_told(case, recalled), revised=(recalled,), events=(event,))


def answer_forming(case: Case, command: Command, has_contributed: bool) -> Change:
    """A partner's answer to the call for contributions; a later answer replaces it.

    `has_contributed` is true when something live in the case comes from the partner.
    """
    _check_forming(case)
    partner = command.own_partner
    answer = command.body["answer"]
    before = case.participant(partner)
    if answer == "contributed" and not has_contributed:
        raise unmet(Reason.NOTHING_CONTRIBUTED, "the partner has offered nothing yet")
    participants = tuple(
        replace(one, answered=answer) if one is before else one for one in case.participants
    )
    case = replace(case, participants=participants)
    event = Event("intake.partner_answered", {"partner": partner, "answer": answer}, case)
    return Change(outcome(case, state=answer), case, events=(event,))


def request_information(case: Case, command: Command) -> Change:
    """A question (informatievraag) to one participant, with a due day within the terms."""
    _check_forming(case)
    body = command.body
    case.check_subjects(body["subjects"])
    case.participant(body["to"])
    today = command.now.date()
    latest = today + timedelta(days=command.terms["latest_due_days"])
    if not today <= body["due"] <= latest:
        raise invalid("/due", f"from {today.isoformat()} to {latest.isoformat()}")
    asked = Fragment(
        id=command.new_id(),
        kind="request",
        category=body["category"],
        source=command.voice,
        subjects=tuple(body["subjects"]),
        at=command.now,
        content={"question": body["question"]},
        addressed_to=(body["to"],),
        request=Request(to=body["to"], by=command.voice, due=body["due"]),
    )
    event = _request_event("intake.information_requested", case, asked)
    return Change(_told(case, asked, "open"), added=(asked,), events=(event,))


def answer_request(case: Case, command: Command, asked: Fragment, item: Fragment | None) -> Change:
    """The answer of the partner that was asked: an own live item, nothing known, or declined."""
    case.check_contributing()
    command.check_version(asked.version)
    body = command.body
    if body["outcome"] == "shared":
        _check_shared(command, item)
    answered = _answered(
        asked, command, body["outcome"], item=body.get("item"), ground=body.get("ground")
    )
    if "ground_text" in body:
        content = {**(asked.content or {}), "ground_text": body["ground_text"]}
        answered = replace(answered, content=content)
    event = _request_event("intake.information_request_answered", case, answered)
    return Change(_told(case, answered, body["outcome"]), revised=(answered,), events=(event,))


def _check_contribution(case: Case, command: Command) -> None:
    case.check_contributing()
    case.participant(command.own_partner)
    case.check_subjects(command.body["subjects"])


def _check_forming(case: Case) -> None:
    if case.stage != "forming":
        raise unmet(Reason.STAGE, "partners are asked and answer while the case is forming")
    case.check_contributing()


def _check_live(item: Fragment) -> None:
    if item.status == "recalled":
        raise Refuse("already_recalled", "the item has been recalled")


def _check_shared(command: Command, item: Fragment | None) -> None:
    own = item is not None and item.kind == "item" and item.source == command.own_partner
    if item is None or not own or item.status != "offered":
        raise unmet(Reason.ITEM_NOT_LIVE, "`item` is no live item of the partner in this case")


def _answered(
    asked: Fragment,
    command: Command,
    state: str,
    item: str | None = None,
    ground: str | None = None,
) -> Fragment:
    request = asked.request
    if request is None:
        raise Refuse("not_found")
    if request.to != command.own_partner:
        raise Refuse("not_allowed", "only the partner that was asked answers")
    if request.state != "open":
        raise Refuse("already_answered", "the request has been answered")
    closed = replace(request, state=state, answered_on=command.now.date(), item=item, ground=ground)
    return replace(asked, request=closed, content=None, version=asked.version + 1)


def _request_event(name: str, case: Case, asked: Fragment) -> Event:
    request = asked.request
    if request is None:
        raise ValueError("not a request")
    data: dict[str, Any] = {
        "request": asked.id,
        "to": request.to,
        "by": request.by,
        "due": request.due,
    }
    if request.state != "open":
        data["outcome"] = request.state
    return Event(name, data, case)


def _item_content(command: Command) -> dict[str, Any]:
    command.check_past("/as_of", command.body["as_of"])
    content = {field: command.body[field] for field in _ITEM_CONTENT}
    return {**content, "author": command.person}


def _told(case: Case, fragment: Fragment, state: str | None = None) -> dict[str, Any]:
    """Ids and state of the fragment that a command made or changed."""
    return {
        "id": fragment.id,
        "case": case.id,
        "stage": case.stage,
        "version": fragment.version,
        "state": state or fragment.status,
    }
