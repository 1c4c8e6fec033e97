"""A partner that does not take part gets for a case what it gets for an id that does not exist."""

import re
import statistics
import time
import uuid

import pytest
import requests

from tests.e2e.table_client import TableClient

OUTSIDERS = ("caw-kortrijk", "politie-westhoek", "steering", "auditor", "caw-worker")

READS = (
    "/v1/cases/{case}",
    "/v1/cases/{case}/participants",
    "/v1/cases/{case}/items",
    "/v1/cases/{case}/items/{item}",
    "/v1/cases/{case}/requests",
    "/v1/cases/{case}/assessments",
    "/v1/cases/{case}/weighings",
    "/v1/cases/{case}/plans",
    "/v1/cases/{case}/decisions",
    "/v1/cases/{case}/contact-log",
    "/v1/cases/{case}/trajectories",
    "/v1/cases/{case}/reports",
    "/v1/cases/{case}/conclusions",
    "/v1/cases/{case}/follow-ups",
    "/v1/cases/{case}/evaluations",
    "/v1/cases/{case}/direction-mandates",
    "/v1/cases/{case}/emergencies",
    "/v1/cases/{case}/walls",
    "/v1/referrals/{case}",
)

COMMANDS = (
    ("/v1/cases/{case}/items", "item"),
    ("/v1/cases/{case}/answers", {"answer": "nothing_known"}),
    ("/v1/cases/{case}/conflicts", {"interest": "kin"}),
    ("/v1/cases/{case}/crisis", "narrative"),
    ("/v1/cases/{case}/weighings", {}),
    ("/v1/cases/{case}/reports", "report"),
)


def everything_but_the_clock(answer: requests.Response) -> tuple[int, dict[str, str], bytes]:
    """What an observer can compare: status, headers, body; ids of the single call left out."""
    ephemeral = {"Date", "Decision-Id", "Connection"}
    headers = {k: v for k, v in answer.headers.items() if k not in ephemeral}
    return answer.status_code, headers, answer.content


def calls_behind(platform) -> dict[str, float]:
    """How often each RPC method and each decision was used, from the parts' own metrics."""
    counted: dict[str, float] = {}
    for name in ("intake", "risk", "plans", "audit"):
        url = platform.service(name).ready_url.replace("/readyz", "/metrics")
        text = requests.get(url, timeout=5).text
        for line in text.splitlines():
            if re.match(r"ketenaanpak_rpc_seconds_count\{", line):
                series, value = line.rsplit(" ", 1)
                counted[f"{name} {series}"] = float(value)
    return counted


def difference(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)}


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_foreign_case_reads_like_an_unknown_one(table: TableClient, who: str, path: str):
    """Whoever probes ids must not learn that a family is known here."""
    case = table.forming()
    item = table.offer("politie", case, "safety")

    foreign = table.get(who, path.format(case=case.id, item=item))
    unknown = table.get(who, path.format(case=uuid.uuid4(), item=uuid.uuid4()))

    assert foreign.status_code == 404
    assert foreign.json()["code"] == "not_found"
    assert everything_but_the_clock(foreign) == everything_but_the_clock(unknown)


@pytest.mark.parametrize(("path", "body"), COMMANDS)
def test_a_command_on_a_foreign_case_is_answered_like_one_on_nothing(table, path, body):
    """Commands must not show what reads hide."""
    from tests import builders

    case = table.forming()
    known = case.ids["a"]
    body = {
        "item": builders.item("safety", known),
        "narrative": builders.narrative("gevaar", known),
        "report": {"text": "a", "summary": "b", "safety_check": builders.safety_check()},
    }.get(body, body) if isinstance(body, str) else body  # fmt: skip

    foreign = table.post("caw-kortrijk", path.format(case=case.id), body)
    unknown = table.post("caw-kortrijk", path.format(case=uuid.uuid4()), body)

    assert foreign.status_code == 404
    assert everything_but_the_clock(foreign) == everything_but_the_clock(unknown)


