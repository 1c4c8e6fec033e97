"""Tells the story: each step is one HTTP call by one person on one day (story/*.json)."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from demo.calls import Caller, succeeded
from demo.people import Person

STORY = Path(__file__).with_name("story")
BETWEEN_STEPS = timedelta(minutes=35)
_PLACEHOLDER = re.compile(r"\$\{([a-z_]+)(?::([^}]+))?\}")


def steps() -> Iterator[dict[str, Any]]:
    """All steps, in the order of the files and of the days in them."""
    for chapter in sorted(STORY.glob("*.json")):
        yield from json.loads(chapter.read_text(encoding="utf-8"))


class Teller:
    """Plays steps and remembers the ids that later steps speak of.

    `set_time(moment)` moves the clock of the platform; `say(day, person, text)` shows a step.
    """

    def __init__(
        self,
        caller: Caller,
        people: dict[str, Person],
        begin: datetime,
        set_time: Callable[[datetime], None],
        say: Callable[[int, Person, str], None],
    ) -> None:
        self._caller = caller
        self._people = people
        self._begin = begin
        self._set_time = set_time
        self._say = say
        self._told = begin
        self.known: dict[str, str] = {}

    def tell(self) -> dict[str, str]:
        """Plays the whole story; returns the ids it came to know."""
        for step in steps():
            self._told = max(self._moment(step), self._told + BETWEEN_STEPS)
            self._set_time(self._told)
            self._play(step)
        return self.known

    def _play(self, step: dict[str, Any]) -> None:
        person = self._people[step["who"]]
        self._say(step["day"], person, step["tell"])
        answer = self._caller.post(
            person.id,
            self._fill(step["post"]),
            step["purpose"],
            self._fill(step["body"]),
            self._version(step, person),
        )
        body = succeeded(answer, step["tell"])
        for name, path in step.get("keep", {}).items():
            self.known[name] = _pick(body, path)

    def _version(self, step: dict[str, Any], person: Person) -> int | None:
        if "version_of" not in step:
            return step.get("if_match")
        answer = self._caller.get(person.id, self._fill(step["version_of"]), step["purpose"])
        version: int = succeeded(answer, step["tell"])["version"]
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
            return self._morning(int(argument)).date().isoformat()
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
        value = value[member]
    return str(value)
