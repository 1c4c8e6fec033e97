"""What an answer holds of a case: nothing of it points at what is withheld."""

from typing import Any

import pytest

from contracts.fragment_projections import KINDS
from gateway.release.case_facts import FetchedCase
from gateway.release.content import fetched_content
from gateway.release.decisions import CaseDecision, Grant
from gateway.release.policy import DecidedCase
from gateway.release.projection import REFERENCE, obligations, project_case

CASE, QUESTION, ITEM = "the case", "the question", "the item"


def fragment(of: str, kind: str, /, **content: Any) -> dict[str, Any]:
    """A fragment as intake returns it."""
    return {
        "id": of,
        "kind": kind,
        "category": "judicial",
        "source": "parket",
        "subjects": [],
        "only_for": [],
        "withhold_from": [],
        "addressed_to": [],
        "of": None,
        "status": "offered",
        "version": 1,
        "at": "2026-03-02T10:00:00+00:00",
        "content": content,
    }


def decided(**levels: str) -> CaseDecision:
    """A decision that gives each fragment its level."""
    names = {"question": QUESTION, "item": ITEM}
    grants = {names[name]: Grant(level, ()) for name, level in levels.items()}
    return CaseDecision(True, "participant", grants, (), (), (), "caw", (), "1", False)


def fragments(case: FetchedCase, decision: CaseDecision) -> list[dict[str, Any]]:
    """The fragments of a case as they leave."""
    decided = DecidedCase(case, decision, "rev-1", {}, {})
    return project_case(decided, fetched_content(decided)).fragments


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("full", {"state": "shared", "item": ITEM}),
        ("summary", {"state": "shared", "item": ITEM}),
        ("none", {"state": "shared"}),
    ],
)
def test_an_answered_question_names_the_item_only_to_who_is_shown_it(
    level: str, expected: dict[str, Any]
) -> None:
    """A partner from whom an item is withheld does not learn its id from the question."""
    read = FetchedCase(
        CASE,
        {},
        [
            fragment(QUESTION, "request", state="shared", item=ITEM),
            fragment(ITEM, "item", summary="kort"),
        ],
    )

    shown = fragments(read, decided(question="full", item=level))

    assert shown[0]["content"] == expected


def test_a_question_read_by_itself_points_nowhere() -> None:
    """Where the item is not in the answer, nothing was decided about it: its id stays inside."""
    read = FetchedCase(CASE, {}, [fragment(QUESTION, "request", state="shared", item=ITEM)])

    [question] = fragments(read, decided(question="full"))

    assert question["content"] == {"state": "shared"}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("full", "summary"), {"assessments": ["the first", "the second"]}),
        (("none", "full"), {"assessments": ["the second"]}),
        (("none", "none"), {}),
    ],
)
def test_a_list_of_ids_names_what_is_shown_beside_it(
    levels: tuple[str, str], expected: dict[str, Any]
) -> None:
    """An empty list is left out: it would show that there was something to take away."""
    ids = ["the first", "the second"]
    read = FetchedCase(
        CASE,
        {},
        [
            fragment("the weighing", "weighing", state="closed", assessments=ids),
            *(fragment(each, "assessment", instrument="odara") for each in ids),
        ],
    )
    grants = dict(zip(["the weighing", *ids], ["full", *levels], strict=True))
    decision = CaseDecision(
        True,
        "participant",
        {name: Grant(level, ()) for name, level in grants.items()},
        (),
        (),
        (),
        "caw",
        (),
        "1",
        False,
    )

    [weighing, *_] = fragments(read, decision)

    assert weighing["content"] == {"state": "closed"} | expected


def test_a_list_that_was_empty_looks_like_one_that_was_emptied() -> None:
    """Otherwise its absence would show which of the two it was."""
    read = FetchedCase(CASE, {}, [fragment(QUESTION, "weighing", state="open", assessments=[])])

    [weighing] = fragments(read, decided(question="full"))

    assert weighing["content"] == {"state": "open"}


@pytest.mark.parametrize("standing", REFERENCE)
def test_only_the_referrer_is_shown_when_the_visit_is(standing: str) -> None:
    """The pass tells of somebody's whereabouts at a moment to come, and until when it opens."""
    starts = "2026-03-10T09:00:00+00:00"
    guest = {"session": "the session", "starts_at": starts, "until": "2026-03-10T13:00:00+00:00"}
    decision = CaseDecision(True, standing, {}, (), (), (), "caw", (), "1", False)

    shown = [
        project_case(
            DecidedCase(FetchedCase(CASE, facts, []), decision, "rev-1", {}, {}), {}
        ).reference
        for facts in ({"guest": guest}, {"guest": None})
    ]

    expected = [{"visit": {"session": "the session", "starts_at": starts}}, {"visit": None}]
    assert shown == (expected if standing == "referrer" else [{}, {}])


def test_an_obligation_says_what_and_until_when_and_no_more() -> None:
    """What a rule adds for itself is not thereby shown."""
    given = ({"kind": "expires_at", "at": "2026-03-02T10:00:00Z", "grant": "KANARIE"},)
    decision = CaseDecision(True, "emergency", {}, (), (), given, "caw", (), "1", True)

    assert obligations(decision) == [{"kind": "expires_at", "at": "2026-03-02T10:00:00Z"}]


def shown_of(kind: str, level: str, linked: str) -> dict[str, Any]:
    """What is shown of a fragment with all its content, of which each link names the item."""
    declared = KINDS[kind]
    content: dict[str, Any] = {
        name: ITEM if name in declared.links else f"{name} says" for name in declared.full
    }
    read = FetchedCase(CASE, {}, [fragment(QUESTION, kind, **content), fragment(ITEM, "worry")])
    [question, *_] = fragments(read, decided(question=level, item=linked))
    shown: dict[str, Any] = question["content"]
    return shown


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"whereabouts"}))
def test_every_field_of_a_kind_arrives_and_links_with_what_they_name(kind: str) -> None:
    """An answer without its question, or a mandate without its service, tells nobody anything."""
    declared = KINDS[kind]

    assert {link.partition(".")[0] for link in declared.links} <= set(declared.full)
    for level, fields in (("full", declared.full), ("summary", declared.summary)):
        assert set(shown_of(kind, level, "summary")) == set(fields)
        assert set(shown_of(kind, level, "none")) == set(fields) - set(declared.links)


@pytest.mark.parametrize(
    ("level", "shown"), [("summary", {"involved_service": ITEM}), ("none", {})]
)
def test_who_carries_an_action_out_names_no_service_that_is_withheld(
    level: str, shown: dict[str, str]
) -> None:
    """The id would tell that there is a service which the reader may not know of."""
    executor = {"kind": "involved_service", "involved_service": ITEM}
    action = fragment(QUESTION, "action", carried_out_by=executor)
    read = FetchedCase(CASE, {}, [action, fragment(ITEM, "involved_service")])

    [released, *_] = fragments(read, decided(question="full", item=level))

    assert released["content"]["carried_out_by"] == {"kind": "involved_service", **shown}