@pytest.mark.parametrize("part", ["", "/items", "/assessments", "/plans"])
def test_the_same_calls_stand_behind_a_foreign_and_an_unknown_case(platform, table, part):
    """A shorter way to "not found" could be measured from outside."""
    case = table.forming()
    start = calls_behind(platform)
    table.get("caw-kortrijk", f"{case.path}{part}")
    between = calls_behind(platform)
    table.get("caw-kortrijk", f"/v1/cases/{uuid.uuid4()}{part}")
    end = calls_behind(platform)

    foreign = {n: c for n, c in difference(start, between).items() if "read_" in n}
    unknown = {n: c for n, c in difference(between, end).items() if "read_" in n}
    recorded = [
        {n for n in difference(*pair) if 'method="record"' in n}
        for pair in ((start, between), (between, end))
    ]
    assert foreign == unknown != {}
    assert recorded[0] == recorded[1] != set()


def test_time_does_not_tell_a_foreign_case_from_an_unknown_one(table):
    """Both leave on the same tick of a fixed grid: their medians stay within half a tick."""
    case = table.forming()
    for category in ("safety", "incidents", "housing", "judicial"):
        table.offer("politie", case, category, text="x" * 9000, summary="kort")

    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(25):
        for foreign in (True, False):
            path = case.path if foreign else f"/v1/cases/{uuid.uuid4()}"
            begin = time.perf_counter()
            table.get("caw-kortrijk", path)
            taken[foreign].append(time.perf_counter() - begin)

    assert abs(statistics.median(taken[True]) - statistics.median(taken[False])) < 0.025


def test_counts_order_pages_and_tags_do_not_betray_what_is_withheld(table):
    """A contribution that a viewer may not see changes nothing that the viewer can."""
    case = table.forming()
    table.offer("parket", case, "judicial")
    before = {
        path: table.get("stad", path)
        for path in (case.path, f"{case.path}/items", f"{case.path}/requests", "/v1/cases?limit=1")
    }

    table.offer("parket", case, "judicial", text="een tweede, voor de stad onzichtbaar")

    for path, old in before.items():
        new = table.get("stad", path)
        assert new.headers["ETag"] == old.headers["ETag"], path
        # A cursor is sealed anew each time.
        assert new.json() | {"next": None} == old.json() | {"next": None}, path


def test_a_cursor_of_another_person_is_refused(table):
    """A cursor shows where somebody was in what that person may see."""
    table.forming()
    table.forming()
    cursor = table.get("politie", "/v1/cases?limit=1").json()["next"]

    stolen = table.get("parket", f"/v1/cases?limit=1&after={cursor}")

    assert stolen.status_code == 400
    assert stolen.json()["code"] == "cursor_invalid"


def test_paging_shows_each_case_once_and_all_of_them(table):
    """A page shortened by refusals is filled again, so that nobody counts refusals."""
    made = {table.forming().id for _ in range(5)} | {table.refer("politie").id}
    seen: list[str] = []
    after = ""
    while True:
        page = table.get("politie", f"/v1/cases?limit=2{after}").json()
        seen += [row["id"] for row in page["cases"]]
        if not page["next"]:
            break
        assert len(page["cases"]) == 2
        after = f"&after={page['next']}"

    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_nobody_notices_that_somebody_is_walled_off(table):
    """A number that grows when kin is declared would tell colleagues that there is kin."""
    case = table.forming()
    before = {who: table.get(who, case.path) for who in ("parket", "chair")}

    table.expect(table.post("politie", f"{case.path}/conflicts", {"interest": "kin"}))

    for who, old in before.items():
        new = table.get(who, case.path)
        assert (new.json(), new.headers["ETag"]) == (old.json(), old.headers["ETag"]), who


def test_an_auditor_finds_who_contributed_about_a_person(table):
    """Who did something about this person is a question that the record answers."""
    case = table.forming()
    table.offer("politie", case, "safety")

    found = table.records(case_person=case.ids["a"], action="offer_item")

    assert [(each["person"], each["outcome"]) for each in found] == [
        (table.people["politie"].id, "permitted")
    ]
