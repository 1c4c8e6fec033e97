"""What a command says of days is held to what can be: counted from today in Brussels."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework.day_bounds import check_days
from chassis.errors import Refuse
from tests import builders
from tests.unit.casework.factories import NOW, VICTIM, command
from tests.unit.plans import bodies

TODAY = NOW.date()
TERMS = {
    "latest_due_days": 30,
    "latest_review_days": 40,
    "latest_session_days": 50,
    "latest_action_days": 60,
    "latest_next_days": 70,
}
SOON = bodies.action(due=(TODAY + timedelta(days=7)).isoformat())
WAS = ([-30_000, 0], [1, 400])
"""Days from today that are taken, and that are refused, of what has been."""


def in_referral(part: str, member: str) -> Callable[[str], dict[str, Any]]:
    def body(day: str) -> dict[str, Any]:
        given = builders.referral()
        return {**given, part: [{**given[part][0], member: day}, *given[part][1:]]}

    return body


def deferred(day: str) -> dict[str, Any]:
    return {"state": "deferred", "reason": "eerst een veilig moment", "review_on": day}


def persons_informed_on(day: str) -> dict[str, Any]:
    """The persons of a referral, the first of whom is informed later; another victim knows."""
    family = builders.referral()["persons"]
    family[2]["informing"] = {"state": "informed"}
    return {"persons": [{**family[0], "informing": deferred(day)}, *family[1:]]}


def meeting(day: str) -> dict[str, Any]:
    at = f"{day}T12:00:00+01:00"
    return {"agreement": "sample-brugge", "table": "table-brugge", "starts_at": at}


def timed(day: str) -> dict[str, Any]:
    timing = {"on": day, **bodies.words("nieuw verhoor")}
    return bodies.plan(VICTIM, actions=[SOON, {**SOON, "judicial_timing": timing}])


CASES: dict[str, tuple[str, Callable[[str], dict[str, Any]], str, tuple[list[int], list[int]]]] = {
    "birth": (
        "submit_referral",
        in_referral("persons", "birth_date"),
        "/persons/0/birth_date",
        WAS,
    ),
    "service since": (
        "submit_referral",
        in_referral("involved_services", "since"),
        "/involved_services/0/since",
        WAS,
    ),
    "informing of a person": (
        "submit_referral",
        lambda day: builders.referral() | persons_informed_on(day),
        "/persons/0/informing/review_on",
        ([0, 40], [-1, 41]),
    ),
    "informing": (
        "record_informing",
        lambda day: {"subject": VICTIM, **deferred(day)},
        "/review_on",
        ([0, 40], [-1, 41]),
    ),
    "session": ("schedule_session", meeting, "/starts_at", ([0, 50], [-1, 51])),
    "item": (
        "offer_item",
        lambda day: builders.item("housing", VICTIM, as_of=day),
        "/as_of",
        WAS,
    ),
    "correction": (
        "correct_item",
        lambda day: {
            name: value
            for name, value in builders.item("housing", VICTIM, as_of=day).items()
            if name != "category"
        },
        "/as_of",
        WAS,
    ),
    "question": (
        "request_information",
        lambda day: {**builders.request("caw", VICTIM), "due": day},
        "/due",
        ([0, 30], [-1, 31]),
    ),
    "mandate": (
        "record_direction_mandate",
        lambda day: {"involved_service": VICTIM, "given_by": "directie", "given_on": day},
        "/given_on",
        WAS,
    ),
    "assessment": (
        "record_assessment",
        lambda day: builders.assessment("odara", VICTIM, as_of=day),
        "/as_of",
        WAS,
    ),
    "action": (
        "propose_plan",
        lambda day: bodies.plan(VICTIM, actions=[SOON, {**SOON, "due": day}]),
        "/actions/1/due",
        ([0, 60], [-1, 61]),
    ),
    "judicial timing": (
        "propose_plan",
        timed,
        "/actions/1/judicial_timing/on",
        ([0, 60], [-1, 61]),
    ),
    "contact": ("log_contact", lambda day: bodies.contact(VICTIM, on=day), "/on", WAS),
    "trajectory": (
        "record_trajectory",
        lambda day: bodies.trajectory(VICTIM, since=day),
        "/since",
        WAS,
    ),
    "next look": (
        "record_follow_up",
        lambda day: bodies.follow_up("extend", next_on=day),
        "/next_on",
        ([1, 70], [-1, 0, 71]),
    ),
}


def check(name: str, body: dict[str, Any], now: datetime = NOW) -> None:
    check_days(replace(command(name, body, terms=TERMS), now=now))


@pytest.mark.parametrize(("name", "body", "pointer", "days"), CASES.values(), ids=CASES)
def test_a_day_of_a_command_lies_within_its_bounds(
    name: str,
    body: Callable[[str], dict[str, Any]],
    pointer: str,
    days: tuple[list[int], list[int]],
) -> None:
    """A year typed wrong makes a grown man unborn, reminds nobody, or hides a case for ever."""
    for ahead in days[0]:
        check(name, body((TODAY + timedelta(days=ahead)).isoformat()))
    for ahead in days[1]:
        with pytest.raises(Refuse) as refused:
            check(name, body((TODAY + timedelta(days=ahead)).isoformat()))
        [error] = refused.value.members["errors"]
        assert (refused.value.code, error["pointer"]) == ("validation_failed", pointer)
        assert error["code"] == "range"


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 1, 14, 22, 59, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 14, 23, 1, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 7, 14, 21, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 14, 22, 1, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_after_midnight_in_brussels_it_is_the_next_day(now: datetime, today: date) -> None:
    """A contact of just now could not be noted, and one of tomorrow could."""
    check("log_contact", bodies.contact(VICTIM, on=today.isoformat()), now)
    tomorrow = (today + timedelta(days=1)).isoformat()
    with pytest.raises(Refuse):
        check("log_contact", bodies.contact(VICTIM, on=tomorrow), now)


def test_a_session_at_night_is_of_the_day_in_brussels() -> None:
    """Half past midnight is yesterday in UTC."""
    now = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    body = meeting("2026-07-15")

    check("schedule_session", {**body, "starts_at": "2026-07-14T22:10:00Z"}, now)
    with pytest.raises(Refuse):
        check("schedule_session", {**body, "starts_at": "2026-07-14T21:50:00Z"}, now)
