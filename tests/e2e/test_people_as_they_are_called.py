"""People as they are called here: a referral of somebody who is known is noticed, through HTTP."""

import uuid
from collections import Counter
from typing import Any

import pytest
import requests

from tests import builders
from tests.e2e.table_client import Case, TableClient
from tests.waiting import wait_until

MATCHES = ("possible_match", "weak_match")


def person(given_name: str, family_name: str, birth_date: str, **more: Any) -> dict[str, Any]:
    """A victim with what is known of who she is."""
    known = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date}
    person = builders.person("a", "victim", **more)
    return {**person, **known} if given_name else {**person, **known} | {"given_name": "?"}


def about(one: dict[str, Any]) -> dict[str, Any]:
    """The parts of a referral of one person."""
    parts = ("occurrences", "worries", "wishes", "precautions")
    said = {part: [builders.narrative("tekst", "a")] for part in parts}
    return {**said, "persons": [one], "involved_services": []}


def told_of(table: TableClient, one: dict[str, Any]) -> list[str]:
    """What the chair is told of matches when somebody is referred; the referral is withdrawn."""
    before = Counter(table.inbox("chair"))
    case = table.refer(**about(one))
    table.expect(table.step("caw", case, "withdraw", ground="other"))

    def told() -> Counter[str] | None:
        now = Counter(table.inbox("chair")) - before
        return now if now["case_withdrawn"] else None

    # Of one case, what happened first is told first.
    return [task for task in wait_until(told, what="the withdrawal is told") if task in MATCHES]


STRONG, WEAK, NONE = ["possible_match"], ["weak_match"], []


def test_who_is_known_is_noticed_however_the_name_is_written(table: TableClient) -> None:
    """Two partners who spell a family's name in their own way learn that they know one family."""
    known = table.refer(**about(person("Jean-Pierre", "Van den Bergħe", "1973-04-09")))

    assert told_of(table, person("JEAN PIERRE", "VANDENBERGHE", "1973-04-09")) == STRONG
    assert told_of(table, person("Van Den Berghe", "Jean-Pierre", "1973-04-09")) == STRONG
    assert told_of(table, person("Jean-Pierre", "Van den Berghe", "1973-09-04")) == WEAK
    assert told_of(table, person("Jean-Pierre", "Van den Berghe-Maes", "1973-04-09")) == WEAK
    assert told_of(table, person("Jean-Pierre", "Van den Berghe", "1973")) == WEAK
    assert told_of(table, person("", "Van den Berghe", "1973-04-09")) == WEAK
    assert told_of(table, person("Jean-Pierre", "Van den Bossche", "1973-04-09")) == NONE
    assert told_of(table, person("Jean-Pierre", "Van den Berghe", "1973-04-10")) == NONE
    assert told_of(table, person("Luc", "Van den Berghe", "1973-04-09")) == NONE
    assert table.get("chair", known.path).ok


def test_a_number_is_recognised_however_it_is_punctuated(table: TableClient) -> None:
    """A number copied from a card with its dots is the number that another typed without them."""
    number = builders.national_number("1973-05-17")
    one = {"birth_date": "1973"}
    dotted = f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"
    table.refer(**about(builders.person("a", "victim", national_number=number) | one))

    other = person("Heel", "Anders", "1973-05")
    assert told_of(table, other | {"national_number": dotted}) == STRONG
    assert told_of(table, other) == NONE


@pytest.mark.parametrize("birth_date", ["1985", "1985-06", "1985-06-14"])
def test_a_birth_date_is_read_back_as_far_as_it_was_given(
    table: TableClient, birth_date: str
) -> None:
    """A birth date that is known by the year does not become the first of January."""
    one = builders.person("a", "victim", birth_date=birth_date)
    del one["given_name"]
    case = table.refer(**about(one))

    (shown,) = persons_of(table, case)

    assert shown["birth_date"] == birth_date
    assert shown["family_name"] == one["family_name"]
    assert "given_name" not in shown


def persons_of(table: TableClient, case: Case) -> list[dict[str, Any]]:
    """Who the client system are, as the referring partner reads it."""
    shown = table.expect(table.get("caw", case.path))["fragments"]
    return [each["content"] for each in shown if each["kind"] == "person"]


def refer_in(language: str, table: TableClient, body: dict[str, Any]) -> requests.Response:
    """A referral by somebody who reads this language."""
    headers = {
        "Authorization": f"Bearer {table.client.token(table.people['caw'].id)}",
        "Purpose-Of-Use": "referral",
        "Idempotency-Key": str(uuid.uuid4()),
        "Accept-Language": language,
    }
    return requests.post(f"{table.client.base}/v1/referrals", json=body, headers=headers, timeout=9)


NUMBER = builders.national_number("1985-06-14")
BEYOND = str(builders.TODAY().year + 1)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"birth_date": "1985-06-15", "national_number": NUMBER}, "birth_date", "contradiction"),
        ({"birth_date": "1985-07", "national_number": NUMBER}, "birth_date", "contradiction"),
        ({"birth_date": "1986", "national_number": NUMBER}, "birth_date", "contradiction"),
        ({"national_number": "85061400100"}, "national_number", "national_number"),
        ({"national_number": f"{NUMBER}0"}, "national_number", "national_number"),
        ({"national_number": "٨٥٠٦١٤٠٠١٤٨"}, "national_number", "national_number"),
        ({"birth_date": "1985-6"}, "birth_date", "type"),
        ({"birth_date": "1985-06-31"}, "birth_date", "type"),
        ({"birth_date": "19850614"}, "birth_date", "type"),
        ({"birth_date": "1899"}, "birth_date", "range"),
        ({"birth_date": BEYOND}, "birth_date", "range"),
        ({"birth_date": f"{BEYOND}-01"}, "birth_date", "range"),
        ({"given_name": None, "family_name": None}, "given_name", "missing"),
    ],
)
def test_who_cannot_be_meant_is_refused_with_the_place_and_in_three_languages(
    table: TableClient, changes: dict[str, Any], pointer: str, code: str
) -> None:
    """A typing error in a birth date or a number is seen by the one who can still mend it."""
    one = builders.person("a", "victim") | changes
    given = {member: value for member, value in one.items() if value is not None}
    body = builders.referral(**about(given))

    texts = set()
    for language in ("nl", "fr", "en"):
        answer = refer_in(language, table, body)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, code)
        assert error["pointer"].endswith(f"/persons/0/{pointer}")
        texts.add(error["detail"])
    assert len(texts) == 3
