"""The whole life of cases, by random commands of random persons, on the real platform.

However people act, and whoever acts first: no case is where the table of transitions does not lead,
no step rests on what something later took the place of, never are more cases taken than the
agreement has room for, every event has a decided cause, and every release has its record.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from contracts.days import day_of
from deploy.local.platform import Platform
from services.intake.domain.transitions import TABLE, allowed_from, transition
from tests import builders
from tests.e2e.life.conftest import CAP
from tests.e2e.table_client import SEATS, Case, TableClient, refused
from tests.waiting import wait_until

SEATED = SEATS["sample-kortrijk"]
EVERYBODY = (*SEATED.members, SEATED.coordination, "parket", "caw-westhoek", "auditor")
LEADS = {(source, target) for row in TABLE for source in row.sources for target in row.targets}
AGAIN = {
    (source, target)
    for row in TABLE
    if row.command in ("reopen", "reopen_forming")
    for source in row.sources
    for target in row.targets
}
MOVES = {row.event.removeprefix("intake.") for row in TABLE}
PLACES = ("accepted", "active")
RESTS_ON = {
    row.command: row.outcome.split(".")[1].removesuffix("_outcome") for row in TABLE if row.outcome
}
"""Command → the kind of the closed document that it rests on."""
HALF_A_YEAR = timedelta(days=190)
LAST_DAY = date(2034, 1, 1)
REFUSALS = (400, 403, 404, 409, 412, 422, 428)

commands = st.sampled_from(sorted({row.command for row in TABLE} - {"submit_referral"}))
grounds = st.sampled_from(("violence_again", "not_grave_enough", "other", None))
anybody = st.sampled_from(EVERYBODY)


class Lives(RuleBasedStateMachine):
    """Cases under one agreement; `stages` is where each was seen last.

    `outcomes` are all documents that were closed for it, `current` those that nothing later took
    the place of, by kind. `waiting` are the cases that wait for a place, in order.
    """

    table: TableClient
    platform: Platform

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Case] = []
        self.stages: dict[str, str] = {}
        self.moves: dict[str, int] = {}
        self.outcomes: dict[str, list[str]] = {}
        self.current: dict[str, dict[str, str]] = {}
        self.waiting: list[str] = []
        self.releases: set[str] = set()

    # --- what people do -------------------------------------------------------------------------

    @initialize()
    def every_place_is_taken_and_one_case_waits(self) -> None:
        for number in range(CAP + 1):
            self.refer()
            self.the_table_goes_on(number, taken=True, steps=3)

    @precondition(lambda self: len(self.cases) < 5)
    @rule()
    def refer(self) -> None:
        case = self.table.refer("caw-kortrijk", involved_services=[])
        self.cases.append(case)
        self.stages[case.id] = "referred"
        self.moves[case.id] = 1
        self.outcomes[case.id] = []
        self.current[case.id] = {}

    @rule(pick=st.integers(0, 4), taken=st.booleans(), steps=st.integers(1, 4))
    def the_table_goes_on(self, pick: int, taken: bool, steps: int) -> None:
        """The steps that come next, by those whose steps they are."""
        for _ in range(steps):
            self._go_on(self.cases[pick % len(self.cases)], taken)

    def _go_on(self, case: Case, taken: bool) -> None:
        """The next step; `taken` cases are worked with, the others come to an end."""
        match self.stages[case.id]:
            case "referred":
                self.table.take_on(case)
            case "forming":
                self._form(case)
            case "weighing":
                self._decide(case, taken)
            case "waiting":
                self._take_step(SEATED.coordination, case, "promote")
            case "accepted":
                self._begin(case)
            case "active":
                if not taken:
                    self._conclude(case)
            case "concluded":
                self._close(case, after=HALF_A_YEAR if taken else timedelta())
            case "declined" | "closed":
                self._take_step(SEATED.chair, case, "reopen", ground="new_facts")
        self._note_stage(case)

    @rule(pick=st.integers(0, 4), who=anybody, command=commands, ground=grounds, data=st.data())
    def somebody_tries_something(
        self, pick: int, who: str, command: str, ground: str | None, data: st.DataObject
    ) -> None:
        case = self.cases[pick % len(self.cases)]
        known = self.outcomes[case.id] or [str(uuid.uuid4())]
        outcome = data.draw(st.sampled_from(known))
        members: dict[str, Any] = {"outcome": outcome}
        if ground is not None:
            members["ground"] = ground
        taken = {name for row in TABLE if row.command == command for name in row.takes}
        members = {name: value for name, value in members.items() if name in taken}
        before = self._state_of(case)
        answer = self._send(who, case, before["version"], command, members)
        if answer.status_code >= 400:
            assert answer.status_code in REFUSALS, answer.text
            assert self._state_of(case) == before, "a refusal changes nothing"
        else:
            self._check_step(case, command, outcome, before, answer)
        self._note_stage(case)

    @rule(pick=st.integers(0, 4))
    def the_table_changes_its_mind(self, pick: int) -> None:
        """What it concluded first opens nothing any more."""
        case = self.cases[pick % len(self.cases)]
        match self.stages[case.id]:
            case "weighing":
                command, first = "accept", self._weigh(case, "take")
                self._weigh(case, "not_grave_enough")
            case "active":
                command, first = "conclude", self._draw_conclusion(case)
                self._draw_conclusion(case, violence_stopped=False)
            case "concluded":
                command, first = "close", self._follow_up(case, "reopen", ground="new_facts")
                self._follow_up(case, "reopen", ground="violence_again")
            case _:
                return
        version = self._state_of(case)["version"]
        answer = self._send(SEATED.chair, case, version, command, {"outcome": first})
        assert "outcome_outdated" in answer.text, answer.text

    @rule(pick=st.integers(0, 4), other=commands, data=st.data())
    def two_persons_act_at_once(self, pick: int, other: str, data: st.DataObject) -> None:
        """One is carried out, or neither: then each would have been refused alone as well."""
        case = self.cases[pick % len(self.cases)]
        before = self._state_of(case)
        one = data.draw(st.sampled_from(allowed_from(before["stage"]) or ("reopen",)))
        outcome = data.draw(st.sampled_from(self.outcomes[case.id] or [str(uuid.uuid4())]))

        def order(command: str) -> requests.Response:
            takes = {name for row in TABLE if row.command == command for name in row.takes}
            given = {"outcome": outcome, "ground": "other"}
            members = {name: value for name, value in given.items() if name in takes}
            who = SEATED.coordination if command == "promote" else SEATED.chair
            return self._send(who, case, before["version"], command, members)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(order, (one, other)))
        done = [pair for pair in zip((one, other), answers, strict=True) if pair[1].ok]
        if done:
            [(command, answer)] = done
            self._check_step(case, command, outcome, before, answer)
        else:
            assert self._state_of(case) == before, "a refusal changes nothing"
            alone = [order(command).json()["code"] for command in (one, other)]
            assert alone == [answer.json()["code"] for answer in answers]
        self._note_stage(case)

    @rule(pick=st.integers(0, 4), who=anybody)
    def somebody_reads(self, pick: int, who: str) -> None:
        case = self.cases[pick % len(self.cases)]
        for part in ("", "/weighings", "/plans"):
            answer = self.table.get(who, f"{case.path}{part}")
            if answer.status_code == 200:
                self.releases.add(answer.headers["Decision-Id"])

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def no_more_cases_than_places(self) -> None:
        assert sum(stage in PLACES for stage in self.stages.values()) <= CAP

    def teardown(self) -> None:
        """The record knows every cause and every release; then the places are given back."""
        while any(stage in (*PLACES, "waiting") for stage in self.stages.values()):
            for case in self.cases:
                if self.stages[case.id] in (*PLACES, "waiting"):
                    self._go_on(case, self.stages[case.id] != "active")
        recorded: set[str] = set()
        for case in self.cases:
            entries = self._recorded(case)
            recorded |= {each["decision_id"] for each in entries if each["kind"] == "release"}
            permitted = {
                each["command_id"]: each["index"]
                for each in entries
                if each["kind"] == "action" and each["outcome"] == "permitted"
            }
            for event in entries:
                if event["kind"] == "event" and event["action"] != "referral_submitted":
                    assert permitted[event["command_id"]] < event["index"], event["action"]
        assert self.releases <= recorded

    # --- how they do it -------------------------------------------------------------------------

    def _form(self, case: Case) -> None:
        for member in SEATED.members:
            answer = {"answer": "nothing_known"}
            self.table.expect(self.table.post(member, f"{case.path}/answers", answer))
        self._take_step(SEATED.chair, case, "complete_forming")

    def _decide(self, case: Case, taken: bool) -> None:
        conclusion = "take" if taken else "not_grave_enough"
        weighing = self._weigh(case, conclusion)
        if taken:
            self._take_step(SEATED.chair, case, "accept", outcome=weighing)
            return
        advice = {"text": "wat nu helpt", "summary": "kort: wat nu helpt"}
        self.table.expect(self.table.post(SEATED.chair, f"{case.path}/advice", advice))
        self._take_step(SEATED.chair, case, "decline", ground=conclusion, outcome=weighing)

    def _begin(self, case: Case) -> None:
        director = {"person": self.table.people[SEATED.director].id, "no_care_professional": True}
        self.table.expect(self.table.put(SEATED.chair, f"{case.path}/director", director))
        weighing = self.current[case.id]["weighing"]
        plan = self.table.adopt(case, builders.plan(weighing, case.persons, "caw-kortrijk"))
        self._note_closed(case, "plan", plan)
        self._take_step(SEATED.chair, case, "start_execution", outcome=plan)

    def _conclude(self, case: Case) -> None:
        self._take_step(SEATED.chair, case, "conclude", outcome=self._draw_conclusion(case))

    def _close(self, case: Case, after: timedelta) -> None:
        clock = self.platform.clock
        if day_of(clock.now()) < LAST_DAY:
            clock.move_to(clock.now() + after)
        due = self.table.expect(self.table.get(SEATED.director, case.path))["follow_up_on"]
        path = f"{case.path}/follow-ups"
        answer = self.table.post(SEATED.director, path, builders.follow_up())
        if day_of(clock.now()) < date.fromisoformat(due):
            refused(answer, "precondition_unmet", "too_early")
        else:
            followed = self._note_closed(case, "follow_up", self.table.expect(answer)["id"])
            self._take_step(SEATED.chair, case, "close", outcome=followed)

    def _weigh(self, case: Case, conclusion: str) -> str:
        return self._note_closed(case, "weighing", self.table.weigh(case, conclusion))

    def _draw_conclusion(self, case: Case, **changes: Any) -> str:
        body = builders.conclusion(**changes)
        drawn = self.table.post(SEATED.director, f"{case.path}/conclusions", body)
        return self._note_closed(case, "conclusion", self.table.expect(drawn)["id"])

    def _follow_up(self, case: Case, result: str, **changes: Any) -> str:
        body = builders.follow_up(result, **changes)
        followed = self.table.post(SEATED.director, f"{case.path}/follow-ups", body)
        return self._note_closed(case, "follow_up", self.table.expect(followed)["id"])

    def _note_closed(self, case: Case, kind: str, outcome: str) -> str:
        """Notes what was closed; it takes the place of what was closed before it."""
        self.outcomes[case.id].append(outcome)
        self.current[case.id][kind] = outcome
        return outcome

    def _recorded(self, case: Case) -> list[dict[str, Any]]:
        """All entries of a case, once its changes of stage are among them."""

        def entries() -> list[dict[str, Any]]:
            found = self.table.records(case=case.id)
            reply = [each["action"] for each in found if each["kind"] == "event"]
            moves = sum(event in MOVES for event in reply)
            return found if moves >= self.moves[case.id] else []

        return wait_until(entries, 20, "every event in the record")

    def _take_step(self, who: str, case: Case, command: str, **members: Any) -> None:
        """A step for which all is in order: refused just when the case has to wait for a place."""
        before = self._state_of(case)
        answer = self._send(who, case, before["version"], command, members)
        if reason := self._no_place(case, command):
            refused(answer, "precondition_unmet", reason)
            assert self._state_of(case) == before, "a refusal changes nothing"
        else:
            self.table.expect(answer)
            self._check_step(case, command, members.get("outcome"), before, answer)

    def _no_place(self, case: Case, command: str) -> str | None:
        """The reason why the case cannot have the place that the command takes; None if it can."""
        if command == "promote" and self.waiting[0] != case.id:
            return "not_first"
        again = command == "reopen" and self.stages[case.id] != "declined"
        return "cap_reached" if (command == "promote" or again) and self._is_full() else None

    def _is_full(self) -> bool:
        return sum(stage in PLACES for stage in self.stages.values()) >= CAP

    def _check_step(
        self,
        case: Case,
        command: str,
        outcome: str | None,
        before: dict[str, Any],
        answer: requests.Response,
    ) -> None:
        """The case is one version on, where the table of transitions leads and the answer says."""
        stage = transition(before["stage"], command).targets[0]
        if command == "accept" and (self._is_full() or self.waiting):
            stage = "waiting"
        after = {"stage": stage, "version": before["version"] + 1}
        assert {name: answer.json()[name] for name in after} == after, answer.text
        assert self._state_of(case) == after
        if kind := RESTS_ON.get(command):
            assert outcome == self.current[case.id].get(kind), f"{command} on what is outdated"

    def _send(
        self, who: str, case: Case, version: int, command: str, members: dict[str, Any]
    ) -> requests.Response:
        purpose = "coordination" if who == SEATED.coordination else "case_consultation"
        body = {"command": command, **members}
        path = f"{case.path}/transitions"
        answer = self.table.post(who, path, body, purpose, if_match=version)
        assert answer.status_code < 500, answer.text
        return answer

    def _state_of(self, case: Case) -> dict[str, Any]:
        """Stage and version, as the coordination team sees every case."""
        answer = self.table.get(SEATED.coordination, case.path, "coordination")
        return {name: self.table.expect(answer)[name] for name in ("stage", "version")}

    def _note_stage(self, case: Case) -> None:
        """Notes where a case is now; the table of transitions has to lead there."""
        before, after = self.stages[case.id], self._state_of(case)["stage"]
        assert before == after or (before, after) in LEADS, f"{before} → {after}"
        self.moves[case.id] += before != after
        self.stages[case.id] = after
        if after == "waiting" != before:
            self.waiting.append(case.id)
        if before == "waiting" != after:
            self.waiting.remove(case.id)
        if (before, after) in AGAIN:
            self.current[case.id] = {}


def test_whatever_people_do_the_rules_hold(
    living: Platform, lives: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writers race, somebody without a right tries, half a year passes: nothing breaks."""
    Lives.table, Lives.platform = lives, living
    monkeypatch.setattr(builders, "TODAY", lambda: day_of(living.clock.now()))
    run(
        Lives,
        settings=settings(
            max_examples=5,
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    parked = {
        name: count
        for name, count in living.parts.rabbitmq.queues().items()
        if name.endswith(".parked") and count
    }
    assert parked == {}, "every event was understood by whoever receives it"
