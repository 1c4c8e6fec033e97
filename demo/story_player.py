"""Performs the story: each step is one HTTP call by one person on one day (story/*.json).

A step has a `day`, `who` acts (several persons make the same call one after the other), a text to
print (`tell`), and the call: `post`, `put` or `get`, for a `purpose` (case consultation by
default). Later steps refer by `${name}` to values of a response: `keep` takes members by their
path, `find` the ids of released fragments by their content. At a step with `look` all viewers read
the case.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import requests

from contracts.days import day_of
from deploy.local.api_client import ApiClient, UnexpectedResponse, expect_success
from deploy.local.sample_persons import SamplePerson

STORY = Path(__file__).with_name("story")
BETWEEN_STEPS = timedelta(minutes=35)
CONSULTATION = "case_consultation"
_PLACEHOLDER = re.compile(r"\$\{([a-z_0-9]+)(?::([^}]+))?\}")


def steps() -> list[dict[str, Any]]:
    """All steps by their day; within a day in the order of the chapters."""
    chapters = [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted(STORY.glob("*.json"))
    ]
    return sorted((step for chapter in chapters for step in chapter), key=lambda step: step["day"])


class StoryPlayer:
    """Performs steps and keeps the values that later steps refer to.

    `set_time(moment)` moves the clock of the platform; `say(day, person, text)` prints a step;
    `look(stage, known)` has all viewers read the case.
    """

    def __init__(
        self,
        client: ApiClient,
        people: dict[str, SamplePerson],
        begin: datetime,
        set_time: Callable[[datetime], None],
        say: Callable[[int, SamplePerson, str], None],
        look: Callable[[str, dict[str, str]], None],
    ) -> None:
        self._client = client
        self._people = people
        self._begin = begin
        self._set_time = set_time
        self._say = say
        self._look = look
        self._time = begin
        self.known: dict[str, str] = {}

    def play(self) -> dict[str, str]:
        """Perform the whole story; returns the values it kept."""
        for step in steps():
            self._time = max(self._moment(step), self._time + BETWEEN_STEPS)
            self._set_time(self._time)
            if "look" in step:
                self._look(step["look"], self.known)
            else:
                self._play(step)
        return self.known

    def _play(self, step: dict[str, Any]) -> None:
        actors = step["who"] if isinstance(step["who"], list) else [step["who"]]
        if "tell" in step:
            self._say(step["day"], self._people[actors[0]], step["tell"])
        for actor in actors:
            body = expect_success(self._call(step, self._people[actor]), step.get("tell", "a look"))
            for name, path in step.get("keep", {}).items():
                self.known[name] = _pick(body, path)
            for name, wanted in step.get("find", {}).items():
                found = body[step.get("list", "fragments")]
                self.known[name] = _find(found, self._fill(wanted))

    def _call(self, step: dict[str, Any], person: SamplePerson) -> requests.Response:
        purpose = step.get("purpose", CONSULTATION)
        if "get" in step:
            return self._client.get(person.id, self._fill(step["get"]), purpose)
        command = self._client.put if "put" in step else self._client.post
        path = self._fill(step.get("put") or step["post"])
        return command(
            person.id, path, purpose, self._fill(step["body"]), self._version(step, person)
        )

    def _version(self, step: dict[str, Any], person: SamplePerson) -> int | None:
        if "version_of" not in step:
            return step.get("if_match")
        purpose = step.get("purpose", CONSULTATION)
        answer = self._client.get(person.id, self._fill(step["version_of"]), purpose)
        version: int = expect_success(answer, step["tell"])["version"]
        return version

    def _fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._fill(member) for member in value]
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._replacement, value)
        return value

    def _replacement(self, match: re.Match[str]) -> str:
        name, argument = match.groups()
        if name == "day":
            return day_of(self._morning(int(argument))).isoformat()
        if name == "moment":
            day, at = argument.split("T")
            moment = datetime.combine(self._morning(int(day)), time.fromisoformat(at), UTC)
            return moment.isoformat()
        if name == "person":
            return self._people[argument].id
        return self.known[name]

    def _moment(self, step: dict[str, Any]) -> datetime:
        morning = self._morning(step["day"])
        if "at" not in step:
            return morning
        return datetime.combine(morning, time.fromisoformat(step["at"]), UTC)

    def _morning(self, day: int) -> datetime:
        return self._begin + timedelta(days=day)


def _pick(body: dict[str, Any], path: str) -> str:
    value: Any = body
    for member in path.split("."):
        value = value.get(member, {})
    return str(value)


def _find(fragments: list[dict[str, Any]], wanted: dict[str, str]) -> str:
    """The id of the one fragment that has all these members, by their paths."""
    found = [
        each["id"]
        for each in fragments
        if all(_pick(each, path) == value for path, value in wanted.items())
    ]
    if len(found) != 1:
        raise UnexpectedResponse(f"{len(found)} fragments hold {wanted}")
    return str(found[0])
